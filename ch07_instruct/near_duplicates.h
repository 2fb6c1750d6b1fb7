// Entries that say nearly the same (the workshop's bonus on data sets): a data set that repeats
// itself wastes training time, and a test entry that nearly is a training entry tests nothing.
//
//   for (const NearDuplicate& d : FindNearDuplicates(texts, 0.9)) ...   // d.a, d.b, d.similarity
#ifndef GOKART_CH07_INSTRUCT_NEAR_DUPLICATES_H_
#define GOKART_CH07_INSTRUCT_NEAR_DUPLICATES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gokart {

struct NearDuplicate {
  size_t a = 0, b = 0;    ///< positions in the list of texts, a < b
  double similarity = 0;  ///< 1: the same but for letter case and punctuation
};

/// All pairs of texts whose similarity is above `threshold`, in order. Texts are compared in small
/// letters and without ASCII punctuation; those that are empty then are left out, but keep their
/// positions (the workshop's script counts without them, and names wrong entries).
///
/// The similarity is the cosine of the texts' TF-IDF vectors over all strings of one to three
/// characters, as scikit-learn's TfidfVectorizer(ngram_range=(1, 3), analyzer="char") makes them:
/// counts times log((1 + n) / (1 + document frequency)) + 1, runs of white space as one space.
std::vector<NearDuplicate> FindNearDuplicates(const std::vector<std::string>& texts,
                                              double threshold);

/// Small letters, and no ASCII punctuation.
std::string NormalizeForComparison(std::string_view text);

/// How many different strings of one to three characters the texts have: TF-IDF's features.
size_t CountFeatures(const std::vector<std::string>& texts);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_NEAR_DUPLICATES_H_
