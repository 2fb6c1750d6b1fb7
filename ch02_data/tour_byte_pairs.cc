// Section 2.5 of the tour: byte-pair encoding, how it encodes, how it is learnt, and how it does
// beside sentencepiece.

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch02_data/bpe_explained.h"
#include "ch02_data/bpe_trainer.h"
#include "ch02_data/pretokenizer.h"
#include "ch02_data/sentencepiece_tokenizer.h"
#include "ch02_data/tour_sections.h"
#include "ch02_data/utf8.h"
#include "ch02_data/visible_text.h"
#include "workshop/data/scripts_sample.h"
#include "workshop/human.h"
#include "workshop/section.h"
#include "workshop/table.h"

namespace gokart::data_tour {
namespace {

double Seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

BpeVocabulary Train(const std::string& text, int vocab_size) {
  BpeTrainer trainer;
  trainer.AddText(text);
  return trainer.Train({.vocab_size = vocab_size}).value();
}

// What the tokens of the ids [from, from + count) are, visibly.
std::string Tokens(const BpeVocabulary& vocabulary, int32_t from, int32_t count) {
  std::string text;
  for (int32_t id = from; id < std::min(from + count, vocabulary.size()); ++id) {
    absl::StrAppend(&text, id == from ? "" : "  ", VisibleText(vocabulary.token(id)));
  }
  return text;
}

std::string StepToText(const MergeStep& step) {
  std::string parts;
  for (const std::string& part : step.parts) {
    absl::StrAppend(&parts, parts.empty() ? "" : "|", VisibleText(part));
  }
  if (step.rank < 0) return parts;
  const std::string left = VisibleText(step.parts[step.position]);
  const std::string right = VisibleText(step.parts[step.position + 1]);
  return absl::StrFormat("%-24s merge %d: %s + %s", parts, step.rank + 1, left, right);
}

// Sizes of vocabularies, each learnt from the story, against what they make of it.
std::string SizesTable(const Page& page) {
  Table table({"vocabulary", "tokens of the story", "bytes per token", "learnt in"});
  const double bytes = static_cast<double>(page.story().size());
  const auto add = [&](const BpeTokenizer& tokenizer, const std::string& time) {
    const size_t tokens = tokenizer.EncodeOrdinary(page.story()).size();
    table.AddRow({FormatCount(tokenizer.vocab_size()), FormatCount(static_cast<int64_t>(tokens)),
                  absl::StrFormat("%.2f", bytes / static_cast<double>(tokens)), time});
  };
  for (const int vocab_size : {257, 300, 500, 1000}) {
    const double start = Seconds();
    const BpeTokenizer tokenizer("", Train(page.story(), vocab_size));
    add(tokenizer, FormatDuration(Seconds() - start));
  }
  if (page.gpt2() != nullptr) add(*page.gpt2(), "(GPT-2's)");
  return table.ToText();
}

size_t NumCharacters(std::string_view text) {
  size_t characters = 0;
  for (size_t i = 0; i < text.size(); ++characters) i += DecodeUtf8(text, i).length;
  return characters;
}

void ShowSpeed(Page& page) {
  const BpeTokenizer& gpt2 = *page.gpt2();
  const BpeExplainer explainer(gpt2.vocabulary());
  const double start = Seconds();
  const bool equal = explainer.Encode(page.story()) == gpt2.EncodeOrdinary(page.story());
  const double slow = Seconds() - start;
  constexpr int kRepeats = 20;
  const double fast_start = Seconds();
  for (int i = 0; i < kRepeats; ++i) gpt2.EncodeOrdinary(page.story());
  const double fast = (Seconds() - fast_start) / kRepeats;
  page.Show("The whole story by this definition and by the fast tokenizer:",
            absl::StrFormat("%s against %s, %s", FormatDuration(slow), FormatDuration(fast),
                            equal ? "the same ids" : "DIFFERENT ids"));
}

}  // namespace

void ShowGpt2Tokenizer(Page& page) {
  PrintSection("2.5", "Byte pair encoding");
  PrintProse(
      "GPT-2's vocabulary has no unknown words. It starts from the 256 bytes, of which every text "
      "is made, and adds 50,000 sequences of bytes that are frequent in English web pages. Common "
      "words are one token, rare ones fall into parts.");
  if (page.gpt2() == nullptr) {
    PrintProse("(Its files are not in the asset folder; ./setup.sh puts them there.)");
    return;
  }
  const BpeTokenizer& gpt2 = *page.gpt2();
  const std::string text =
      "Hello, do you like tea? <|endoftext|> In the sunlit terracesof someunknownPlace.";
  const std::vector<int32_t> ids = gpt2.Encode(text, {.allowed = {"<|endoftext|>"}}).value();
  page.Check(absl::StrCat("\"", text, "\""), IdsToText(ids),
             "15496 11 466 345 588 8887 30 220 50256 554 262 4252 18250 8812 2114 1659 617 34680 "
             "27271 13");
  page.Show("The same, token by token (␣ is a space):", VisibleTokens(gpt2, ids));
  page.Check("The workshop's exercise 2.1: unknown words, \"Akwirw ier\"",
             IdsToText(gpt2.EncodeOrdinary("Akwirw ier")) + "\n" +
                 VisibleTokens(gpt2, gpt2.EncodeOrdinary("Akwirw ier")),
             "33901 86 343 86 220 959\nAk|w|ir|w|␣|ier");
  if (page.verdict()) {
    page.Check("Tokens of The Verdict:", absl::StrCat(gpt2.EncodeOrdinary(*page.verdict()).size()),
               "5145");
  }
}

void ShowMergesOfAWord(Page& page) {
  if (page.gpt2() == nullptr) return;
  PrintSection("2.5", "How a word is encoded");
  std::string pieces;
  for (const std::string_view piece : Pretokenize("It's 1908: tokenizers\n\n  merge.")) {
    absl::StrAppend(&pieces, pieces.empty() ? "" : "|", VisibleText(piece));
  }
  page.Show(
      "First the text is cut into pieces, by a rule that tells letters, numbers and the rest "
      "apart:",
      pieces);
  std::string steps;
  const BpeExplainer explainer(page.gpt2()->vocabulary());
  for (const MergeStep& step : explainer.Explain(" tokenizers")) steps += StepToText(step) + "\n";
  page.Show("Then, within each piece, neighbours merge: always the pair that was learnt first.",
            steps);
  ShowSpeed(page);
}

void ShowLearningMerges(Page& page) {
  PrintSection("2.5", "How a vocabulary is learnt");
  std::string steps;
  for (const TrainingStep& step : ExplainTraining({"the cat in the hat"}, 3, TieRule::kFirstSeen)) {
    absl::StrAppend(&steps, VisibleText(step.left), " + ", VisibleText(step.right), ", ",
                    step.count, " times, becomes ", VisibleText(step.left + step.right), "\n");
  }
  page.Check(
      "The most frequent pair of neighbours becomes a token, again and again. In \"the cat "
      "in the hat\":",
      steps,
      "t + h, 2 times, becomes th\nth + e, 2 times, becomes the\nthe + ␣, 2 times, becomes "
      "the␣\n");
  const BpeVocabulary vocabulary = Train(page.story(), 1000);
  page.Show("From the story (within its pieces), the first tokens learnt:",
            Tokens(vocabulary, 256, 24));
  page.Show("... and the last:", Tokens(vocabulary, vocabulary.size() - 13, 12));
  page.Show("The larger the vocabulary, the shorter the text, and the rarer each token:",
            SizesTable(page));
  const size_t tokens = BpeTokenizer("", vocabulary).EncodeOrdinary(page.story()).size();
  AddFinding(
      page.options(),
      absl::StrFormat("Chapter 2: a byte-pair vocabulary of 1,000 tokens was learnt from "
                      "the short story; with it a token stands for %.2f bytes.",
                      static_cast<double>(page.story().size()) / static_cast<double>(tokens)));
}

void ShowScripts(Page& page) {
  PrintSection("2.5", "Other scripts, and sentencepiece");
  PrintProse(
      "A vocabulary is good at what it was learnt from. Three of them on a few sentences each: "
      "GPT-2's, learnt from English web pages; byte pairs learnt from the story and these very "
      "sentences; and as many sentencepiece pieces, which are of characters and know no words.");
  constexpr int kVocabSize = 1500;
  const std::string text = absl::StrCat(page.story(), "\n", std::string(ScriptsSampleText()));
  const BpeTokenizer ours("", Train(text, kVocabSize));
  const auto pieces = SentencePieceTokenizer::Train(text, {.vocab_size = kVocabSize});
  if (!pieces.ok()) return page.Fail(pieces.status());
  Table table({"script", "characters", "bytes", "GPT-2", "byte pairs", "sentencepiece"});
  for (const ScriptSample& sample : ScriptSamples()) {
    const std::string gpt2 =
        page.gpt2() ? absl::StrCat(page.gpt2()->EncodeOrdinary(sample.text).size()) : "-";
    table.AddRow({std::string(sample.name), absl::StrCat(NumCharacters(sample.text)),
                  absl::StrCat(sample.text.size()), gpt2,
                  absl::StrCat(ours.EncodeOrdinary(sample.text).size()),
                  absl::StrCat((*pieces)->Encode(sample.text).value().size())});
  }
  page.Show("Tokens:", table.ToText());
  const std::string german = "Die Straßenbahn fährt über die Brücke.",
                    korean = "할머니는 꽃에 물을";
  for (const std::string& phrase : {german, korean}) {
    std::string shown;
    if (page.gpt2()) {
      shown += "GPT-2          " +
               VisibleTokens(*page.gpt2(), page.gpt2()->EncodeOrdinary(phrase)) + "\n";
    }
    shown += "byte pairs     " + VisibleTokens(ours, ours.EncodeOrdinary(phrase)) + "\n";
    shown += "sentencepiece  " + VisibleTokens(**pieces, (*pieces)->Encode(phrase).value());
    page.Show(phrase, shown);
  }
}

}  // namespace gokart::data_tour
