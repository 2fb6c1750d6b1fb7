#include "ch02_data/bpe_explained.h"

#include <unicode/regex.h>
#include <unicode/utext.h>

#include <memory>
#include <stdexcept>

namespace gokart {
namespace {

constexpr char16_t kPattern[] =
    u"'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\p{White_Space}\\p{L}\\p{N}]+|"
    u"\\p{White_Space}+(?!\\P{White_Space})|\\p{White_Space}+";

void Check(UErrorCode status) {
  if (U_FAILURE(status)) {
    throw std::runtime_error(std::string("SplitByPattern: ICU: ") + u_errorName(status));
  }
}

using Parts = std::vector<std::string>;
using Pair = std::pair<std::string, std::string>;

Parts SingleBytes(std::string_view piece) {
  Parts parts;
  for (const char byte : piece) parts.push_back(std::string(1, byte));
  return parts;
}

// Puts every left, right into one part, from left to right.
Parts MergeEverywhere(const Parts& parts, const Pair& pair) {
  Parts merged;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i + 1 < parts.size() && parts[i] == pair.first && parts[i + 1] == pair.second) {
      merged.push_back(pair.first + pair.second);
      ++i;
    } else {
      merged.push_back(parts[i]);
    }
  }
  return merged;
}

struct PairCount {
  int64_t count = 0;
  size_t first_seen;
};

std::map<Pair, PairCount> CountPairs(const std::vector<Parts>& pieces) {
  std::map<Pair, PairCount> counts;
  for (const Parts& parts : pieces) {
    for (size_t i = 0; i + 1 < parts.size(); ++i) {
      const auto entry = counts.try_emplace({parts[i], parts[i + 1]}, PairCount{0, counts.size()});
      ++entry.first->second.count;
    }
  }
  return counts;
}

}  // namespace

std::vector<std::string> SplitByPattern(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  icu::RegexMatcher matcher(icu::UnicodeString(kPattern), 0, status);
  std::unique_ptr<UText, UText* (*)(UText*)> utext(
      utext_openUTF8(nullptr, text.data(), static_cast<int64_t>(text.size()), &status),
      utext_close);
  Check(status);
  matcher.reset(utext.get());
  std::vector<std::string> pieces;
  while (matcher.find(status)) {
    const int64_t begin = matcher.start64(status), end = matcher.end64(status);
    pieces.emplace_back(text.substr(begin, end - begin));
  }
  Check(status);
  return pieces;
}

BpeExplainer::BpeExplainer(const BpeVocabulary& vocabulary) : vocabulary_(vocabulary) {
  for (const Merge& merge : vocabulary.merges()) {
    rank_of_[{vocabulary.token(merge.left), vocabulary.token(merge.right)}] = merge.rank;
  }
}

std::vector<MergeStep> BpeExplainer::Explain(std::string_view piece) const {
  std::vector<MergeStep> steps;
  Parts parts = SingleBytes(piece);
  for (;;) {
    MergeStep step{parts, 0, -1};
    for (size_t i = 0; i + 1 < parts.size(); ++i) {
      const auto merge = rank_of_.find({parts[i], parts[i + 1]});
      if (merge == rank_of_.end()) continue;
      if (step.rank < 0 || merge->second < step.rank) {
        step.position = i;
        step.rank = merge->second;
      }
    }
    steps.push_back(step);
    if (step.rank < 0) return steps;
    parts[step.position] += parts[step.position + 1];
    parts.erase(parts.begin() + step.position + 1);
  }
}

std::vector<int32_t> BpeExplainer::Encode(std::string_view text) const {
  std::vector<int32_t> ids;
  for (const std::string& piece : SplitByPattern(text)) {
    if (const auto whole = vocabulary_.Find(piece); whole && vocabulary_.whole_pieces_first()) {
      ids.push_back(*whole);
      continue;
    }
    const std::vector<MergeStep> steps = Explain(piece);
    for (const std::string& part : steps.back().parts) {
      ids.push_back(vocabulary_.Find(part).value());
    }
  }
  return ids;
}

std::vector<TrainingStep> ExplainTraining(const std::vector<std::string>& pieces, int num_merges,
                                          TieRule tie_rule, int64_t min_count) {
  std::vector<Parts> texts;
  for (const std::string& piece : pieces) texts.push_back(SingleBytes(piece));
  std::map<std::string, size_t> id_of;
  for (const uint8_t byte : Gpt2ByteOrder()) {
    id_of.emplace(std::string(1, static_cast<char>(byte)), id_of.size());
  }
  std::vector<TrainingStep> steps;
  for (int step = 0; step < num_merges; ++step) {
    const std::map<Pair, PairCount> counts = CountPairs(texts);
    const std::pair<const Pair, PairCount>* best = nullptr;
    const auto better = [&](const auto& a, const auto& b) {
      if (a.second.count != b.second.count) return a.second.count > b.second.count;
      if (tie_rule == TieRule::kFirstSeen) return a.second.first_seen < b.second.first_seen;
      return std::pair(id_of.at(a.first.first), id_of.at(a.first.second)) <
             std::pair(id_of.at(b.first.first), id_of.at(b.first.second));
    };
    for (const auto& entry : counts) {
      if (best == nullptr || better(entry, *best)) best = &entry;
    }
    if (best == nullptr || best->second.count < min_count) break;
    steps.push_back({best->first.first, best->first.second, best->second.count});
    id_of.emplace(best->first.first + best->first.second, id_of.size());
    for (Parts& parts : texts) parts = MergeEverywhere(parts, best->first);
  }
  return steps;
}

}  // namespace gokart
