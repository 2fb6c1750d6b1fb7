#include "ch07_instruct/near_duplicates.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <unordered_map>
#include <utility>

namespace gokart {
namespace {

constexpr size_t kLongestGram = 3;

// A text as weights of features, sorted by feature, of length 1.
using SparseVector = std::vector<std::pair<int32_t, float>>;

// Runs of two and more white space characters become one space; a single one stays what it is.
std::string OneSpaceForMany(const std::string& text) {
  const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  std::string out;
  for (size_t i = 0; i < text.size();) {
    size_t end = i + 1;
    while (is_space(text[i]) && end < text.size() && is_space(text[end])) ++end;
    out += end - i > 1 ? ' ' : text[i];
    i = end;
  }
  return out;
}

// Where the characters (not bytes) of a text begin, and its end.
std::vector<size_t> CharacterBegins(const std::string& text) {
  std::vector<size_t> begins;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) begins.push_back(i);
  }
  begins.push_back(text.size());
  return begins;
}

class Features {
 public:
  // Feature numbers with their counts, sorted.
  std::vector<std::pair<int32_t, int32_t>> Count(const std::string& text) {
    const std::vector<size_t> begins = CharacterBegins(text);
    std::unordered_map<int32_t, int32_t> counts;
    for (size_t size = 1; size <= kLongestGram; ++size) {
      for (size_t i = 0; i + size < begins.size(); ++i) {
        ++counts[Number(text.substr(begins[i], begins[i + size] - begins[i]))];
      }
    }
    std::vector<std::pair<int32_t, int32_t>> sorted(counts.begin(), counts.end());
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }
  size_t size() const { return numbers_.size(); }

 private:
  int32_t Number(std::string gram) {
    return numbers_.try_emplace(std::move(gram), static_cast<int32_t>(numbers_.size()))
        .first->second;
  }
  std::unordered_map<std::string, int32_t> numbers_;
};

double Dot(const SparseVector& a, const SparseVector& b) {
  double sum = 0;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i].first == b[j].first) {
      sum += static_cast<double>(a[i++].second) * b[j++].second;
    } else {
      a[i].first < b[j].first ? ++i : ++j;
    }
  }
  return sum;
}

std::vector<SparseVector> TfIdf(const std::vector<std::string>& texts, Features& features) {
  std::vector<std::vector<std::pair<int32_t, int32_t>>> counts;
  for (const std::string& text : texts) counts.push_back(features.Count(text));
  std::vector<double> frequency(features.size());
  for (const auto& text : counts) {
    for (const auto& [feature, count] : text) ++frequency[feature];
  }
  const auto n = static_cast<double>(texts.size());
  std::vector<SparseVector> vectors;
  for (const auto& text : counts) {
    double squares = 0;
    std::vector<double> weights;
    for (const auto& [feature, count] : text) {
      const double idf = std::log((1 + n) / (1 + frequency[feature])) + 1;
      weights.push_back(count * idf);
      squares += weights.back() * weights.back();
    }
    SparseVector vector;
    for (size_t i = 0; i < text.size(); ++i) {
      vector.emplace_back(text[i].first, static_cast<float>(weights[i] / std::sqrt(squares)));
    }
    vectors.push_back(std::move(vector));
  }
  return vectors;
}

// The normalised texts that are not empty, with their positions.
void KeepTexts(const std::vector<std::string>& texts, std::vector<std::string>& kept,
               std::vector<size_t>& positions) {
  for (size_t i = 0; i < texts.size(); ++i) {
    std::string text = OneSpaceForMany(NormalizeForComparison(texts[i]));
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) continue;
    kept.push_back(std::move(text));
    positions.push_back(i);
  }
}

}  // namespace

std::string NormalizeForComparison(std::string_view text) {
  std::string out;
  for (unsigned char c : text) {
    if (c < 0x80 && std::ispunct(c)) continue;
    out += static_cast<char>(c < 0x80 ? std::tolower(c) : c);
  }
  return out;
}

size_t CountFeatures(const std::vector<std::string>& texts) {
  std::vector<std::string> kept;
  std::vector<size_t> positions;
  KeepTexts(texts, kept, positions);
  Features features;
  for (const std::string& text : kept) features.Count(text);
  return features.size();
}

std::vector<NearDuplicate> FindNearDuplicates(const std::vector<std::string>& texts,
                                              double threshold) {
  std::vector<std::string> kept;
  std::vector<size_t> positions;
  KeepTexts(texts, kept, positions);
  Features features;
  const std::vector<SparseVector> vectors = TfIdf(kept, features);
  const auto n = static_cast<int64_t>(vectors.size());
  std::vector<std::vector<NearDuplicate>> found(n);
#pragma omp parallel for schedule(dynamic, 16)
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = i + 1; j < n; ++j) {
      const double similarity = Dot(vectors[i], vectors[j]);
      if (similarity > threshold) found[i].push_back({positions[i], positions[j], similarity});
    }
  }
  std::vector<NearDuplicate> all;
  for (const auto& of_one : found) all.insert(all.end(), of_one.begin(), of_one.end());
  return all;
}

}  // namespace gokart
