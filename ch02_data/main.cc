// The binary of chapter 2.

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ch02_data/commands.h"
#include "ch02_data/load_tokenizer.h"
#include "ch02_data/tokenize_files.h"
#include "ch02_data/tour.h"
#include "workshop/command_line.h"
#include "workshop/file.h"
#include "workshop/human.h"
#include "workshop/interrupt.h"
#include "workshop/progress.h"
#include "workshop/run_folder.h"

ABSL_FLAG(
    std::string, text, "",
    "Text from a file, all files of a folder or a pattern such as 'books/*.txt'; - is standard "
    "input.");
ABSL_FLAG(std::string, string, "", "The text itself.");
ABSL_FLAG(std::string, tokenizer, "gpt2",
          "gpt2, characters or words (made from the text), or a file: tokenizer.json, encoder.json "
          "(with vocab.bpe beside it), a tiktoken rank file or a sentencepiece model.");
ABSL_FLAG(std::string, special, "refuse",
          "What a special token such as <|endoftext|> in the text is: refuse (an error), allow (it "
          "becomes its id) or text (characters like any other).");
ABSL_FLAG(bool, pieces, false, "One line for each token: its id and what it stands for.");
ABSL_FLAG(std::string, out, "",
          "tour: a folder for what it makes, new or empty; without it runs/data-1, -2, ... encode: "
          "a token file (any amount of text, in a stream). train-bpe: the tokenizer, "
          "tokenizer.json if not given; for --format=gpt2 a folder.");
ABSL_FLAG(std::string, tokens, "", "A token file that encode --out made.");
ABSL_FLAG(int64_t, begin, 0, "Number of the first id of the token file that is decoded.");
ABSL_FLAG(int64_t, count, -1, "How many ids of the token file are decoded; -1: all.");
ABSL_FLAG(int, vocab_size, 1000,
          "Tokens of the vocabulary: 256 bytes, the tokens learnt, and the special tokens.");
ABSL_FLAG(int64_t, min_count, 2, "A pair must occur so often to become a token.");
ABSL_FLAG(std::vector<std::string>, special_tokens, std::vector<std::string>({"<|endoftext|>"}),
          "Special tokens of the vocabulary, with commas between them.");
ABSL_FLAG(std::string, format, "huggingface",
          "huggingface (tokenizer.json), gpt2 (encoder.json and vocab.bpe) or tiktoken (ranks).");
ABSL_FLAG(int64_t, batch_size, 8, "Windows in a batch.");
ABSL_FLAG(int64_t, max_length, 4, "Tokens in a window.");
ABSL_FLAG(int64_t, stride, 0,
          "Tokens from the start of one window to that of the next; 0: as many "
          "as are in a window.");
ABSL_FLAG(bool, shuffle, false, "Take the windows in random order, as PyTorch's DataLoader does.");
ABSL_FLAG(bool, drop_last, true, "Leave out a last batch that is not full.");
ABSL_FLAG(int64_t, num_batches, 2, "How many batches to print.");

