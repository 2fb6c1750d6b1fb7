// Sections 2.7 and 2.8 of the tour: vectors for tokens and for positions.

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch02_data/input_embeddings.h"
#include "ch02_data/tour_sections.h"
#include "tensor/nn/embedding.h"
#include "tensor/ops/matmul.h"
#include "tensor/random.h"
#include "workshop/human.h"
#include "workshop/section.h"

namespace gokart::data_tour {
namespace {

constexpr uint64_t kWorkshopSeed = 123;

// Rows of numbers with four decimals.
std::string MatrixToText(const Tensor& matrix) {
  const int64_t columns = matrix.dim(-1);
  std::string text;
  for (int64_t i = 0; i < matrix.size(); ++i) {
    absl::StrAppendFormat(&text, "%8.4f%s", matrix.data()[i], (i + 1) % columns ? "" : "\n");
  }
  return text;
}

// Row i is 1 at ids[i] and 0 elsewhere: [ids, V].
Tensor OneHot(const TokenIds& ids, int64_t vocab_size) {
  Tensor one_hot = Tensor::Zeros({static_cast<int64_t>(ids.size()), vocab_size});
  for (size_t i = 0; i < ids.size(); ++i) {
    one_hot.mutable_data()[static_cast<int64_t>(i) * vocab_size + ids.data()[i]] = 1;
  }
  return one_hot;
}

}  // namespace

void ShowTokenEmbeddings(Page& page) {
  PrintSection("2.7", "Creating token embeddings");
  ManualSeed(page.options().seed);
  const Embedding embedding(6, 3);
  const bool compare = page.options().seed == kWorkshopSeed;
  const std::string text =
      "A table with a row for each id, random at first. Six tokens, three numbers each:";
  const std::string table = MatrixToText(embedding.weight);
  if (compare) {
    page.Check(text, table,
               "  0.3374 -0.1778 -0.1690\n  0.9178  1.5810  1.3010\n  1.2753 -0.2010 -0.1606\n"
               " -0.4015  0.9666 -1.1481\n -1.1589  0.3255 -0.6315\n -2.8400 -0.7849 -1.4096\n");
  } else {
    page.Show(text, table);
  }
  const TokenIds ids = {{2, 3, 5, 1}};
  const Tensor rows = embedding.Forward(ids);
  page.Show("The tokens 2 3 5 1 become these rows of it:", MatrixToText(rows));
  const Tensor product = ops::MatMul(OneHot(ids, 6), embedding.weight);
  page.Show(
      "Looking up is a matrix product in disguise: a matrix with a single 1 in each row, at "
      "the token's id, times the table. Multiplied out:",
      MatrixToText(product));
}

void ShowPositions(Page& page) {
  PrintSection("2.8", "Encoding word positions");
  PrintProse(
      "A row of the table is the same wherever its token stands, and attention (chapter 3) does "
      "not "
      "know the order of what it looks at. So a second table has a row for each position, and both "
      "are added.");
  ManualSeed(page.options().seed);
  const InputEmbeddings embeddings(/*vocab_size=*/50257, /*context_length=*/4, /*emb_dim=*/256);
  TokenIds ids({8, 4}, 0);
  if (page.gpt2() != nullptr) {
    const std::vector<int32_t> story = page.gpt2()->EncodeOrdinary(page.story());
    std::copy_n(story.begin(), ids.size(), ids.begin());
  }
  const Tensor tokens = embeddings.token.Forward(ids);
  const Tensor positions = embeddings.position.FirstRows(4);
  const Tensor sum = embeddings.Forward(ids);
  page.Check(
      "8 windows of 4 tokens, vectors of 256 numbers:",
      absl::StrCat("token embeddings     ", tokens.shape().ToString(), "\nposition embeddings  ",
                   positions.shape().ToString(), "\ninput embeddings     ", sum.shape().ToString()),
      "token embeddings     [8, 4, 256]\nposition embeddings  [4, 256]\n"
      "input embeddings     [8, 4, 256]");
  PrintProse(absl::StrCat("\nThe two tables have ", FormatCount(embeddings.NumParameters()),
                          " numbers, all of which are learnt with the model. What comes out here "
                          "goes into chapter 3."));
}

}  // namespace gokart::data_tour
