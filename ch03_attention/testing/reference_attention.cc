#include "ch03_attention/testing/reference_attention.h"

#include <cmath>
#include <functional>

namespace gokart {
namespace {

double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// One layer's sizes and parameters under the names of MultiHeadAttention.
struct Layer {
  std::string kind;
  AttentionConfig c;
  Parameters p;
  int64_t B, T, H, D;

  // y[r, o] = sum_i x[r, i] weight[o, i] + bias[o]
  Doubles Project(const std::string& name, const Doubles& x, int64_t in) const {
    const Doubles& weight = p.at(name + ".weight");
    const auto bias = p.find(name + ".bias");
    const int64_t out = static_cast<int64_t>(weight.size()) / in;
    const int64_t rows = static_cast<int64_t>(x.size()) / in;
    Doubles y(rows * out);
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t o = 0; o < out; ++o) {
        double sum = bias == p.end() ? 0 : bias->second[o];
        for (int64_t i = 0; i < in; ++i) sum += x[r * in + i] * weight[o * in + i];
        y[r * out + o] = sum;
      }
    }
    return y;
  }

  bool Sees(int64_t t, int64_t j) const {
    const bool slides = kind == "swa" || (kind == "swa_full" && c.layer % 4 < 3);
    return j <= t && (!slides || t - j < c.window);
  }

  // What is added to a score for the distance between its tokens.
  double Bias(int64_t h, int64_t t, int64_t j) const {
    if (kind != "alibi") return 0;
    // The slopes of the paper's code: 2^(-8/n), its square, ... for n heads, n a power of two; for
    // other numbers those of the next smaller n, and then every second one of 2 n.
    int64_t n = 1;
    while (2 * n <= H) n *= 2;
    const double exponent = h < n ? -8.0 / n * (h + 1) : -8.0 / (2 * n) * (2 * (h - n) + 1);
    return -std::pow(2, exponent) * static_cast<double>(t - j);
  }
};

// The workshop's parameters from those of the variants that store them otherwise.
Parameters WorkshopNames(const std::string& kind, const AttentionConfig& c, const Parameters& p) {
  Parameters named = p;
  const int64_t C = c.d_out;
  for (const std::string role : {"query", "key", "value"}) {
    const std::string name = "W_" + role;
    if (kind == "stacked") {
      Doubles& weight = named[name + ".weight"];
      for (int64_t h = 0; h < c.num_heads; ++h) {
        const std::string head = "stack.heads." + std::to_string(h) + "." + name;
        const Doubles& rows = p.at(head + ".weight");
        weight.insert(weight.end(), rows.begin(), rows.end());
        if (!c.qkv_bias) continue;
        Doubles& bias = named[name + ".bias"];
        bias.insert(bias.end(), p.at(head + ".bias").begin(), p.at(head + ".bias").end());
      }
    } else if (kind == "einsum") {
      Doubles& weight = named[name + ".weight"];
      weight.resize(C * c.d_in);
      for (int64_t o = 0; o < C; ++o) {
        for (int64_t i = 0; i < c.d_in; ++i) weight[o * c.d_in + i] = p.at(name)[i * C + o];
      }
      if (c.qkv_bias) named[name + ".bias"] = p.at(std::string("bias_") + role[0]);
    } else if (kind == "fused" || kind == "combined") {
      const int64_t part = role == "query" ? 0 : role == "key" ? 1 : 2;
      const Doubles& all = p.at("qkv.weight");
      named[name + ".weight"].assign(all.begin() + part * C * c.d_in,
                                     all.begin() + (part + 1) * C * c.d_in);
      if (!c.qkv_bias) continue;
      const Doubles& biases = p.at("qkv.bias");
      named[name + ".bias"].assign(biases.begin() + part * C, biases.begin() + (part + 1) * C);
    }
  }
  return named;
}

// Applies change(x_h, t) to each head of each token of x [B, T, heads * D].
void ForEachHead(const Layer& l, Doubles& x, const std::function<void(double*, int64_t)>& change) {
  const int64_t heads = static_cast<int64_t>(x.size()) / (l.B * l.T * l.D);
  for (int64_t i = 0; i < l.B * l.T; ++i) {
    for (int64_t h = 0; h < heads; ++h) change(&x[(i * heads + h) * l.D], i % l.T);
  }
}

void Rotate(const Layer& l, Doubles& x) {
  ForEachHead(l, x, [&](double* head, int64_t t) {
    for (int64_t i = 0; i < l.D / 2; ++i) {
      const double angle = t / std::pow(10000.0, 2.0 * i / l.D);
      const double a = head[i], b = head[i + l.D / 2];
      head[i] = a * std::cos(angle) - b * std::sin(angle);
      head[i + l.D / 2] = b * std::cos(angle) + a * std::sin(angle);
    }
  });
}

// scale * x / sqrt(sum of squares / divisor + eps)
void Normalize(const Layer& l, const Doubles& scale, double divisor, double eps, Doubles& x) {
  ForEachHead(l, x, [&](double* head, int64_t) {
    double sum = 0;
    for (int64_t d = 0; d < l.D; ++d) sum += head[d] * head[d];
    for (int64_t d = 0; d < l.D; ++d) head[d] *= scale[d] / std::sqrt(sum / divisor + eps);
  });
}