namespace gokart {
namespace {

TextSource Source(const std::vector<std::string>& arguments, bool story_if_none) {
  return {.arguments = arguments,
          .string = absl::GetFlag(FLAGS_string),
          .files = absl::GetFlag(FLAGS_text),
          .story_if_none = story_if_none};
}

absl::Status RunTour(const std::vector<std::string>&) {
  const nlohmann::json config = {{"command", "tour"}, {"seed", absl::GetFlag(FLAGS_seed)}};
  const absl::StatusOr<RunFolder> run =
      RunFolder::CreateChosen(absl::GetFlag(FLAGS_out), "data", config);
  if (!run.ok()) return run.status();
  return DataTour({.folder = run->path(), .seed = absl::GetFlag(FLAGS_seed)});
}

absl::Status RunTrainBpe(const std::vector<std::string>& arguments) {
  const absl::Status flags = FirstError(
      {CheckFlagAtLeast("vocab_size", absl::GetFlag(FLAGS_vocab_size), 257),
       CheckFlagAtLeast("min_count", static_cast<double>(absl::GetFlag(FLAGS_min_count)), 1)});
  if (!flags.ok()) return flags;
  const std::string format = absl::GetFlag(FLAGS_format), out = absl::GetFlag(FLAGS_out);
  const std::string default_out = format == "huggingface" ? "tokenizer.json"
                                  : format == "gpt2"      ? "gpt2_tokenizer"
                                                          : "tokenizer.tiktoken";
  return TrainBpe(Source(arguments, /*story_if_none=*/true),
                  {.vocab_size = absl::GetFlag(FLAGS_vocab_size),
                   .min_count = absl::GetFlag(FLAGS_min_count),
                   .special_tokens = absl::GetFlag(FLAGS_special_tokens),
                   .format = format,
                   .out = out.empty() ? default_out : out},
                  std::cout);
}

// encode --out: files of any size to a token file.
absl::Status EncodeToFile(const TextSource& source, const SpecialTokens& special) {
  const absl::StatusOr<std::vector<std::string>> paths = TextPaths(source);
  if (!paths.ok()) return paths.status();
  const auto tokenizer = LoadTokenizer(absl::GetFlag(FLAGS_tokenizer));
  if (!tokenizer.ok()) return tokenizer.status();
  const InterruptGuard interrupt;
  Progress progress("encode", 0, {.bytes = true});
  const auto done = TokenizeFiles(
      **tokenizer, *paths, absl::GetFlag(FLAGS_out),
      {.special = special,
       .threads = omp_get_max_threads(),
       .progress = [&](int64_t bytes, int64_t ids) {
         progress.Update(bytes, FormatShortCount(static_cast<double>(ids)) + " tokens");
         return !interrupt.Requested();
       }});
  if (!done.ok()) return done.status();
  progress.Finish();
  std::cout << FormatBytes(static_cast<double>(done->bytes)) << " of text, "
            << FormatCount(done->ids) << " tokens: " << absl::GetFlag(FLAGS_out) << "\n";
  return absl::OkStatus();
}

absl::Status RunEncode(const std::vector<std::string>& arguments) {
  const absl::StatusOr<SpecialTokens> special = ParseSpecialTokens(absl::GetFlag(FLAGS_special));
  if (!special.ok()) return special.status();
  const TextSource source = Source(arguments, /*story_if_none=*/false);
  if (!absl::GetFlag(FLAGS_out).empty()) return EncodeToFile(source, *special);
  const absl::StatusOr<std::vector<NamedText>> texts = ReadTexts(source);
  if (!texts.ok()) return texts.status();
  std::string all;
  for (const NamedText& text : *texts) all += text.text + "\n";
  const auto tokenizer = LoadTokenizer(absl::GetFlag(FLAGS_tokenizer), all);
  if (!tokenizer.ok()) return tokenizer.status();
  return PrintEncoded(**tokenizer, *texts,
                      {.special = *special, .pieces = absl::GetFlag(FLAGS_pieces)}, std::cout);
}

absl::Status RunDecode(const std::vector<std::string>& arguments) {
  const auto tokenizer = LoadTokenizer(absl::GetFlag(FLAGS_tokenizer));
  if (!tokenizer.ok()) return tokenizer.status();
  const std::string corpus = absl::GetFlag(FLAGS_tokens);
  if (!corpus.empty()) {
    return PrintDecoded(**tokenizer, corpus, absl::GetFlag(FLAGS_begin), absl::GetFlag(FLAGS_count),
                        std::cout);
  }
  const absl::StatusOr<std::vector<NamedText>> texts =
      ReadTexts(Source(arguments, /*story_if_none=*/false));
  if (!texts.ok()) return texts.status();
  for (const NamedText& text : *texts) {
    const auto ids = ParseIds(text.text, (*tokenizer)->vocab_size());
    if (!ids.ok())
      return absl::Status(ids.status().code(),
                          absl::StrCat(text.name, ": ", ids.status().message()));
    std::cout << (*tokenizer)->Decode(*ids) << "\n";
  }
  return absl::OkStatus();
}

absl::Status RunBatches(const std::vector<std::string>& arguments) {
  const int64_t max_length = absl::GetFlag(FLAGS_max_length), stride = absl::GetFlag(FLAGS_stride);
  const int64_t batch_size = absl::GetFlag(FLAGS_batch_size);
  const absl::Status flags = FirstError(
      {CheckFlagBetween("batch_size", static_cast<double>(batch_size), 1, 1e6),
       CheckFlagBetween("max_length", static_cast<double>(max_length), 1, 1e6),
       CheckFlagAtLeast("stride", static_cast<double>(stride), 0),
       CheckFlagAtLeast("num_batches", static_cast<double>(absl::GetFlag(FLAGS_num_batches)), 1)});
  if (!flags.ok()) return flags;
  std::unique_ptr<Tokenizer> tokenizer;
  const auto tokens = TokensOf(Source(arguments, /*story_if_none=*/true),
                               absl::GetFlag(FLAGS_tokenizer), &tokenizer);
  if (!tokens.ok()) return tokens.status();
  return PrintBatches(*tokenizer, *tokens,
                      {.max_length = max_length,
                       .stride = stride == 0 ? max_length : stride,
                       .loader = {.batch_size = batch_size,
                                  .shuffle = absl::GetFlag(FLAGS_shuffle),
                                  .drop_last = absl::GetFlag(FLAGS_drop_last)},
                       .num_batches = absl::GetFlag(FLAGS_num_batches),
                       .seed = absl::GetFlag(FLAGS_seed)},
                      std::cout);
}

constexpr char kTextHelp[] =
    "The text is TEXT, --string=TEXT, or --text=FILE (a folder, a pattern, or - for standard "
    "input)";

Command TourCommand() {
  return {.name = "tour",
          .summary = "The chapter, section by section, computed live.",
          .description =
              "Shows each section of the workshop's chapter 2 with its own examples: words as "
              "tokens, byte pairs and how they are learnt, windows and batches, embeddings. Works "
              "on a short story that ships with the project, and on The Verdict too if it was "
              "downloaded; says which results equal those that the workshop prints.",
          .flags = {"out"},
          .run = RunTour};
}

Command TrainCommand() {
  return {.name = "train-bpe",
          .summary = "Learns a byte-pair vocabulary from your text.",
          .description = absl::StrCat(
              "Starts from the 256 bytes and makes the most frequent pair of neighbouring tokens "
              "a token of its own, until there are --vocab_size. ",
              kTextHelp,
              "; without any, a short story. Files may be larger than memory.\n\n"
              "  train-bpe --text='books/*.txt' --vocab_size=8000 --out=books.json\n"
              "  encode --tokenizer=books.json --pieces Once upon a time"),
          .arguments = "[TEXT]",
          .flags = {"text", "string", "vocab_size", "min_count", "special_tokens", "format", "out"},
          .run = RunTrainBpe};
}

Command EncodeCommand() {
  return {.name = "encode",
          .summary = "Text to token ids.",
          .description = absl::StrCat(
              "Prints the ids of a text; with --pieces what each stands for (␣ is a space, <ED> a "
              "byte of a character). ",
              kTextHelp,
              "; without any, standard input. With --out, files of any size become a "
              "token file, which batches and decode read by memory map.\n\n"
              "  encode Hello, world\n"
              "  encode --tokenizer=words --string='A rose is a rose is a rose.'\n"
              "  encode --text='books/*.txt' --out=books.tokens"),
          .arguments = "[TEXT]",
          .flags = {"text", "string", "tokenizer", "special", "pieces", "out"},
          .run = RunEncode};
}

Command DecodeCommand() {
  return {.name = "decode",
          .summary = "Token ids to text.",
          .description =
              "Prints the text of ids. They are arguments, or in a file or standard input as "
              "numbers, or in a token file that encode --out made.\n\n"
              "  decode 15496 11 995\n"
              "  decode --tokens=books.tokens --begin=1000 --count=50",
          .arguments = "[ID...]",
          .flags = {"text", "string", "tokenizer", "tokens", "begin", "count"},
          .run = RunDecode};
}

Command BatchesCommand() {
  return {.name = "batches",
          .summary = "What a model is trained on: inputs and targets from your text.",
          .description = absl::StrCat(
              "Cuts a text into windows of --max_length tokens, each --stride further on, and "
              "prints the first batches: inputs, and targets one token further on. ",
              kTextHelp,
              "; without any, a short story. --text may be a token file too.\n\n"
              "  batches --max_length=8 --stride=2 --batch_size=4\n"
              "  batches --shuffle --seed=7"),
          .arguments = "[TEXT]",
          .flags = {"text", "string", "tokenizer", "batch_size", "max_length", "stride", "shuffle",
                    "drop_last", "num_batches"},
          .run = RunBatches};
}

Program Chapter2() {
  return {.name = "ch02_data",
          .summary = "Chapter 2: from text to tokens, batches and vectors.",
          .commands = {TourCommand(), TrainCommand(), EncodeCommand(), DecodeCommand(),
                       BatchesCommand()}};
}

}  // namespace
}  // namespace gokart

int main(int argc, char** argv) { return gokart::RunProgram(gokart::Chapter2(), argc, argv); }
