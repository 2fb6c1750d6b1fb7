// Section 2.6 of the tour: windows, batches, shuffling, and corpora on disk.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ch02_data/data_loader.h"
#include "ch02_data/sliding_window_dataset.h"
#include "ch02_data/token_corpus.h"
#include "ch02_data/tokenize_files.h"
#include "ch02_data/tour_sections.h"
#include "ch02_data/visible_text.h"
#include "tensor/random.h"
#include "workshop/file.h"
#include "workshop/human.h"
#include "workshop/section.h"
#include "workshop/table.h"

namespace gokart::data_tour {
namespace {

using Ids = std::vector<int32_t>;

std::string RowToText(const TokenIds& ids, size_t row) {
  return IdsToText(Ids(ids.data() + row * ids.shape(1), ids.data() + (row + 1) * ids.shape(1)));
}

std::string RowsToText(const TokenIds& ids) {
  std::string text;
  for (size_t row = 0; row < ids.shape(0); ++row) absl::StrAppend(&text, RowToText(ids, row), "\n");
  return text;
}

// "inputs -> targets", a row a line.
std::string BatchToText(const Batch& batch) {
  std::string text;
  for (size_t row = 0; row < batch.inputs.shape(0); ++row) {
    absl::StrAppend(&text, RowToText(batch.inputs, row), "  ->  ", RowToText(batch.targets, row),
                    "\n");
  }
  return text;
}

std::shared_ptr<TokenVector> Stream(Ids ids) {
  return std::make_shared<TokenVector>(std::move(ids));
}

std::shared_ptr<TokenVector> Numbers(int32_t n) {
  Ids ids(n);
  std::iota(ids.begin(), ids.end(), 0);
  return Stream(ids);
}

// The first batch in order.
Batch FirstBatch(const SlidingWindowDataset& dataset, int64_t batch_size) {
  Generator generator(0);
  const DataLoader loader(dataset, {.batch_size = batch_size, .shuffle = false});
  return loader.Begin(generator).Next().value();
}

// Growing contexts and what follows each, from the 50th token on.
std::string NextTokenExamples(const Tokenizer& tokenizer, const Ids& ids) {
  std::string text;
  for (int i = 1; i <= 4; ++i) {
    const Ids context(ids.begin() + 50, ids.begin() + 50 + i);
    absl::StrAppend(&text, tokenizer.Decode(context), " --> ", tokenizer.Decode({ids[50 + i]}),
                    "\n");
  }
  return text;
}

void CheckVerdict(Page& page, const std::string& verdict) {
  const auto tokens = Stream(page.gpt2()->EncodeOrdinary(verdict));
  page.Check("The Verdict, length 4, stride 1, the first two windows:",
             BatchToText(FirstBatch(SlidingWindowDataset(tokens, 4, 1), 2)),
             "40 367 2885 1464  ->  367 2885 1464 1807\n"
             "367 2885 1464 1807  ->  2885 1464 1807 3619\n");
  page.Check("The Verdict, length 4, stride 4, a batch of 8, its inputs:",
             RowsToText(FirstBatch(SlidingWindowDataset(tokens, 4, 4), 8).inputs),
             "40 367 2885 1464\n1807 3619 402 271\n10899 2138 257 7026\n15632 438 2016 257\n"
             "922 5891 1576 438\n568 340 373 645\n1049 5975 284 502\n284 3285 326 11\n");
  page.Check("The workshop's exercise 2.2: length 2, stride 2:",
             RowsToText(FirstBatch(SlidingWindowDataset(tokens, 2, 2), 4).inputs),
             "40 367\n2885 1464\n1807 3619\n402 271\n");
  page.Check("The workshop's exercise 2.2: length 8, stride 2:",
             RowsToText(FirstBatch(SlidingWindowDataset(tokens, 8, 2), 4).inputs),
             "40 367 2885 1464 1807 3619 402 271\n2885 1464 1807 3619 402 271 10899 2138\n"
             "1807 3619 402 271 10899 2138 257 7026\n402 271 10899 2138 257 7026 15632 438\n");
}

// The first numbers of the windows of one pass.
std::string Order(const DataLoader& loader, Generator& generator) {
  Ids order;
  for (auto pass = loader.Begin(generator); auto batch = pass.Next();) {
    for (size_t row = 0; row < batch->inputs.shape(0); ++row)
      order.push_back(batch->inputs(row, 0));
  }
  return IdsToText(order);
}

}  // namespace

void ShowWindows(Page& page) {
  PrintSection("2.6", "Data sampling with a sliding window");
  PrintProse(
      "A GPT learns to predict the next token. So the text itself says what is right: the targets "
      "are the inputs, one token further on. A window of T tokens is T examples at once, with "
      "contexts of 1 to T tokens.");
  if (page.gpt2() == nullptr) return;
  const Ids ids = page.gpt2()->EncodeOrdinary(page.story());
  page.Show(absl::StrCat("The story has ", FormatCount(static_cast<int64_t>(ids.size())),
                         " of GPT-2's tokens. From the 50th on, each context and what follows it:"),
            NextTokenExamples(*page.gpt2(), ids));
  const SlidingWindowDataset dataset(Stream(ids), 4, 4);
  page.Show(
      absl::StrCat("In windows of 4 tokens, each 4 further on, it gives ",
                   FormatCount(dataset.size()), " examples; a batch of 8, inputs -> targets:"),
      BatchToText(FirstBatch(dataset, 8)));
}

void ShowLoader(Page& page) {
  page.Check(
      "With the numbers 0, 1, 2, ... 1000 for tokens one sees best what is where. Length 4, "
      "stride 4, batches of 2, the last one:",
      [] {
        const SlidingWindowDataset dataset(Numbers(1001), 4, 4);
        const DataLoader loader(dataset, {.batch_size = 2, .shuffle = false});
        return RowsToText(loader.Resume({.next_batch = loader.num_batches() - 1}).Next()->inputs);
      }(),
      "992 993 994 995\n996 997 998 999\n");
  Table table({"length", "stride", "windows", "what it means"});
  const auto tokens = Numbers(5145);
  for (const auto& [length, stride, meaning] : std::vector<std::tuple<int, int, std::string>>{
           {4, 1, "every token is in four windows"},
           {4, 4, "every token is in one"},
           {256, 256, "chapter 5's setting"},
           {256, 128, "every token with two different contexts"}}) {
    table.AddRow({absl::StrCat(length), absl::StrCat(stride),
                  FormatCount(SlidingWindowDataset(tokens, length, stride).size()), meaning});
  }
  page.Show("How many windows 5145 tokens give, the length of The Verdict:", table.ToText());
  if (page.verdict() && page.gpt2()) CheckVerdict(page, *page.verdict());
}

void ShowShuffling(Page& page) {
  PrintSection("2.6", "Shuffling, the same in every run");
  const SlidingWindowDataset dataset(Numbers(6), 1, 1);
  const DataLoader loader(dataset, {.batch_size = 2, .shuffle = true, .drop_last = false});
  Generator generator(page.options().seed);
  const std::string first = Order(loader, generator);
  const std::string text =
      "Neighbouring windows in one batch would teach nearly the same thing twice, so each pass "
      "takes them in a new random order. It is the order of PyTorch's DataLoader for the same "
      "seed. Five examples (appendix A.6):";
  if (page.options().seed == 123) {
    page.Check(text, first, "3 1 0 2 4");
  } else {
    page.Show(text, first);
  }
  page.Show("The next pass:", Order(loader, generator));
  auto pass = loader.Begin(generator);
  pass.Next();
  const DataLoaderPosition position = pass.position();
  const bool same =
      RowsToText(loader.Resume(position).Next()->inputs) == RowsToText(pass.Next()->inputs);
  page.Show(
      "A pass that was interrupted goes on from a saved position (a seed and the number of "
      "the next batch):",
      same ? "the same batch" : "ANOTHER batch");
}

void ShowCorpusFile(Page& page) {
  if (page.gpt2() == nullptr || page.options().folder.empty()) return;
  PrintSection("2.6", "A corpus larger than memory");
  PrintProse(
      "A large corpus is tokenized once, in a stream, into a file of ids, which is then read by "
      "memory map: the operating system fetches the pages that a batch touches.");
  const std::string text_path = page.options().folder + "/story.txt";
  const std::string path = page.options().folder + "/story.tokens";
  if (absl::Status status = WriteFile(text_path, page.story()); !status.ok()) {
    return page.Fail(status);
  }
  const auto done = TokenizeFiles(*page.gpt2(), {text_path}, path);
  if (!done.ok()) return page.Fail(done.status());
  const auto corpus = TokenCorpus::Open(path);
  if (!corpus.ok()) return page.Fail(corpus.status());
  const SlidingWindowDataset dataset(*corpus, 4, 4);
  page.Show(
      absl::StrCat(path, ": ", FormatBytes(static_cast<double>(done->bytes)), " of text, ",
                   FormatCount((*corpus)->size()), " ids of two bytes. The first batch from it:"),
      RowsToText(FirstBatch(dataset, 2).inputs));
}

}  // namespace gokart::data_tour
