#include "ch05_pretrain/evaluate_command.h"

#include <algorithm>
#include <cstdio>

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "ch05_pretrain/evaluate.h"
#include "ch05_pretrain/inference_flags.h"
#include "ch05_pretrain/loss.h"
#include "ch05_pretrain/parse_ids.h"
#include "tensor/safetensors.h"
#include "workshop/file.h"
#include "workshop/human.h"
#include "workshop/interrupt.h"
#include "workshop/progress.h"

// Defined by the program, which trains with them, too.
ABSL_DECLARE_FLAG(std::string, text);
ABSL_DECLARE_FLAG(int64_t, stride);
ABSL_DECLARE_FLAG(std::string, out);

ABSL_FLAG(std::string, ids, "",
          "Token ids, separated by commas; rows of a batch are separated by semicolons.");

namespace gokart {
namespace {

absl::Status RunEvaluate(const std::vector<std::string>&) {
  const std::string path = absl::GetFlag(FLAGS_text);
  if (path.empty()) return absl::InvalidArgumentError("--text is missing: a text file");
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  const absl::StatusOr<InferenceModel> loaded = LoadInferenceModel();
  if (!loaded.ok()) return loaded.status();
  GPTModel& model = *loaded->trained.model;
  const int64_t stride = absl::GetFlag(FLAGS_stride);
  if (absl::Status s = CheckFlagBetween("stride", static_cast<double>(stride), 0,
                                        static_cast<double>(model.config.context_length));
      !s.ok()) {
    return s;
  }
  const Tokenizer& tokenizer = *loaded->trained.tokenizer;
  const absl::StatusOr<std::vector<int32_t>> ids =
      tokenizer.Encode(*text, {.allowed = {std::string(Tokenizer::kEndOfText)}, .refused = {}});
  if (!ids.ok()) {
    return absl::Status(ids.status().code(),
                        absl::StrCat(path, ": ", std::string(ids.status().message())));
  }
  if (ids->size() < 2) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": has fewer than two tokens"));
  }
  const InterruptGuard interrupt;
  TextScore score;
  {
    Progress progress("eval", static_cast<int64_t>(ids->size()) - 1, {.unit = "tokens"});
    score = Evaluate(model, *ids, {.stride = stride, .on_progress = [&](int64_t scored) {
                                     progress.Update(scored);
                                     return !interrupt.Requested();
                                   }});
  }
  const int64_t first = static_cast<int64_t>(tokenizer.Decode({(*ids)[0]}).size());
  std::printf("Tokens         %s of %s\n", FormatCount(score.tokens).c_str(),
              FormatCount(static_cast<int64_t>(ids->size()) - 1).c_str());
  std::printf("Loss           %.4f nats per token\n", score.loss);
  std::printf("Perplexity     %.3f\n", Perplexity(score.loss));
  if (interrupt.Requested()) return absl::CancelledError("stopped before the end of the text");
  std::printf("Bits per byte  %.4f\n",
              BitsPerByte(score, std::max<int64_t>(1, static_cast<int64_t>(text->size()) - first)));
  return absl::OkStatus();
}

absl::Status RunLogits(const std::vector<std::string>&) {
  const absl::StatusOr<TokenIds> ids = ParseIds(absl::GetFlag(FLAGS_ids));
  if (!ids.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("--ids: ", std::string(ids.status().message())));
  }
  const std::string out = absl::GetFlag(FLAGS_out);
  if (out.empty()) return absl::InvalidArgumentError("--out is missing: a file to write");
  const absl::StatusOr<InferenceModel> loaded = LoadInferenceModel(/*with_tokenizer=*/false);
  if (!loaded.ok()) return loaded.status();
  const GPTModel& model = *loaded->trained.model;
  const int32_t largest = *std::max_element(ids->begin(), ids->end());
  if (largest >= model.config.vocab_size) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--ids: ", largest, " is outside of the model's ", model.config.vocab_size, " tokens"));
  }
  const int64_t b = static_cast<int64_t>(ids->shape(0)), t = static_cast<int64_t>(ids->shape(1));
  if (t > model.config.context_length) {
    return absl::InvalidArgumentError(absl::StrCat("--ids: ", t, " tokens are more than the ",
                                                   model.config.context_length,
                                                   " of the model's context"));
  }
  const NoGrad no_grad;
  const Tensor logits = model.Forward(*ids);  // [B, T, V]
  const std::vector<int64_t> numbers(ids->begin(), ids->end());
  return WriteSafetensors(
      out, {MakeStoredTensor("input_ids", {b, t}, numbers),
            MakeStoredTensor("logits", {b, t, model.config.vocab_size}, logits.values())});
}

}  // namespace

Command EvaluateCommand() {
  return {.name = "eval",
          .summary = "Measures how well a model predicts a text.",
          .description =
              "The mean cross entropy of the text's tokens but the first, each given the tokens "
              "before it in a window of the model's context; e to that power, the perplexity; and "
              "the same in bits per byte, which compares models with different tokenizers. With "
              "--stride below the context length windows overlap, so that every token has more "
              "before it.\n\n"
              "  bazel run //ch05_pretrain -- eval --weights=gpt2/model.safetensors \\\n"
              "      --text=the-verdict.txt --stride=512 --dtype=q4",
          .flags = InferenceFlags({"tokenizer", "text", "stride"}),
          .run = RunEvaluate};
}

Command LogitsCommand() {
  return {.name = "logits",
          .summary = "Writes a model's logits for given tokens, to compare with other programs.",
          .description =
              "Writes a safetensors file with input_ids [B, T] and logits [B, T, V].\n\n"
              "  bazel run //ch05_pretrain -- logits --weights=gpt2/model.safetensors \\\n"
              "      --ids=15496,11,314,716 --out=logits.safetensors",
          .flags = InferenceFlags({"ids", "out"}),
          .run = RunLogits};
}

}  // namespace gokart
