// The tensors of a file by the workshop's names, with every difference from what a model needs.
//
//   absl::StatusOr<TensorTable> table = TensorTable::Make(file);
//   if (absl::Status s = table->CheckFits(GptParameters(config)); !s.ok()) return s;
//   const Source source = *table->Find("trf_blocks.0.att.W_key.weight");
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_TENSOR_TABLE_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_TENSOR_TABLE_H_

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch05_pretrain/weights/gpt_names.h"
#include "ch05_pretrain/weights/weight_file.h"

namespace gokart {

class TensorTable {
 public:
  /// A parameter's numbers in the file.
  struct Source {
    const StoredTensor* tensor = nullptr;
    StoredPlace place;
  };

  /// `file` must outlive the table. Error: no tensor has a name that a GPT's have; the message
  /// lists those that are there.
  static absl::StatusOr<TensorTable> Make(const WeightFile& file);

  GptNaming naming() const { return naming_; }
  /// Where a parameter is, by the workshop's name; nothing if the tensor is not there.
  std::optional<Source> Find(const std::string& parameter) const;

  /// Whether the file holds these parameters and no others. The error lists every difference.
  absl::Status CheckFits(const std::vector<GptParameter>& parameters) const;

 private:
  TensorTable(const WeightFile& file, GptNaming naming);
  std::optional<std::string> Difference(const GptParameter& parameter) const;

  const WeightFile* file_;
  GptNaming naming_;
  std::string prefix_;
  std::unordered_map<std::string, const StoredTensor*> by_name_;  // without the prefix
};

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_TENSOR_TABLE_H_
