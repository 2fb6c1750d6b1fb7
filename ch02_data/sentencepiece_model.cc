#include "ch02_data/sentencepiece_model.h"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <unordered_map>

namespace gokart {
namespace {

bool Ok(const sentencepiece::util::Status& status, std::string* error) {
  if (!status.ok()) *error = status.error_message();
  return status.ok();
}

class VectorIterator : public sentencepiece::SentenceIterator {
 public:
  explicit VectorIterator(const std::vector<std::string>& sentences) : sentences_(sentences) {}
  bool done() const override { return next_ == sentences_.size(); }
  void Next() override { ++next_; }
  const std::string& value() const override { return sentences_[next_]; }
  sentencepiece::util::Status status() const override { return {}; }

 private:
  const std::vector<std::string>& sentences_;
  size_t next_ = 0;
};

}  // namespace

struct SentencePieceModel::Processor {
  sentencepiece::SentencePieceProcessor library;
};

SentencePieceModel::SentencePieceModel() : processor_(std::make_unique<Processor>()) {}
SentencePieceModel::~SentencePieceModel() = default;

std::unique_ptr<SentencePieceModel> SentencePieceModel::Parse(std::string_view serialized,
                                                              std::string* error) {
  std::unique_ptr<SentencePieceModel> model(new SentencePieceModel);
  if (!Ok(model->processor_->library.LoadFromSerializedProto(serialized), error)) return nullptr;
  return model;
}

std::string SentencePieceModel::Train(const std::vector<std::string>& sentences,
                                      const std::map<std::string, std::string>& options,
                                      std::string* error) {
  const std::unordered_map<std::string, std::string> arguments(options.begin(), options.end());
  VectorIterator iterator(sentences);
  std::string serialized;
  if (!Ok(sentencepiece::SentencePieceTrainer::Train(arguments, &iterator, &serialized), error)) {
    return "";
  }
  return serialized;
}

int SentencePieceModel::size() const { return processor_->library.GetPieceSize(); }
std::string SentencePieceModel::Piece(int id) const { return processor_->library.IdToPiece(id); }
bool SentencePieceModel::IsControl(int id) const { return processor_->library.IsControl(id); }
int SentencePieceModel::end_of_sentence() const { return processor_->library.eos_id(); }

bool SentencePieceModel::Encode(std::string_view text, std::vector<int>* ids,
                                std::string* error) const {
  return Ok(processor_->library.Encode(text, ids), error);
}

bool SentencePieceModel::Decode(const std::vector<int>& ids, std::string* text,
                                std::string* error) const {
  return Ok(processor_->library.Decode(ids, text), error);
}

}  // namespace gokart
