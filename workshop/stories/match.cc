#include "workshop/stories/match.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"

namespace gokart {
namespace {

constexpr double kImpossible = -std::numeric_limits<double>::infinity();
constexpr size_t kMaxExpected = 6;

/// log(exp(a) + exp(b)).
double LogAdd(double a, double b) {
  if (a < b) std::swap(a, b);
  return b == kImpossible ? a : a + std::log1p(std::exp(b - a));
}

/// What is still to be read: the rest of an alternative, then the rest of the one that led to it.
/// Lives on the call stack.
struct Rest {
  const Alternative* alternative;
  size_t next;
  const Rest* then;
};

class Matcher {
 public:
  Matcher(const Grammar& grammar, std::string_view text, int max_slips)
      : grammar_(grammar), text_(text), slips_left_(max_slips), values_(grammar.NothingDrawn()) {
    match_.log_probability = kImpossible;
    match_.prefix_log_probability = kImpossible;
  }

  TextMatch Run() {
    ReadRule(0, nullptr, 0, 0.0);
    match_.prefix = match_.prefix_log_probability > kImpossible;
    if (match_.prefix) {
      match_.position = text_.size();
      match_.expected.clear();
    }
    return match_;
  }

 private:
  /// Tries all the alternatives of a rule.
  void ReadRule(int rule, const Rest* then, size_t position, double log_probability) {
    for (const Alternative& alternative : grammar_.rules[rule].alternatives) {
      Read({&alternative, 0, then}, position, log_probability + alternative.log_probability);
    }
  }

  void Read(const Rest& rest, size_t position, double log_probability) {
    const size_t mentions = mentions_.size();
    ReadOn(rest, position, log_probability);
    mentions_.resize(mentions);
  }

  /// Reads on, in a loop while there is one way, by recursion where there are several.
  void ReadOn(Rest rest, size_t position, double log_probability) {
    for (;;) {
      while (rest.next == rest.alternative->pieces.size()) {
        if (rest.then == nullptr) return AtEnd(position, log_probability);
        rest = *rest.then;
      }
      if (position == text_.size()) {  // more could follow: a proper prefix
        match_.prefix_log_probability = LogAdd(match_.prefix_log_probability, log_probability);
        return;
      }
      const Piece& piece = rest.alternative->pieces[rest.next];
      if (piece.kind == Piece::Kind::kRule) {
        ++rest.next;
        return ReadRule(piece.index, &rest, position, log_probability);
      }
      if (piece.kind == Piece::Kind::kMention) {
        const int fact = grammar_.NextToDraw(piece.index, values_);
        if (fact >= 0) return ReadWords(fact, rest, position, log_probability);
      }
      const std::string& said =
          piece.kind == Piece::Kind::kText ? piece.text : grammar_.Say(piece, values_[piece.index]);
      if (!ReadText(said, piece, position, log_probability)) {
        if (slips_left_ > 0 && CanSlip(piece)) ReadSlips(rest, position, log_probability);
        return;
      }
      if (piece.kind == Piece::Kind::kMention) {
        mentions_.push_back({piece.index, piece.form, position, said.size()});
      }
      position += said.size();
      ++rest.next;
    }
  }

  /// Tries all the words that a fact can be, at a place where it must be known to read on.
  void ReadWords(int fact, const Rest& rest, size_t position, double log_probability) {
    const int n = grammar_.facts[fact].num_words;
    const double next = log_probability - std::log(n);
    for (int i = 0; i < n; ++i) {
      values_[fact] = grammar_.Candidate(fact, i, values_);
      Read(rest, position, next);
      values_[fact] = kUndrawn;
    }
  }

  /// Whether the text has told before which word the fact of this mention is, and tells it again
  /// here. (A fact that was only guessed so far, from an article, say, is a wrong guess and no
  /// slip.)
  bool CanSlip(const Piece& piece) const {
    if (piece.kind != Piece::Kind::kMention) return false;
    const auto told = [&](const Mention& mention) {
      return mention.fact == piece.index && grammar_.TellsApart(mention.fact, mention.form);
    };
    return grammar_.TellsApart(piece.index, piece.form) &&
           std::any_of(mentions_.begin(), mentions_.end(), told);
  }

  /// Tries the other words that the fact of the mention at hand can be, and keeps them from here
  /// on.
  void ReadSlips(const Rest& rest, size_t position, double log_probability) {
    const Piece& piece = rest.alternative->pieces[rest.next];
    const int fact = piece.index;
    const int16_t before = values_[fact];
    --slips_left_;
    for (int i = 0; i < grammar_.facts[fact].num_words; ++i) {
      const int16_t other = grammar_.Candidate(fact, i, values_);
      const std::string& said = grammar_.Say(piece, other);
      if (other == before || text_.substr(position, said.size()) != said) continue;
      values_[fact] = other;
      Read(rest, position, log_probability);
      values_[fact] = before;
    }
    ++slips_left_;
  }

  bool ReadText(const std::string& said, const Piece& piece, size_t position,
                double log_probability) {
    const std::string_view there = text_.substr(position, said.size());
    size_t same = 0;
    while (same < there.size() && there[same] == said[same]) ++same;
    if (same == said.size()) return true;
    if (position + same == text_.size()) {  // the text ends within `said`
      match_.prefix_log_probability = LogAdd(match_.prefix_log_probability, log_probability);
    } else if (piece.kind == Piece::Kind::kText) {
      Expect(position + same, absl::StrCat("'", said.substr(same), "'"));
    } else {  // a word is wrong from its first letter on
      Expect(position + same,
             absl::StrCat("'", said, "' (", grammar_.facts[piece.index].name, ")"));
    }
    return false;
  }

  void AtEnd(size_t position, double log_probability) {
    if (position < text_.size()) return Expect(position, "the end");
    if (!match_.complete) {
      match_.values = values_;
      match_.mentions = mentions_;
    }
    match_.complete = true;
    ++match_.derivations;
    match_.log_probability = LogAdd(match_.log_probability, log_probability);
    match_.prefix_log_probability = LogAdd(match_.prefix_log_probability, log_probability);
  }

  /// Keeps what was expected at the farthest place that any way through the grammar reached.
  void Expect(size_t position, const std::string& what) {
    if (position < match_.position) return;
    if (position > match_.position) {
      match_.position = position;
      expected_.clear();
      match_.expected.clear();
    }
    if (expected_.size() > kMaxExpected ||
        std::count(expected_.begin(), expected_.end(), what) > 0) {
      return;
    }
    expected_.push_back(what);
    const bool more = expected_.size() > kMaxExpected;
    absl::StrAppend(&match_.expected, match_.expected.empty() ? "" : " or ", more ? "..." : what);
  }

  const Grammar& grammar_;
  const std::string_view text_;
  int slips_left_;
  FactValues values_;
  std::vector<Mention> mentions_;
  TextMatch match_;
  std::vector<std::string> expected_;
};

}  // namespace

TextMatch Match(const Grammar& grammar, std::string_view text) {
  return Matcher(grammar, text, 0).Run();
}

int MemorySlips(const Grammar& grammar, std::string_view text, bool whole, int max_slips) {
  for (int slips = 0; slips <= max_slips; ++slips) {
    const TextMatch match = Matcher(grammar, text, slips).Run();
    if (whole ? match.complete : match.prefix) return slips;
  }
  return -1;
}

}  // namespace gokart
