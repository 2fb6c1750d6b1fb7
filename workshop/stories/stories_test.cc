// The shipped stories: entropy, unambiguity, facts, and the refusal of what is no story.
#include "workshop/stories/stories.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gokart {
namespace {

using testing::HasSubstr;

constexpr int kStories = 20000;

// The matcher's log-probabilities against the entropy from dynamic programming: two computations
// that share the grammar only. With 20000 stories the standard error is 0.05% of the entropy.
TEST(StoriesTest, MeanOfMinusLogProbabilityIsTheEntropy) {
  StoryGenerator generator(1);
  double sum = 0, squares = 0, characters = 0, words = 0;
  for (int i = 0; i < kStories; ++i) {
    const Story story = generator.Next();
    const double nats = -LogProbability(story.text);
    ASSERT_NEAR(nats, -story.log_probability, 1e-9) << story.text;
    sum += nats;
    squares += nats * nats;
    characters += story.text.size();
    words += 1 + std::count(story.text.begin(), story.text.end(), ' ');
  }
  const double mean = sum / kStories;
  const double standard_error = std::sqrt((squares / kStories - mean * mean) / kStories);
  EXPECT_LT(standard_error, 0.001 * mean);
  EXPECT_NEAR(mean, StoryEntropy(), 4 * standard_error);
  EXPECT_NEAR(characters / kStories, StoryStatistics().characters, 0.002 * characters / kStories);
  EXPECT_NEAR(words / kStories, StoryStatistics().words, 0.002 * words / kStories);
}

TEST(StoriesTest, EveryStoryIsWrittenInExactlyOneWay) {
  StoryGenerator generator(2);
  for (int i = 0; i < kStories / 2; ++i) {
    const Story story = generator.Next();
    const TextMatch match = CheckGrammar(story.text);
    ASSERT_TRUE(match.complete) << story.text;
    ASSERT_EQ(match.derivations, 1) << story.text;
    ASSERT_EQ(match.values, story.values) << story.text;
  }
}

TEST(StoriesTest, TheWorldHasTheSizeThatChapterFiveCountsOn) {
  const GrammarStatistics& s = StoryStatistics();
  EXPECT_NEAR(s.nats, 55.4141, 5e-5) << "README.md quotes this";
  EXPECT_NEAR(s.nats_rules, 10.3666, 5e-5);
  EXPECT_NEAR(s.characters, 449.3, 0.05);
  EXPECT_NEAR(s.words, 91.0, 0.05);
  EXPECT_GT(s.texts, 1e12);
  EXPECT_GT(s.words, 60);
  EXPECT_LT(s.words, 110);
  EXPECT_GT(s.nats / s.words, 0.5);
  std::set<std::string> words;
  StoryGenerator generator(3);
  for (int i = 0; i < 5000; ++i) {
    std::string word;
    for (char c : generator.Next().text + "\n") {
      ASSERT_TRUE((c >= ' ' && c <= '~') || c == '\n');
      if (std::isalpha(c)) {
        word += c;
      } else if (!word.empty()) {
        words.insert(word);
        word.clear();
      }
    }
  }
  EXPECT_GT(words.size(), 200u);
  EXPECT_LT(words.size(), 500u);
}

TEST(StoriesTest, DamagedStoriesAreRefusedAtThePlace) {
  StoryGenerator generator(4);
  Uniform uniform(5);
  int beginnings = 0;
  for (int i = 0; i < 3000; ++i) {
    const Story story = generator.Next();
    const size_t at = uniform.Below(story.text.size());
    std::string damaged = story.text;
    damaged[at] = damaged[at] == '#' ? '$' : '#';  // characters that no story has
    const TextMatch match = CheckGrammar(damaged);
    EXPECT_FALSE(match.complete);
    EXPECT_FALSE(match.prefix);
    EXPECT_EQ(match.log_probability, -std::numeric_limits<double>::infinity());
    EXPECT_EQ(match.position, at) << damaged;
    EXPECT_FALSE(match.expected.empty());
    EXPECT_EQ(MemorySlips(StoryGrammar(), damaged), -1);
    beginnings += CheckGrammar(story.text.substr(0, at)).prefix;
  }
  EXPECT_EQ(beginnings, 3000);
}

// Changes one later mention of a fact to another word of its list: grammatical English, but not
// this story.
TEST(StoriesTest, AStoryThatForgetsIsRefused) {
  StoryGenerator generator(6);
  int tried = 0;
  for (int i = 0; i < 2000; ++i) {
    const Story story = generator.Next();
    const int object = StoryGrammar().FindFact("object");
    const Mention* last = nullptr;
    int count = 0;
    for (const Mention& m : story.mentions) {
      if (m.fact != object) continue;
      last = &m;
      ++count;
    }
    if (count < 2) continue;
    ++tried;
    const std::string other = story.Get("object") == "kite" ? "ball" : "kite";
    std::string forgetful = story.text;
    forgetful.replace(last->begin, last->size, other);
    const TextMatch match = CheckGrammar(forgetful);
    EXPECT_FALSE(match.complete) << forgetful;
    EXPECT_GE(match.position, last->begin);
    EXPECT_LT(match.position, last->begin + other.size());
    EXPECT_THAT(match.expected, HasSubstr("(object)"));
    EXPECT_EQ(MemorySlips(StoryGrammar(), forgetful), 1) << forgetful;
  }
  EXPECT_GT(tried, 1000);
}

TEST(StoriesTest, FactsAreInTheText) {
  StoryGenerator generator(7);
  std::set<Plot> plots;
  for (int i = 0; i < 200; ++i) {
    const Story story = generator.Next();
    plots.insert(story.plot);
    for (const char* fact : {"hero", "kind", "trait", "place", "act", "weather", "giver", "object",
                             "look", "color", "friend", "friend_kind"}) {
      EXPECT_THAT(story.text, HasSubstr(story.Get(fact))) << fact;
      EXPECT_NE(story.Get(fact), "") << fact;
    }
    EXPECT_EQ(story.Get("trap").empty(), story.plot != Plot::kStuck);
    EXPECT_NE(story.Get("friend"), story.Get("hero"));
    EXPECT_EQ(story.Facts().size(),
              StoryStatistics().fact_drawn.size() -
                  std::count(story.values.begin(), story.values.end(), kUndrawn));
    for (const Mention& mention : story.mentions) {
      EXPECT_LE(mention.begin + mention.size, story.text.size());
    }
  }
  EXPECT_EQ(plots.size(), 4u);
  EXPECT_THROW(generator.Next().Get("villain"), std::invalid_argument);
  EXPECT_THROW(generator.Next().Get("hero.plural"), std::invalid_argument);
}

TEST(StoriesTest, ReadStoryFindsTheFactsAgain) {
  StoryGenerator generator(8);
  for (int i = 0; i < 200; ++i) {
    const Story story = generator.Next();
    const absl::StatusOr<Story> read = ReadStory(story.text);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->plot, story.plot);
    EXPECT_EQ(read->Facts(), story.Facts());
  }
  const absl::StatusOr<Story> wrong = ReadStory("Mia was a brave boy.");
  ASSERT_FALSE(wrong.ok());
  EXPECT_THAT(std::string(wrong.status().message()), HasSubstr("at 17: expected 'bear' (kind)"));
}

