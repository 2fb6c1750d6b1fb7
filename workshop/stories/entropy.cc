#include "workshop/stories/entropy.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace gokart {
namespace {

/// Sets of facts, bit f for fact f: those drawn, and those of them that the text has shown beyond
/// doubt.
struct State {
  uint64_t drawn = 0;
  uint64_t shown = 0;
  bool operator<(const State& other) const {
    return std::pair(drawn, shown) < std::pair(other.drawn, other.shown);
  }
};

/// The chance to be in a state, and the number of different ways that lead there.
struct Mass {
  double probability = 0;
  double ways = 0;
};

using States = std::map<State, Mass>;
constexpr size_t kMaxStates = 65536;

class Walk {
 public:
  explicit Walk(const Grammar& grammar) : grammar_(grammar) {
    // P(fact = word), from the first fact on, since a fact's parent stands above it.
    for (const Fact& fact : grammar.facts) {
      std::vector<double> chance(grammar.lists[fact.list].words.size(), 0.0);
      FactValues values = grammar.NothingDrawn();
      const int f = static_cast<int>(chance_.size());
      const int parent = fact.Parent();
      const size_t parent_words = parent < 0 ? 1 : chance_[parent].size();
      for (size_t p = 0; p < parent_words; ++p) {
        if (parent >= 0) values[parent] = static_cast<int16_t>(p);
        const double weight = (parent < 0 ? 1.0 : chance_[parent][p]) / fact.num_words;
        for (int i = 0; i < fact.num_words; ++i) chance[grammar.Candidate(f, i, values)] += weight;
      }
      chance_.push_back(std::move(chance));
    }
    statistics_.fact_drawn.resize(grammar.facts.size(), 0.0);
  }

  absl::StatusOr<GrammarStatistics> Run() {
    const States end = Follow(0, {{State{}, Mass{1.0, 1.0}}});
    if (overflow_) {
      return absl::ResourceExhaustedError("grammar: more than 65536 sets of facts at one place");
    }
    for (const auto& [state, mass] : end) {
      statistics_.texts += mass.ways;
      for (size_t f = 0; f < grammar_.facts.size(); ++f) {
        const bool drawn = state.drawn >> f & 1;
        if (drawn && !(state.shown >> f & 1)) {
          return absl::InvalidArgumentError(
              absl::StrCat("grammar: a text can be drawn that does not show which '",
                           grammar_.facts[f].name, "' was drawn for it"));
        }
        if (drawn) statistics_.fact_drawn[f] += mass.probability;
      }
    }
    statistics_.nats = statistics_.nats_rules + statistics_.nats_facts;
    statistics_.words += 1;
    return statistics_;
  }

 private:
  static double Total(const States& states) {
    double total = 0;
    for (const auto& [state, mass] : states) total += mass.probability;
    return total;
  }

  States Follow(int rule, const States& in) {
    States out;
    for (const Alternative& alternative : grammar_.rules[rule].alternatives) {
      const double weight = std::exp(alternative.log_probability);
      statistics_.nats_rules -= Total(in) * weight * alternative.log_probability;
      States states = in;
      for (auto& [state, mass] : states) mass.probability *= weight;
      for (const Piece& piece : alternative.pieces) states = Write(piece, std::move(states));
      for (const auto& [state, mass] : states) Add(state, mass, &out);
    }
    return out;
  }

  States Write(const Piece& piece, States in) {
    if (piece.kind == Piece::Kind::kRule) return Follow(piece.index, in);
    const double total = Total(in);
    if (piece.kind == Piece::Kind::kText) {
      statistics_.characters += total * piece.text.size();
      statistics_.words += total * std::count(piece.text.begin(), piece.text.end(), ' ');
      return in;
    }
    const std::vector<double>& chance = chance_[piece.index];
    for (size_t w = 0; w < chance.size(); ++w) {
      const std::string& said = grammar_.Say(piece, static_cast<int>(w));
      statistics_.characters += total * chance[w] * said.size();
      statistics_.words += total * chance[w] * std::count(said.begin(), said.end(), ' ');
    }
    const bool tells_apart = grammar_.TellsApart(piece.index, piece.form);
    States out;
    for (const auto& [before, mass_before] : in) {
      State state = before;
      Mass mass = mass_before;
      // The fact and those of its chain of parents that are not drawn yet are drawn now.
      for (int f = piece.index; f >= 0 && !(state.drawn >> f & 1); f = grammar_.facts[f].Parent()) {
        state.drawn |= uint64_t{1} << f;
        statistics_.nats_facts += mass.probability * std::log(grammar_.facts[f].num_words);
        mass.ways *= grammar_.facts[f].num_words;
      }
      if (tells_apart) state.shown |= uint64_t{1} << piece.index;
      Add(state, mass, &out);
    }
    return out;
  }

  void Add(const State& state, const Mass& mass, States* states) {
    if (states->size() >= kMaxStates) {
      overflow_ = true;
      states->clear();
    }
    Mass& sum = (*states)[state];
    sum.probability += mass.probability;
    sum.ways += mass.ways;
  }

  const Grammar& grammar_;
  std::vector<std::vector<double>> chance_;
  GrammarStatistics statistics_;
  bool overflow_ = false;
};

}  // namespace

absl::StatusOr<GrammarStatistics> Measure(const Grammar& grammar) { return Walk(grammar).Run(); }

}  // namespace gokart
