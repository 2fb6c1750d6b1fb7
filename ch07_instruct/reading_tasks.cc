// Tasks about a story: questions about what it tells, and going on with it.
#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "ch07_instruct/task_families.h"
#include "workshop/stories/stories.h"

namespace gokart {
namespace {

// Longer inputs would not fit the laptop model's context with their question.
constexpr size_t kMostCharacters = 480;

// Where the sentences of a text end. A sentence may end within quotation marks, and goes on behind
// them if a small letter follows: "Thank you, Mia!" said Otto.
std::vector<size_t> SentenceEnds(const std::string& text) {
  std::vector<size_t> ends;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '.' && text[i] != '!' && text[i] != '?') continue;
    size_t end = i + 1;
    if (end < text.size() && text[end] == '"') ++end;
    const bool goes_on = end + 1 < text.size() && text[end + 1] >= 'a' && text[end + 1] <= 'z';
    // Within an open quotation the sentence is not at its end either.
    const bool open = std::count(text.begin(), text.begin() + static_cast<int64_t>(end), '"') % 2;
    if (!goes_on && !open) ends.push_back(end);
  }
  return ends;
}

// A story up to the end of one of its sentences, and what it tells so far.
struct Excerpt {
  Story story;
  std::string text, rest;  // rest: from the next sentence on

  // The word of a fact that the text mentions; nothing if it does not.
  std::optional<std::string> Get(const std::string& fact) const {
    const int index = StoryGrammar().FindFact(fact.substr(0, fact.find('.')));
    for (const Mention& mention : story.mentions) {
      if (mention.fact == index && mention.begin + mention.size <= text.size()) {
        return story.Get(fact);
      }
    }
    return std::nullopt;
  }
  bool Says(std::string_view phrase) const { return text.find(phrase) != std::string::npos; }
};

Excerpt DrawExcerpt(Uniform& uniform, size_t fewest_sentences, size_t most_sentences) {
  StoryGenerator generator(uniform.Below(UINT64_MAX));
  for (;;) {
    Excerpt excerpt = {.story = generator.Next()};
    const std::vector<size_t> ends = SentenceEnds(excerpt.story.text);
    if (ends.size() <= most_sentences) continue;
    const size_t n = fewest_sentences + uniform.Below(most_sentences - fewest_sentences + 1);
    const size_t end = ends[n - 1];
    if (end > kMostCharacters) continue;
    excerpt.text = excerpt.story.text.substr(0, end);
    excerpt.rest = excerpt.story.text.substr(std::min(end + 1, excerpt.story.text.size()));
    return excerpt;
  }
}

struct Question {
  std::string asks, answer;
};

constexpr size_t kFewest = 3, kMost = 9;

// Draws stories until one answers a question that `find` thinks of.
InstructionEntry Ask(Uniform& uniform,
                     const std::function<std::optional<Question>(const Excerpt&)>& find) {
  for (;;) {
    const Excerpt excerpt = DrawExcerpt(uniform, kFewest, kMost);
    if (const std::optional<Question> q = find(excerpt)) {
      return {.instruction = q->asks, .input = excerpt.text, .output = q->answer};
    }
  }
}

std::string Hero(const Excerpt& e) { return *e.Get("hero"); }

}  // namespace

InstructionEntry DrawWho(TaskPart, Uniform& uniform) {
  const uint64_t which = uniform.Below(4);
  return Ask(uniform, [&](const Excerpt& e) -> std::optional<Question> {
    const auto friend_name = e.Get("friend");
    if (which == 0 && friend_name) return Question{"Who was the friend?", *friend_name};
    if (which == 1) return Question{"Who is the story about?", Hero(e)};
    const auto giver = e.Get("giver");
    if (which == 2 && giver) {
      return Question{absl::StrCat("Who gave ", Hero(e), " the ", *e.Get("object"), "?"),
                      absl::StrCat(*e.Get("hero.their"), " ", *giver)};
    }
    if (which == 3) {
      return Question{absl::StrCat("Who was ", Hero(e), "?"),
                      absl::StrCat("a ", *e.Get("trait"), " ", *e.Get("kind"))};
    }
    return std::nullopt;
  });
}

InstructionEntry DrawWhat(TaskPart, Uniform& uniform) {
  const uint64_t which = uniform.Below(5);
  return Ask(uniform, [&](const Excerpt& e) -> std::optional<Question> {
    const auto object = e.Get("object"), food = e.Get("food"), tool = e.Get("tool");
    if (which == 0 && object) {
      return Question{absl::StrCat("What did ", Hero(e), " get?"), "a " + *object};
    }
    if (which == 1)
      return Question{absl::StrCat("What did ", Hero(e), " like to do?"), *e.Get("act")};
    if (which == 2 && food) return Question{"What did they eat?", *food};
    if (which == 3 && tool && e.Says("broke")) return Question{"What broke?", "the " + *tool};
    if (which == 3 && tool) return Question{"What was too short?", "the " + *tool};
    if (which == 4 && e.Says("gone")) return Question{"What was lost?", "the " + *object};
    if (which == 4 && e.Says("lost the")) return Question{"What was lost?", "the " + *object};
    return std::nullopt;
  });
}