// What is written here must never change: it is the training text under this seed.
TEST(StoriesTest, TheSameSeedGivesTheSameStory) {
  EXPECT_EQ(StoryGenerator(123).Next().text,
            "Ben was a tidy boy. He lived on the island and liked to fish. On a bright day, Ben "
            "got a new cap from his teacher. It was blue. But then the cap fell into the "
            "fountain. He tried a hook, but the hook was too short. This made Ben worried. Then "
            "Otto the boy came by. \"Please help me get my new cap,\" said Ben. With a spoon, Otto "
            "pulled it out of the fountain. Now Ben was not worried. He was glad. Then they "
            "fished, laughed and ate meat. And Ben knew that it is good to ask for help.");
  EXPECT_EQ(StoryStream(5, 10000), StoryStream(5, 10000));
  EXPECT_NE(StoryStream(5, 10000), StoryStream(6, 10000));
}

TEST(StoriesTest, StreamsAreWholeStories) {
  const std::string stream = StoryStream(9, 100000);
  EXPECT_GE(stream.size(), 100000u);
  EXPECT_LT(stream.size(), 101000u);
  const StoriesCheck check = CheckStories(stream);
  EXPECT_EQ(check.grammatical, check.stories);
  EXPECT_EQ(check.faithful, check.stories);
  EXPECT_EQ(check.slips, 0);
  EXPECT_GT(check.stories, 150);
  EXPECT_TRUE(check.rest_is_grammatical);
  EXPECT_EQ(check.first_error, "");
}

TEST(StoriesTest, CheckStoriesCountsTheGrammaticalOnes) {
  StoryGenerator generator(10);
  const std::string a = generator.Next().text, b = generator.Next().text;
  std::string broken = b;
  broken.replace(broken.find(" was "), 5, " were ");
  const std::string forgetful =
      "Ida was a shy cat. Ida loved to swim in the park. One wet day, her aunt gave her an old red "
      "cap. Then Otto the fox came by. Otto had a striped cap. It was not old. It was new. \"You "
      "may "
      "have the green one,\" said Ida. \"Thank you, Ida!\" said Otto. They ran and smiled on the "
      "hill. But Ida still liked the red cap best.";
  const StoriesCheck check =
      CheckStories(a + "<|endoftext|>\n" + broken + "<|endoftext|>" + a.substr(0, 40) +
                   "<|endoftext|>" + forgetful + "<|endoftext|>" + b.substr(0, 30));
  EXPECT_EQ(check.stories, 4);
  EXPECT_EQ(check.grammatical, 2);
  EXPECT_EQ(check.faithful, 1);
  EXPECT_EQ(check.slips, 4);  // green, ran for swam, the hill, and red again
  EXPECT_THAT(check.first_slip, HasSubstr("story 4, at "));
  EXPECT_TRUE(check.rest_is_grammatical);
  EXPECT_THAT(check.first_error, HasSubstr("story 2, at "));
  EXPECT_FALSE(CheckStories("Once upon a dime").rest_is_grammatical);
}

// A hand-made bound: no more can be forgotten than was drawn.
TEST(StoriesTest, ACutWindowForgetsSomeOfTheFacts) {
  const double penalty = CutWindowPenalty(2000, 11);
  EXPECT_GT(penalty, 1.0);
  EXPECT_LT(penalty, StoryStatistics().nats_facts);
}

}  // namespace
}  // namespace gokart
