#include "ch04_model/llama/testing/reference_llama.h"

#include <cmath>
#include <complex>
#include <numbers>

namespace gokart {
namespace {

using Vector = std::vector<double>;
using Rows = std::vector<Vector>;  // a vector for each token of one sequence

// W x, with W [out, in].
Vector Times(const Vector& w, const Vector& x) {
  Vector y(w.size() / x.size());
  for (size_t o = 0; o < y.size(); ++o) {
    for (size_t i = 0; i < x.size(); ++i) y[o] += w[o * x.size() + i] * x[i];
  }
  return y;
}

Vector Normalized(const Vector& x, const Vector& weight) {
  double squares = 0;
  for (const double value : x) squares += value * value;
  const double rms = std::sqrt(squares / static_cast<double>(x.size()) + 1e-5);
  Vector y(x.size());
  for (size_t i = 0; i < x.size(); ++i) y[i] = weight[i] * x[i] / rms;
  return y;
}

// The wavelength of pair i in tokens, by the words of Llama 3.1's publication: short waves stay,
// long ones are stretched, and between the two the frequency is a mixture.
double Wavelength(const LlamaConfig& c, size_t pair, size_t head_dim) {
  const double plain = 2 * std::numbers::pi *
                       std::exp(std::log(c.rope_base) * 2.0 * static_cast<double>(pair) /
                                static_cast<double>(head_dim));
  if (!c.rope_scaling) return plain;
  const RopeScaling& s = *c.rope_scaling;
  const double original = static_cast<double>(s.original_context_length);
  if (plain < original / s.high_freq_factor) return plain;
  if (plain > original / s.low_freq_factor) return plain * s.factor;
  const double smooth =
      (original / plain - s.low_freq_factor) / (s.high_freq_factor - s.low_freq_factor);
  return 1 / ((1 - smooth) / (plain * s.factor) + smooth / plain);
}

// One head's numbers as D / 2 complex ones, each multiplied by e^(i angle).
Vector Turned(const LlamaConfig& c, const Vector& x, size_t head_dim, size_t position) {
  Vector y = x;
  const size_t half = head_dim / 2;
  for (size_t head = 0; head < x.size() / head_dim; ++head) {
    for (size_t i = 0; i < half; ++i) {
      const size_t a = head * head_dim + i, b = a + half;
      const double angle =
          2 * std::numbers::pi * static_cast<double>(position) / Wavelength(c, i, head_dim);
      const std::complex<double> z = std::complex<double>(x[a], x[b]) * std::polar(1.0, angle);
      y[a] = z.real();
      y[b] = z.imag();
    }
  }
  return y;
}

// What one head of one token takes from the tokens up to it.
void Attend(const Vector& q, const Rows& k, const Rows& v, size_t head, size_t group, size_t t,
            size_t head_dim, Vector& out) {
  Vector weights(t + 1);
  double sum = 0;
  for (size_t j = 0; j <= t; ++j) {
    double dot = 0;
    for (size_t d = 0; d < head_dim; ++d) {
      dot += q[head * head_dim + d] * k[j][group * head_dim + d];
    }
    sum += weights[j] = std::exp(dot / std::sqrt(static_cast<double>(head_dim)));
  }
  for (size_t j = 0; j <= t; ++j) {
    for (size_t d = 0; d < head_dim; ++d) {
      out[head * head_dim + d] += weights[j] / sum * v[j][group * head_dim + d];
    }
  }
}

Rows Attention(const LlamaConfig& c, const LlamaWeights& w, const std::string& att, const Rows& x) {
  const size_t heads = static_cast<size_t>(c.n_heads), head_dim = x[0].size() / heads;
  const size_t share = heads / static_cast<size_t>(c.n_kv_groups);
  Rows q, k, v, y;
  for (size_t t = 0; t < x.size(); ++t) {
    q.push_back(Turned(c, Times(w.at(att + "W_query.weight"), x[t]), head_dim, t));
    k.push_back(Turned(c, Times(w.at(att + "W_key.weight"), x[t]), head_dim, t));
    v.push_back(Times(w.at(att + "W_value.weight"), x[t]));
  }
  for (size_t t = 0; t < x.size(); ++t) {
    Vector context(x[0].size());
    for (size_t h = 0; h < heads; ++h) Attend(q[t], k, v, h, h / share, t, head_dim, context);
    y.push_back(Times(w.at(att + "out_proj.weight"), context));
  }
  return y;
}

Vector FeedForward(const LlamaWeights& w, const std::string& ff, const Vector& x) {
  const Vector gate = Times(w.at(ff + "fc1.weight"), x), up = Times(w.at(ff + "fc2.weight"), x);
  Vector hidden(gate.size());
  for (size_t i = 0; i < gate.size(); ++i) hidden[i] = gate[i] / (1 + std::exp(-gate[i])) * up[i];
  return Times(w.at(ff + "fc3.weight"), hidden);
}

void AddTo(Vector& x, const Vector& y) {
  for (size_t i = 0; i < x.size(); ++i) x[i] += y[i];
}

Rows NormalizedRows(const Rows& x, const Vector& weight) {
  Rows y;
  for (const Vector& row : x) y.push_back(Normalized(row, weight));
  return y;
}

Vector OneSequence(const LlamaConfig& c, const LlamaWeights& w, const int32_t* ids, size_t tokens) {
  const size_t C = static_cast<size_t>(c.emb_dim);
  const Vector& table = w.at("tok_emb.weight");
  Rows x;
  for (size_t t = 0; t < tokens; ++t) {
    const auto row = table.begin() + static_cast<int64_t>(C) * ids[t];
    x.emplace_back(row, row + c.emb_dim);
  }
  for (int64_t layer = 0; layer < c.n_layers; ++layer) {
    const std::string block = "trf_blocks." + std::to_string(layer) + ".";
    const Rows seen =
        Attention(c, w, block + "att.", NormalizedRows(x, w.at(block + "norm1.weight")));
    for (size_t t = 0; t < tokens; ++t) {
      AddTo(x[t], seen[t]);
      AddTo(x[t], FeedForward(w, block + "ff.", Normalized(x[t], w.at(block + "norm2.weight"))));
    }
  }
  const Vector& head = c.tie_weights ? table : w.at("out_head.weight");
  Vector logits;
  for (const Vector& row : NormalizedRows(x, w.at("final_norm.weight"))) {
    const Vector scores = Times(head, row);
    logits.insert(logits.end(), scores.begin(), scores.end());
  }
  return logits;
}

}  // namespace

LlamaWeights WeightsOf(const Module& model) {
  LlamaWeights weights;
  for (const NamedTensor& parameter : model.NamedParameters()) {
    weights[parameter.name].assign(parameter.tensor.values().begin(),
                                   parameter.tensor.values().end());
  }
  return weights;
}

std::vector<double> ReferenceLlama(const LlamaConfig& config, const LlamaWeights& weights,
                                   const std::vector<int32_t>& ids, int64_t batch) {
  const size_t tokens = ids.size() / static_cast<size_t>(batch);
  std::vector<double> logits;
  for (size_t begin = 0; begin < ids.size(); begin += tokens) {
    const std::vector<double> rows = OneSequence(config, weights, ids.data() + begin, tokens);
    logits.insert(logits.end(), rows.begin(), rows.end());
  }
  return logits;
}

}  // namespace gokart
