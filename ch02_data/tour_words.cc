// Sections 2.1 to 2.4 of the tour: words as tokens.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ch02_data/tour_sections.h"
#include "ch02_data/visible_text.h"
#include "ch02_data/word_tokenizer.h"
#include "workshop/human.h"
#include "workshop/section.h"

namespace gokart::data_tour {
namespace {

std::string Quoted(const std::string& text) { return absl::StrCat("\"", text, "\""); }

std::string FirstWords(const std::vector<std::string>& words, size_t most) {
  return absl::StrJoin(words.begin(), words.begin() + std::min(words.size(), most), " ");
}

// Words with their ids around the places `from` and the end of the list.
std::string Entries(const std::vector<std::string>& words, size_t from, size_t count) {
  std::string text;
  for (size_t id = from; id < std::min(from + count, words.size()); ++id) {
    absl::StrAppend(&text, id == from ? "" : "  ", words[id], " ", id);
  }
  return text;
}

std::string Counts(const std::string& text) {
  return absl::StrCat(text.size(), " characters, ", SplitWords(text).size(), " words and marks, ",
                      WordVocabulary(text).size(), " different ones");
}

constexpr char kPaintedSentence[] =
    "\"It's the last he painted, you know,\" \n           Mrs. Gisburn said with pardonable pride.";
constexpr char kTeaSentence[] =
    "Hello, do you like tea? <|endoftext|> In the sunlit terraces of the palace.";

void CheckVerdictV1(Page& page, const std::string& verdict) {
  const SimpleTokenizerV1 tokenizer(WordVocabulary(verdict));
  const std::vector<int32_t> ids = tokenizer.Encode(kPaintedSentence).value();
  page.Check(
      "The workshop's sentence from The Verdict, with that text's vocabulary:", IdsToText(ids),
      "1 56 2 850 988 602 533 746 5 1126 596 5 1 67 7 38 851 1108 754 793 7");
  page.Check("... and back:", tokenizer.Decode(ids),
             "\" It' s the last he painted, you know,\" Mrs. Gisburn said with pardonable pride.");
}

void CheckVerdictV2(Page& page, const std::string& verdict) {
  const SimpleTokenizerV2 tokenizer(WordVocabulary(verdict));
  page.Check("The last five entries for The Verdict:",
             Entries(tokenizer.words(), tokenizer.words().size() - 5, 5),
             "younger 1127  your 1128  yourself 1129  <|endoftext|> 1130  <|unk|> 1131");
  const std::vector<int32_t> ids = tokenizer.Encode(kTeaSentence).value();
  page.Check("The same sentence with the vocabulary of The Verdict:", IdsToText(ids),
             "1131 5 355 1126 628 975 10 1130 55 988 956 984 722 988 1131 7");
  page.Check("... and back:", tokenizer.Decode(ids),
             "<|unk|>, do you like tea? <|endoftext|> In the sunlit terraces of the <|unk|>.");
}

}  // namespace

void ShowWhyNumbers(Page&) {
  PrintSection("2.1", "Understanding word embeddings");
  PrintProse(
      "A network computes with numbers, so text must become numbers, and numbers that say "
      "something "
      "about what they stand for: a vector for each word, such that words used alike have vectors "
      "that are near each other. This chapter takes a text apart into tokens (2.2), numbers these "
      "(2.3, 2.4, 2.5), cuts the sequence of numbers into examples to learn from (2.6), and looks "
      "up a vector for each number and each position (2.7, 2.8). The vectors start as noise. What "
      "they come to say is learnt together with the rest of the model, in chapter 5.");
}

void ShowSplitting(Page& page) {
  PrintSection("2.2", "Tokenizing text");
  const std::string& story = page.story();
  page.Show(
      absl::StrCat("The text: a short story that ships with the project, ",
                   FormatCount(static_cast<int64_t>(story.size())), " characters. It begins:"),
      Quoted(story.substr(0, 99)));
  page.Check("Cut at white space and at marks of punctuation, which are tokens themselves:",
             absl::StrJoin(SplitWords("Hello, world. Is this-- a test?"), " | "),
             "Hello | , | world | . | Is | this | -- | a | test | ?");
  page.Show("The first 30 tokens of the story:", FirstWords(SplitWords(story), 30));
  if (!page.verdict()) return;
  page.Check("The Verdict, the workshop's text:", Counts(*page.verdict()),
             "20479 characters, 4690 words and marks, 1130 different ones");
  page.Check(
      "Its first 30 tokens:", FirstWords(SplitWords(*page.verdict()), 30),
      "I HAD always thought Jack Gisburn rather a cheap genius -- though a good fellow enough "
      "-- so it was no great surprise to me to hear that , in");
}

void ShowWordIds(Page& page) {
  PrintSection("2.3", "Converting tokens into token IDs");
  const SimpleTokenizerV1 tokenizer(WordVocabulary(page.story()));
  page.Show("The vocabulary: every different token of the text, sorted; its place is its id. " +
                Counts(page.story()) + ". From the list:",
            Entries(tokenizer.words(), 0, 11) + "\n" +
                Entries(tokenizer.words(), tokenizer.words().size() / 2, 6));
  const std::string sentence = "\"Stay. I have laid two plates.\"";
  const absl::StatusOr<std::vector<int32_t>> ids = tokenizer.Encode(sentence);
  if (ids.ok()) {
    page.Show("SimpleTokenizerV1 on " + sentence, IdsToText(*ids));
    page.Show("... and back. Where the spaces were is lost:", tokenizer.Decode(*ids));
  }
  page.Show("A word that the text does not have cannot be encoded:",
            std::string(tokenizer.Encode("Hello, do you like tea?").status().message()));
  if (page.verdict()) CheckVerdictV1(page, *page.verdict());
}

void ShowSpecialWords(Page& page) {
  PrintSection("2.4", "Adding special context tokens");
  const SimpleTokenizerV2 tokenizer(WordVocabulary(page.story()));
  PrintProse(
      "Two tokens that no text contains: <|unk|> stands for every unknown word, <|endoftext|> "
      "between texts that have nothing to do with each other.");
  page.Show("The last five entries now:",
            Entries(tokenizer.words(), tokenizer.words().size() - 5, 5));
  const std::vector<int32_t> ids = tokenizer.Encode(kTeaSentence).value();
  page.Show(absl::StrCat("SimpleTokenizerV2 on ", Quoted(kTeaSentence)), IdsToText(ids));
  page.Show("... and back. What was unknown is lost for good:", tokenizer.Decode(ids));
  if (page.verdict()) CheckVerdictV2(page, *page.verdict());
}

}  // namespace gokart::data_tour
