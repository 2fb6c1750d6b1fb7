#include "ch03_attention/variants/einsum.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <vector>

#include "tensor/ops/layout.h"
#include "tensor/ops/matmul.h"

namespace gokart {
namespace {

bool Has(const std::string& term, char letter) { return term.find(letter) != std::string::npos; }

// An einsum taken apart: "bthd,bshd->bhts" has a = "bthd", b = "bshd", out = "bhts".
struct Terms {
  Terms(const std::string& letters, const Tensor& x, const Tensor& y) {
    const auto check = [&](bool condition, const std::string& message) {
      if (condition) return;
      throw std::invalid_argument("Einsum(" + letters + "): " + x.shape().ToString() + " and " +
                                  y.shape().ToString() + ": " + message);
    };
    const size_t comma = letters.find(','), arrow = letters.find("->");
    check(comma != std::string::npos && arrow != std::string::npos && comma < arrow,
          "\"a,b->c\" expected");
    a = letters.substr(0, comma);
    b = letters.substr(comma + 1, arrow - comma - 1);
    out = letters.substr(arrow + 2);
    check(static_cast<int>(a.size()) == x.rank() && static_cast<int>(b.size()) == y.rank(),
          "one letter for each axis expected");
    for (const std::string& term : {a, b, out}) {
      for (const char letter : term) {
        check(std::count(term.begin(), term.end(), letter) == 1,
              std::string("the letter ") + letter + " twice in a term");
        check(Has(a, letter) + Has(b, letter) + Has(out, letter) >= 2,
              std::string("the letter ") + letter + " in one term only");
      }
    }
    for (size_t i = 0; i < a.size(); ++i) extent[a[i]] = x.dim(static_cast<int>(i));
    for (size_t i = 0; i < b.size(); ++i) {
      const auto [entry, is_new] = extent.try_emplace(b[i], y.dim(static_cast<int>(i)));
      check(is_new || entry->second == y.dim(static_cast<int>(i)),
            std::string("the two extents of ") + b[i] + " differ");
    }
  }

  // Letters of `term` that `keep` agrees to, in the order of the result where they are in it.
  template <typename Keep>
  std::string Select(const std::string& term, const Keep& keep) const {
    std::string selected;
    for (const char letter : term) {
      if (keep(letter)) selected += letter;
    }
    return selected;
  }
  int64_t Size(const std::string& term) const {
    int64_t size = 1;
    for (const char letter : term) size *= extent.at(letter);
    return size;
  }

  std::string a, b, out;
  std::map<char, int64_t> extent;
};

// x, whose axes are called `from`, with its axes in the order of `to`.
Tensor Permute(Tensor x, std::string from, const std::string& to) {
  for (size_t i = 0; i < to.size(); ++i) {
    const size_t j = from.find(to[i]);
    if (i == j) continue;
    x = ops::Transpose(x, static_cast<int>(i), static_cast<int>(j));
    std::swap(from[i], from[j]);
  }
  return x;
}

}  // namespace

Tensor Einsum(const std::string& letters, const Tensor& x, const Tensor& y) {
  const Terms t(letters, x, y);
  const std::string batch =
      t.Select(t.out, [&](char letter) { return Has(t.a, letter) && Has(t.b, letter); });
  const std::string rows = t.Select(t.out, [&](char letter) { return !Has(t.b, letter); });
  const std::string columns = t.Select(t.out, [&](char letter) { return !Has(t.a, letter); });
  const std::string summed = t.Select(t.a, [&](char letter) { return !Has(t.out, letter); });
  const int64_t n = t.Size(batch), m = t.Size(rows), k = t.Size(summed), c = t.Size(columns);
  const Tensor a = ops::Reshape(Permute(x, t.a, batch + rows + summed), {n, m, k});
  const Tensor b = ops::Reshape(Permute(y, t.b, batch + summed + columns), {n, k, c});
  const Tensor product = ops::MatMul(a, b);  // [n, m, k] x [n, k, c] -> [n, m, c]
  const std::string order = batch + rows + columns;
  std::vector<int64_t> extents;
  for (const char letter : order) extents.push_back(t.extent.at(letter));
  return Permute(ops::Reshape(product, Shape(extents.begin(), extents.end())), order, t.out);
}

}  // namespace gokart