InstructionEntry DrawWhere(TaskPart, Uniform& uniform) {
  const uint64_t which = uniform.Below(3);
  return Ask(uniform, [&](const Excerpt& e) -> std::optional<Question> {
    const auto object = e.Get("object"), trap = e.Get("trap"), spot = e.Get("spot2");
    if (which == 0 && e.Says("lived")) {
      return Question{absl::StrCat("Where did ", Hero(e), " live?"), *e.Get("place.at")};
    }
    if (which == 1 && trap) {
      return Question{absl::StrCat("Where did the ", *object, " fall?"),
                      absl::StrCat("into the ", *trap)};
    }
    if (which == 2 && spot) {
      return Question{absl::StrCat("Where was the ", *object, "?"),
                      absl::StrCat(*e.Get("side2"), " the ", *spot)};
    }
    return std::nullopt;
  });
}

InstructionEntry DrawColor(TaskPart, Uniform& uniform) {
  return Ask(uniform, [&](const Excerpt& e) -> std::optional<Question> {
    const auto color = e.Get("color");
    if (!color) return std::nullopt;
    return Question{absl::StrCat("What color was the ", *e.Get("object"), "?"), *color};
  });
}

InstructionEntry DrawHowMany(TaskPart, Uniform& uniform) {
  return Ask(uniform, [&](const Excerpt& e) -> std::optional<Question> {
    const auto count = e.Get("count");
    if (!count) return std::nullopt;
    return Question{absl::StrCat("How many ", *e.Get("thing.many"), " were there?"), *count};
  });
}

InstructionEntry DrawFeeling(TaskPart, Uniform& uniform) {
  return Ask(uniform, [&](const Excerpt& e) -> std::optional<Question> {
    const auto mood = e.Get("mood");
    if (!mood) return std::nullopt;
    const std::string better = *e.Get("mood.opposite");
    if (e.Says(better)) {
      return Question{absl::StrCat("How was ", Hero(e), " at the end?"), better};
    }
    return Question{absl::StrCat("How was ", Hero(e), "?"), *mood};
  });
}

InstructionEntry DrawEitherOr(TaskPart, Uniform& uniform) {
  const bool right_first = uniform.Below(2) == 0;
  const Grammar& grammar = StoryGrammar();
  return Ask(uniform, [&](const Excerpt& e) -> std::optional<Question> {
    const std::string fact = Pick(std::vector<std::string>{"color", "kind", "act"}, uniform);
    const auto right = e.Get(fact);
    if (!right) return std::nullopt;
    const WordList& list = grammar.ListOf(grammar.FindFact(fact));
    std::string wrong = *right;
    while (wrong == *right) wrong = Pick(list.words, uniform).forms[0];
    const std::string choice =
        absl::StrCat(right_first ? *right : wrong, " or ", right_first ? wrong : *right, "?");
    if (fact == "color") {
      return Question{absl::StrCat("Was the ", *e.Get("object"), " ", choice), *right};
    }
    if (fact == "act") {
      return Question{absl::StrCat("Did ", Hero(e), " like to ", choice), *right};
    }
    return Question{absl::StrCat("Was ", Hero(e), " a ", choice), *right};
  });
}

InstructionEntry DrawContinue(TaskPart, Uniform& uniform) {
  for (;;) {
    const Excerpt excerpt = DrawExcerpt(uniform, 1, 6);
    const std::vector<size_t> ends = SentenceEnds(excerpt.rest);
    if (ends.empty()) continue;
    const std::string next = excerpt.rest.substr(0, ends[0]);
    const size_t begin = excerpt.text.size() + 1, end = begin + next.size();
    // Words that the next sentence tells first.
    std::vector<std::string> words;
    for (const Mention& mention : excerpt.story.mentions) {
      const std::string fact = StoryGrammar().facts[mention.fact].name;
      if (mention.begin < begin || mention.begin + mention.size > end || excerpt.Get(fact))
        continue;
      const std::string said = excerpt.story.text.substr(mention.begin, mention.size);
      const bool known = std::find(words.begin(), words.end(), said) != words.end();
      const bool capital = said[0] >= 'A' && said[0] <= 'Z' && fact != "friend";
      if (!known && !capital && said.find(' ') == std::string::npos && said.size() > 3) {
        words.push_back(said);
      }
    }
    if (words.size() < 2) continue;
    const size_t first = uniform.Below(words.size() - 1);  // two, in their order
    words = {words[first], words[first + 1 + uniform.Below(words.size() - first - 1)]};
    InstructionEntry entry = {
        .instruction = absl::StrCat("Go on with ", words[0], " and ", words[1], "."),
        .input = excerpt.text,
        .output = next};
    entry.extra["words"] = words;
    return entry;
  }
}

}  // namespace gokart
