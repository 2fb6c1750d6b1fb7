// A finetuned classifier with all that it needs to judge texts: model, tokenizer, names of the
// classes. Saved to a folder and loaded from there (workshop section 6.8).
//
//   absl::StatusOr<TextClassifier> classifier = LoadClassifier("runs/classify-1");
//   absl::StatusOr<std::vector<Classification>> found = Classify(*classifier, {"You have won!"});
//   classifier->classes[(*found)[0].best];   // "spam"
#ifndef GOKART_CH06_CLASSIFY_TEXT_CLASSIFIER_H_
#define GOKART_CH06_CLASSIFY_TEXT_CLASSIFIER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch02_data/tokenizer.h"
#include "ch06_classify/classification_dataset.h"
#include "ch06_classify/gpt_classifier.h"
#include "ch06_classify/lora_file.h"

namespace gokart {

struct TextClassifier {
  std::unique_ptr<GptClassifier> model;
  std::unique_ptr<Tokenizer> tokenizer;
  std::vector<std::string> classes;
  PaddingOptions padding;  ///< as in training; max_length is set
};

struct Classification {
  int32_t best = 0;                  ///< the likeliest class
  std::vector<float> probabilities;  ///< of each class
  int64_t tokens = 0;                ///< in the text
  bool cut = false;                  ///< whether only its first max_length tokens were read
};

/// Judges texts, in batches. Errors: an empty text, or one that the tokenizer cannot encode, with
/// its number.
absl::StatusOr<std::vector<Classification>> Classify(const TextClassifier& classifier,
                                                     const std::vector<std::string>& texts);

/// Makes checkpoint/ in `folder`, with all weights and the tokenizer; adapters must have been
/// merged.
absl::Status SaveClassifier(const std::string& folder, const TextClassifier& classifier);

/// Makes adapter/ in `folder`, with the adapters, the head and the tokenizer. `base_path` and
/// `base` (a fingerprint) say which model they belong to, `quantized` whether its blocks are to be
/// quantised again (QLoRA).
absl::Status SaveClassifierAdapter(const std::string& folder, const TextClassifier& classifier,
                                   const LoraConfig& config, const std::string& base_path,
                                   const std::string& base, bool quantized);

/// Loads what one of these wrote: the run's folder, its checkpoint or adapter folder, or the
/// checkpoint file. An adapter's base model is looked for where it was, or at `base_path` if that
/// is not empty. Errors: nothing of the kind there, a model that is no classifier, a damaged file,
/// an adapter for another base model.
absl::StatusOr<TextClassifier> LoadClassifier(const std::string& path,
                                              const std::string& base_path = "");

/// Puts the linear layers of a classifier's blocks into 4 bits (NF4 with double quantisation), as
/// QLoRA does; embeddings, normalisations and the head stay as they are.
void QuantizeBlocks(GptClassifier& classifier);

}  // namespace gokart

#endif  // GOKART_CH06_CLASSIFY_TEXT_CLASSIFIER_H_