Doubles SoftmaxAttention(const Layer& l, const Doubles& q, const Doubles& k, const Doubles& v) {
  const int64_t C = l.H * l.D, kv = static_cast<int64_t>(k.size()) / (l.B * l.T);
  const int64_t group = C / kv;  // heads that share a head of keys and values
  Doubles out(l.B * l.T * C, 0.0);
  for (int64_t b = 0; b < l.B; ++b) {
    for (int64_t h = 0; h < l.H; ++h) {
      for (int64_t t = 0; t < l.T; ++t) {
        const double* query = &q[(b * l.T + t) * C + h * l.D];
        double* result = &out[(b * l.T + t) * C + h * l.D];
        Doubles weight(l.T, 0.0);
        double sum = l.kind == "sinks" ? std::exp(l.p.at("sinks")[h]) : 0;
        for (int64_t j = 0; j < l.T; ++j) {
          if (!l.Sees(t, j)) continue;
          const double* key = &k[(b * l.T + j) * kv + h / group * l.D];
          double score = 0;
          for (int64_t d = 0; d < l.D; ++d) score += query[d] * key[d];
          weight[j] = std::exp(score / std::sqrt(static_cast<double>(l.D)) + l.Bias(h, t, j));
          sum += weight[j];
        }
        for (int64_t j = 0; j < l.T; ++j) {
          const double* value = &v[(b * l.T + j) * kv + h / group * l.D];
          for (int64_t d = 0; d < l.D; ++d) result[d] += weight[j] / sum * value[d];
        }
      }
    }
  }
  return out;
}

// The gated delta rule, one token after the other, for q and k that are normalised.
Doubles DeltaRule(const Layer& l, const Doubles& x, const Doubles& q, const Doubles& k,
                  const Doubles& v) {
  const Doubles alpha = l.Project("W_alpha", x, l.c.d_in), beta = l.Project("W_beta", x, l.c.d_in);
  Doubles out(q.size(), 0.0);
  for (int64_t b = 0; b < l.B; ++b) {
    for (int64_t h = 0; h < l.H; ++h) {
      Doubles S(l.D * l.D, 0.0);  // [key, value]
      for (int64_t t = 0; t < l.T; ++t) {
        const int64_t row = (b * l.T + t) * l.H + h, at = row * l.D;
        const double rate =
            std::exp(l.p.at("A_log")[h]) * std::log1p(std::exp(alpha[row] + l.p.at("dt_bias")[h]));
        for (double& s : S) s *= std::exp(-rate);
        for (int64_t j = 0; j < l.D; ++j) {
          double answer = 0;
          for (int64_t i = 0; i < l.D; ++i) answer += k[at + i] * S[i * l.D + j];
          const double delta = Sigmoid(beta[row]) * (v[at + j] - answer);
          for (int64_t i = 0; i < l.D; ++i) S[i * l.D + j] += k[at + i] * delta;
          for (int64_t i = 0; i < l.D; ++i) out[at + j] += q[at + i] * S[i * l.D + j];
        }
      }
    }
  }
  return out;
}

Doubles DeltaNet(const Layer& l, const Doubles& x) {
  Doubles q = l.Project("W_query", x, l.c.d_in), k = l.Project("W_key", x, l.c.d_in);
  const Doubles v = l.Project("W_value", x, l.c.d_in);
  Normalize(l, Doubles(l.D, 1 / std::sqrt(static_cast<double>(l.D))), 1, 1e-6, q);
  Normalize(l, Doubles(l.D, 1.0), 1, 1e-6, k);
  Doubles out = DeltaRule(l, x, q, k, v);
  Normalize(l, l.p.at("norm_scale"), static_cast<double>(l.D), 1e-6, out);
  const Doubles gate = l.Project("W_gate", x, l.c.d_in);
  for (size_t i = 0; i < out.size(); ++i) out[i] *= gate[i] * Sigmoid(gate[i]);
  return l.Project("out_proj", out, l.c.d_out);
}

}  // namespace

Parameters ParametersOf(const Module& layer) {
  Parameters parameters;
  for (const NamedTensor& named : layer.NamedParameters()) {
    parameters[named.name] = Doubles(named.tensor.values().begin(), named.tensor.values().end());
  }
  return parameters;
}

Doubles ReferenceAttention(const std::string& kind, const AttentionConfig& c,
                           const Parameters& parameters, const Doubles& x, int64_t batch) {
  const int64_t T = static_cast<int64_t>(x.size()) / (batch * c.d_in);
  const Layer l = {
      kind, c, WorkshopNames(kind, c, parameters), batch, T, c.num_heads, c.d_out / c.num_heads};
  if (kind == "deltanet") return DeltaNet(l, x);
  Doubles q = l.Project("W_query", x, c.d_in), k, v;
  if (kind == "mla") {
    const Doubles latent = l.Project("W_DKV", x, c.d_in);
    k = l.Project("W_UK", latent, c.latent_dim);
    v = l.Project("W_UV", latent, c.latent_dim);
  } else {
    k = l.Project("W_key", x, c.d_in);
    v = l.Project("W_value", x, c.d_in);
  }
  if (kind == "qk_norm") {
    Normalize(l, l.p.at("query_scale"), static_cast<double>(l.D), 1e-6, q);
    Normalize(l, l.p.at("key_scale"), static_cast<double>(l.D), 1e-6, k);
  }
  if (kind == "rope") {
    Rotate(l, q);
    Rotate(l, k);
  }
  return l.Project("out_proj", SoftmaxAttention(l, q, k, v), c.d_out);
}

}  // namespace gokart
