#include "ch02_data/sentencepiece_model.h"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <exception>
#include <unordered_map>

namespace gokart {
namespace {

// Calls the library. It reports most failures as a status; what it uses throws on some.
template <typename Call>
bool Ok(const Call& call, std::string* error) {
  try {
    const sentencepiece::util::Status status = call();
    if (!status.ok()) *error = status.error_message();
    return status.ok();
  } catch (const std::exception& exception) {
    *error = exception.what();
    return false;
  }
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
  const auto load = [&] { return model->processor_->library.LoadFromSerializedProto(serialized); };
  if (!Ok(load, error)) return nullptr;
  return model;
}

std::string SentencePieceModel::Train(const std::vector<std::string>& sentences,
                                      const std::map<std::string, std::string>& options,
                                      std::string* error) {
  const std::unordered_map<std::string, std::string> arguments(options.begin(), options.end());
  VectorIterator iterator(sentences);
  std::string serialized;
  const auto train = [&] {
    return sentencepiece::SentencePieceTrainer::Train(arguments, &iterator, &serialized);
  };
  return Ok(train, error) ? serialized : "";
}

int SentencePieceModel::size() const { return processor_->library.GetPieceSize(); }
std::string SentencePieceModel::Piece(int id) const { return processor_->library.IdToPiece(id); }
bool SentencePieceModel::IsControl(int id) const { return processor_->library.IsControl(id); }
int SentencePieceModel::end_of_sentence() const { return processor_->library.eos_id(); }

bool SentencePieceModel::Encode(std::string_view text, std::vector<int>* ids,
                                std::string* error) const {
  return Ok([&] { return processor_->library.Encode(text, ids); }, error);
}

bool SentencePieceModel::Decode(const std::vector<int>& ids, std::string* text,
                                std::string* error) const {
  return Ok([&] { return processor_->library.Decode(ids, text); }, error);
}

}  // namespace gokart
