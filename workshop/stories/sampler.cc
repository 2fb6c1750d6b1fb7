#include "workshop/stories/sampler.h"

#include <cmath>

namespace gokart {
namespace {

struct Sampler {
  const Grammar& grammar;
  Uniform& uniform;
  Derivation& out;

  void Follow(int r) {
    const Rule& rule = grammar.rules[r];
    int64_t ticket = static_cast<int64_t>(uniform.Below(rule.total_weight));
    size_t chosen = 0;
    while (ticket >= rule.alternatives[chosen].weight) {
      ticket -= rule.alternatives[chosen].weight;
      ++chosen;
    }
    out.log_probability += rule.alternatives[chosen].log_probability;
    for (const Piece& piece : rule.alternatives[chosen].pieces) Write(piece);
  }

  void Write(const Piece& piece) {
    if (piece.kind == Piece::Kind::kText) {
      out.text += piece.text;
    } else if (piece.kind == Piece::Kind::kRule) {
      Follow(piece.index);
    } else {
      DrawFact(piece.index);
      const std::string& said = grammar.Say(piece, out.values[piece.index]);
      out.mentions.push_back({piece.index, piece.form, out.text.size(), said.size()});
      out.text += said;
    }
  }

  void DrawFact(int fact) {
    for (int f; (f = grammar.NextToDraw(fact, out.values)) >= 0;) {
      const int n = grammar.facts[f].num_words;
      const int i = static_cast<int>(uniform.Below(n));
      out.values[f] = grammar.Candidate(f, i, out.values);
      out.log_probability -= std::log(n);
    }
  }
};

}  // namespace

Derivation Draw(const Grammar& grammar, Uniform& uniform) {
  Derivation out;
  out.values = grammar.NothingDrawn();
  Sampler{grammar, uniform, out}.Follow(0);
  return out;
}

}  // namespace gokart
