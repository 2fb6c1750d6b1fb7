// The subcommand train-bpe.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ch02_data/bpe_tokenizer.h"
#include "ch02_data/bpe_trainer.h"
#include "ch02_data/commands.h"
#include "ch02_data/gpt2_format.h"
#include "ch02_data/huggingface_format.h"
#include "ch02_data/text_parts.h"
#include "ch02_data/tiktoken_format.h"
#include "ch02_data/visible_text.h"
#include "workshop/file.h"
#include "workshop/human.h"
#include "workshop/interrupt.h"
#include "workshop/progress.h"

namespace gokart {
namespace {

constexpr size_t kPartBytes = size_t{4} << 20;

// A tokenizer that knows no merges but the special tokens: enough to say where a text may be cut.
absl::StatusOr<BpeTokenizer*> NewCutter(const std::vector<std::string>& special_tokens) {
  BpeVocabulary vocabulary;
  for (const std::string& token : special_tokens) {
    if (absl::StatusOr<int32_t> id = vocabulary.AddToken(token); !id.ok()) return id.status();
  }
  return new BpeTokenizer("bytes", std::move(vocabulary));
}

absl::Status AddFile(const std::string& path, const Tokenizer& cutter,
                     const InterruptGuard& interrupt, BpeTrainer& trainer, Progress& progress,
                     int64_t* bytes) {
  absl::StatusOr<TextParts> parts = TextParts::Open(path, cutter, kPartBytes);
  if (!parts.ok()) return parts.status();
  for (;;) {
    const absl::StatusOr<std::string> part = parts->Next();
    if (!part.ok()) return part.status();
    if (part->empty()) return absl::OkStatus();
    if (interrupt.Requested()) return absl::CancelledError("stopped; nothing was saved");
    trainer.AddText(*part);
    *bytes += static_cast<int64_t>(part->size());
    progress.Update(*bytes, absl::StrCat(trainer.num_distinct_pieces(), " different pieces"));
  }
}

// Counts the pieces of all texts; returns their bytes.
absl::StatusOr<int64_t> AddTexts(const TextSource& source, const TrainBpeOptions& options,
                                 const InterruptGuard& interrupt, BpeTrainer& trainer) {
  int64_t bytes = 0;
  if (!source.arguments.empty() || !source.string.empty() ||
      (source.story_if_none && source.files.empty())) {
    const absl::StatusOr<std::vector<NamedText>> texts = ReadTexts(source);
    if (!texts.ok()) return texts.status();
    for (const NamedText& text : *texts) {
      trainer.AddText(text.text);
      bytes += static_cast<int64_t>(text.text.size());
    }
    return bytes;
  }
  const absl::StatusOr<std::vector<std::string>> paths = TextPaths(source);
  if (!paths.ok()) return paths.status();
  const absl::StatusOr<BpeTokenizer*> cutter = NewCutter(options.special_tokens);
  if (!cutter.ok()) return cutter.status();
  const std::unique_ptr<BpeTokenizer> owner(*cutter);
  Progress progress("read", 0, {.bytes = true});
  for (const std::string& path : *paths) {
    absl::Status status = AddFile(path, *owner, interrupt, trainer, progress, &bytes);
    if (!status.ok()) return status;
  }
  return bytes;
}

absl::Status Save(const BpeVocabulary& vocabulary, const TrainBpeOptions& options) {
  if (options.format == "tiktoken") return SaveTiktoken(vocabulary, options.out);
  if (options.format == "huggingface") return SaveHuggingFace(vocabulary, options.out);
  if (absl::Status status = MakeFolders(options.out); !status.ok()) return status;
  return SaveGpt2(vocabulary, options.out + "/encoder.json", options.out + "/vocab.bpe");
}

absl::Status CheckFormat(const TrainBpeOptions& options) {
  if (options.format == "huggingface" || options.format == "gpt2" || options.format == "tiktoken") {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--format=", options.format, ": must be huggingface, gpt2 or tiktoken"));
}

void PrintLearnt(const BpeVocabulary& vocabulary, std::ostream& out) {
  const int learnt = vocabulary.size() - 256 - static_cast<int>(vocabulary.added_tokens().size());
  const auto tokens = [&](int from, int count) {
    for (int i = from; i < std::min(from + count, learnt); ++i) {
      out << "  " << VisibleText(vocabulary.token(256 + i));
    }
    out << "\n";
  };
  out << "the first tokens learnt:";
  tokens(0, 12);
  out << "the last:";
  tokens(std::max(learnt - 12, 0), 12);
}

}  // namespace

absl::Status TrainBpe(const TextSource& source, const TrainBpeOptions& options, std::ostream& out) {
  if (absl::Status status = CheckFormat(options); !status.ok()) return status;
  const InterruptGuard interrupt;
  BpeTrainer trainer(options.special_tokens);
  const absl::StatusOr<int64_t> bytes = AddTexts(source, options, interrupt, trainer);
  if (!bytes.ok()) return bytes.status();
  if (*bytes == 0) return absl::InvalidArgumentError("the text to learn from is empty");

  Progress progress("learn", options.vocab_size, {.unit = "tokens"});
  const absl::StatusOr<BpeVocabulary> vocabulary =
      trainer.Train({.vocab_size = options.vocab_size,
                     .special_tokens = options.special_tokens,
                     .min_count = options.min_count,
                     .progress = [&](int tokens) {
                       progress.Update(tokens);
                       return !interrupt.Requested();
                     }});
  if (!vocabulary.ok()) return vocabulary.status();
  progress.Update(vocabulary->size());
  progress.Finish();
  if (absl::Status status = Save(*vocabulary, options); !status.ok()) return status;
  out << "learnt " << FormatCount(vocabulary->size()) << " tokens (" << vocabulary->merges().size()
      << " merges) from " << FormatBytes(static_cast<double>(*bytes)) << ", "
      << FormatCount(trainer.num_pieces()) << " pieces of which "
      << FormatCount(trainer.num_distinct_pieces()) << " are different\n";
  PrintLearnt(*vocabulary, out);
  out << "saved: " << options.out << "\n";
  return absl::OkStatus();
}

}  // namespace gokart
