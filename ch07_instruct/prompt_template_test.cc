#include "ch07_instruct/prompt_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gokart {
namespace {

const PromptTemplate& Template(const std::string& name) { return **FindPromptTemplate(name); }

TEST(PromptFormat, OfAlpacaIsTheWorkshops) {
  const Prompt prompt =
      Template("alpaca").Format("Identify the correct spelling of the following word.", "Ocassion");
  EXPECT_EQ(prompt.request,
            "Below is an instruction that describes a task. Write a response that appropriately "
            "completes the request.\n\n### Instruction:\nIdentify the correct spelling of the "
            "following word.\n\n### Input:\nOcassion");
  EXPECT_EQ(prompt.With("The correct spelling is 'Occasion.'"),
            prompt.request + "\n\n### Response:\nThe correct spelling is 'Occasion.'");
}

TEST(PromptFormat, LeavesOutAnEmptyInput) {
  EXPECT_EQ(Template("alpaca").Format("What is an antonym of 'complicated'?", "").Text(),
            "Below is an instruction that describes a task. Write a response that appropriately "
            "completes the request.\n\n### Instruction:\nWhat is an antonym of 'complicated'?"
            "\n\n### Response:\n");
  EXPECT_EQ(Template("phi3").Format("Hi.", "").Text(), "<|user|>\nHi.\n<|assistant|>:\n");
  EXPECT_EQ(Template("short").Format("Hi.", "").Text(), "Q: Hi.\nA:");
}

// The workshop's exercise 7.1.
TEST(PromptFormat, OfPhi3IsShorter) {
  EXPECT_EQ(Template("phi3").Format("Spell it.", "Ocassion").With("Occasion"),
            "<|user|>\nSpell it.\nOcassion\n<|assistant|>:\nOccasion");
}

TEST(PromptFormat, OfStoriesHasTheInputFirst) {
  EXPECT_EQ(Template("short").Format("Who was Mia?", "Mia was a fox.").With("a fox"),
            "Mia was a fox.\nQ: Who was Mia?\nA: a fox");
}

TEST(ResponseExtraction, TrimsAndEndsBeforeARequestOfTheModelsOwn) {
  EXPECT_EQ(Template("alpaca").ExtractResponse("\nA fox.\n\n### Instruction:\nGo on."), "A fox.");
  EXPECT_EQ(Template("short").ExtractResponse(" a fox\nQ: What?"), "a fox");
  EXPECT_EQ(Template("phi3").ExtractResponse("a <fox> \n"), "a <fox>");
  EXPECT_EQ(Template("short").ExtractResponse(" \n"), "");
}

TEST(PromptTemplateTest, AnUnknownOneIsRefused) {
  EXPECT_EQ(FindPromptTemplate("alpaka").status().message(),
            "there is no prompt template 'alpaka', but alpaca, phi3, short");
}

}  // namespace
}  // namespace gokart
