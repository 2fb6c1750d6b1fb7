// ReadGrammar: from the text of a grammar to the checked structure.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "workshop/stories/grammar.h"

namespace gokart {
namespace {

// Limits that no grammar made for reading comes near; they bound the work that a hostile file can
// ask for.
constexpr int kMaxNesting = 64;  // rules within rules; every walk over a grammar recurses this deep
constexpr double kMaxPieces =
    1e6;                          // pieces in all alternatives, rules unfolded where they are used
constexpr int kMaxWords = 10000;  // in a list
constexpr int kMaxFacts = 64;     // entropy.h keeps sets of facts in a 64-bit number
constexpr int kMaxWeight = 1000000;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view Strip(std::string_view s) {
  while (!s.empty() && IsSpace(s.front())) s.remove_prefix(1);
  while (!s.empty() && IsSpace(s.back())) s.remove_suffix(1);
  return s;
}

/// The pieces of `s` between separators, empty ones included.
std::vector<std::string> Split(std::string_view s, char separator) {
  std::vector<std::string> parts(1);
  for (char c : s) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::vector<std::string> SplitWords(std::string_view s) {
  std::vector<std::string> words;
  for (std::string& part : Split(Strip(s), ' ')) {
    if (!part.empty()) words.push_back(std::move(part));
  }
  return words;
}

std::string Capitalized(std::string s) {
  if (!s.empty()) s[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(s[0])));
  return s;
}

class Reader {
 public:
  absl::StatusOr<Grammar> Read(std::string_view source) {
    while (!source.empty()) {
      const size_t end = std::min(source.find('\n'), source.size());
      ++line_;
      const std::string_view line = Strip(source.substr(0, end));
      source.remove_prefix(std::min(end + 1, source.size()));
      if (line.empty() || line.front() == '#') continue;
      if (absl::Status status = Line(line); !status.ok()) return status;
    }
    if (absl::Status status = Finish(); !status.ok()) return status;
    return std::move(grammar_);
  }

 private:
  enum class Block { kNone, kList, kRule };

  absl::Status Error(const std::string& what) const { return ErrorAt(line_, what); }
  static absl::Status ErrorAt(int line, const std::string& what) {
    return absl::InvalidArgumentError(absl::StrCat("story grammar, line ", line, ": ", what));
  }

  absl::Status Line(std::string_view line) {
    const std::string text(line);
    if (text.rfind("list ", 0) == 0) return ListHead(text.substr(5));
    if (text.rfind("fact ", 0) == 0) return FactLine(text);
    if (text.rfind("rule ", 0) == 0) return RuleHead(text.substr(5));
    if (block_ == Block::kList) return Words(text);
    if (block_ == Block::kRule) return AlternativeLine(text);
    return Error(absl::StrCat("expected a list, a fact or a rule, found '", text, "'"));
  }

  // ---- lists

  absl::Status ListHead(const std::string& head) {
    if (absl::Status status = CloseList(); !status.ok()) return status;
    const size_t open = head.find('('), close = head.find(')');
    if (open == std::string::npos || close == std::string::npos || close < open) {
      return Error("expected 'list NAME (FORM ...)'");
    }
    WordList list;
    list.name = std::string(Strip(head.substr(0, open)));
    list.forms = SplitWords(head.substr(open + 1, close - open - 1));
    if (list.name.empty() || list.forms.empty()) return Error("a list needs a name and a form");
    if (grammar_.FindList(list.name) >= 0) {
      return Error(absl::StrCat("a second list '", list.name, "'"));
    }
    grammar_.lists.push_back(std::move(list));
    block_ = Block::kList;
    return absl::OkStatus();
  }

  absl::Status Words(const std::string& text) {
    WordList& list = grammar_.lists.back();
    for (const std::string& entry : SplitWords(text)) {
      if (entry.front() == '[' && entry.back() == ']') {
        const std::string label = entry.substr(1, entry.size() - 2);
        if (std::count(list.groups.begin(), list.groups.end(), label) > 0 ||
            (list.groups.empty() && !list.words.empty())) {
          return Error(absl::StrCat("group '", entry, "' stands after words or for a second time"));
        }
        list.groups.push_back(label);
        continue;
      }
      Word word;
      word.forms = Split(entry, '/');
      for (std::string& form : word.forms) std::replace(form.begin(), form.end(), '_', ' ');
      const bool empty_form = std::count(word.forms.begin(), word.forms.end(), "") > 0;
      if (word.forms.size() != list.forms.size() || empty_form) {
        return Error(absl::StrCat("'", entry, "': expected ", list.forms.size(),
                                  " forms between slashes, as the list '", list.name, "' names"));
      }
      for (const std::string& form : word.forms) word.capitalized.push_back(Capitalized(form));
      word.group = std::max<int>(0, static_cast<int>(list.groups.size()) - 1);
      list.words.push_back(std::move(word));
      if (list.words.size() > kMaxWords) return Error("a list of more than 10000 words");
    }
    return absl::OkStatus();
  }

  /// Ends the list that was being read: all its groups must have one size, or the chance of a word
  /// would depend on the facts before it.
  absl::Status CloseList() {
    if (block_ != Block::kList) return absl::OkStatus();
    block_ = Block::kNone;
    WordList& list = grammar_.lists.back();
    if (list.groups.empty()) list.groups.emplace_back();
    std::vector<int> sizes(list.groups.size(), 0);
    for (const Word& word : list.words) ++sizes[word.group];
    list.group_size = sizes.front();
    for (size_t g = 0; g < sizes.size(); ++g) {
      if (sizes[g] == 0 || sizes[g] != list.group_size) {
        return Error(absl::StrCat("list '", list.name, "' ends here: group '", list.groups[g],
                                  "' has ", sizes[g], " words, the first one ", list.group_size));
      }
    }
    return absl::OkStatus();
  }

  // ---- facts

  absl::Status FactLine(const std::string& text) {
    if (absl::Status status = CloseList(); !status.ok()) return status;
    block_ = Block::kNone;
    const std::vector<std::string> words = SplitWords(text);
    if ((words.size() != 4 && words.size() != 6) || words[2] != "=") {
      return Error("expected 'fact NAME = LIST', with 'except FACT' or 'of FACT.FORM' behind it");
    }
    Fact fact;
    fact.name = words[1];
    fact.list = grammar_.FindList(words[3]);
    if (std::isupper(static_cast<unsigned char>(fact.name[0]))) {
      return Error(absl::StrCat("'", fact.name, "': a fact's name starts with a small letter"));
    }
    if (grammar_.FindFact(fact.name) >= 0) return Error(absl::StrCat("a second '", fact.name, "'"));
    if (fact.list < 0) return Error(absl::StrCat("no list '", words[3], "' above"));
    const WordList& list = grammar_.lists[fact.list];
    fact.num_words = static_cast<int>(list.words.size());
    if (words.size() == 6) {
      if (absl::Status status = Relation(words[4], words[5], &fact); !status.ok()) return status;
    }
    grammar_.facts.push_back(std::move(fact));
    if (grammar_.facts.size() > kMaxFacts) return Error("more than 64 facts");
    return absl::OkStatus();
  }

  /// `except FACT` or `of FACT.FORM`.
  absl::Status Relation(const std::string& relation, const std::string& target, Fact* fact) {
    const WordList& list = grammar_.lists[fact->list];
    const std::vector<std::string> parts = Split(target, '.');
    const int other = grammar_.FindFact(parts[0]);
    if (other < 0) return Error(absl::StrCat("no fact '", parts[0], "' above"));
    if (relation == "except" && parts.size() == 1) {
      if (grammar_.facts[other].list != fact->list || list.words.size() < 2) {
        return Error(absl::StrCat("'", parts[0], "' is no fact of the list '", list.name,
                                  "', or the list has no other word"));
      }
      fact->except = other;
      fact->num_words -= 1;
      return absl::OkStatus();
    }
    const WordList& other_list = grammar_.ListOf(other);
    const int form = parts.size() == 2 ? other_list.Form(parts[1]) : -1;
    if (relation != "of" || form < 0) {
      return Error(absl::StrCat("expected 'except FACT' or 'of FACT.FORM', found '", relation, " ",
                                target, "'"));
    }
    for (const Word& word : other_list.words) {
      if (std::count(list.groups.begin(), list.groups.end(), word.forms[form]) == 0) {
        return Error(absl::StrCat("list '", list.name, "' has no group '", word.forms[form], "'"));
      }
    }
    fact->of = other;
    fact->of_form = form;
    fact->num_words = list.group_size;
    return absl::OkStatus();
  }

  // ---- rules

  absl::Status RuleHead(const std::string& name) {
    if (absl::Status status = CloseList(); !status.ok()) return status;
    Rule rule;
    rule.name = std::string(Strip(name));
    if (grammar_.FindRule(rule.name) >= 0 || grammar_.FindFact(rule.name) >= 0) {
      return Error(absl::StrCat("'", rule.name, "' is the name of a rule or a fact already"));
    }
    grammar_.rules.push_back(std::move(rule));
    block_ = Block::kRule;
    return absl::OkStatus();
  }

  absl::Status AlternativeLine(const std::string& text) {
    const size_t colon = text.find(':');
    int weight = 0;
    const char* const begin = text.data();
    const auto parsed = std::from_chars(begin, begin + std::min(colon, text.size()), weight);
    if (colon == std::string::npos || parsed.ec != std::errc() || parsed.ptr != begin + colon ||
        weight < 1 || weight > kMaxWeight) {
      return Error("expected 'WEIGHT: text' with a weight from 1 to 1000000");
    }
    Rule& rule = grammar_.rules.back();
    rule.total_weight += weight;
    if (rule.total_weight > kMaxWeight) return Error("the rule's weights exceed 1000000");
    rule.alternatives.push_back({weight, 0.0, {}});
    // Slots may name rules that come later, so they are looked up at the end.
    pending_.push_back({line_, static_cast<int>(grammar_.rules.size()) - 1,
                        static_cast<int>(rule.alternatives.size()) - 1,
                        std::string(Strip(text.substr(colon + 1)))});
    return absl::OkStatus();
  }

  struct Pending {
    int line;
    int rule;
    int alternative;
    std::string text;
  };

  absl::Status Finish() {
    if (absl::Status status = CloseList(); !status.ok()) return status;
    if (grammar_.rules.empty()) return Error("expected a rule, found the end");
    for (const Pending& p : pending_) {
      Alternative& alternative = grammar_.rules[p.rule].alternatives[p.alternative];
      alternative.log_probability =
          std::log(static_cast<double>(alternative.weight) / grammar_.rules[p.rule].total_weight);
      if (absl::Status status = Pieces(p, &alternative.pieces); !status.ok()) return status;
    }
    for (const Rule& rule : grammar_.rules) {
      if (rule.alternatives.empty()) {
        return Error(absl::StrCat("rule '", rule.name, "' has no alternative"));
      }
    }
    return CheckSize();
  }

  absl::Status Pieces(const Pending& pending, std::vector<Piece>* pieces) {
    std::string_view rest = pending.text;
    while (!rest.empty()) {
      const size_t open = std::min(rest.find('{'), rest.size());
      if (open > 0) {
        Piece text;
        text.text = std::string(rest.substr(0, open));
        pieces->push_back(std::move(text));
      }
      rest.remove_prefix(open);
      if (rest.empty()) break;
      const size_t close = rest.find('}');
      if (close == std::string_view::npos) return ErrorAt(pending.line, "'{' without '}'");
      Piece slot;
      const std::string name(rest.substr(1, close - 1));
      if (absl::Status status = Slot(pending.line, name, &slot); !status.ok()) return status;
      pieces->push_back(std::move(slot));
      rest.remove_prefix(close + 1);
    }
    return absl::OkStatus();
  }

  absl::Status Slot(int line, const std::string& slot, Piece* piece) const {
    if (const int rule = grammar_.FindRule(slot); rule >= 0) {
      piece->kind = Piece::Kind::kRule;
      piece->index = rule;
      return absl::OkStatus();
    }
    std::vector<std::string> parts = Split(slot, '.');
    std::string& name = parts[0];
    piece->kind = Piece::Kind::kMention;
    piece->capital = !name.empty() && std::isupper(static_cast<unsigned char>(name[0]));
    if (piece->capital) name[0] = static_cast<char>(std::tolower(name[0]));
    piece->index = grammar_.FindFact(name);
    if (piece->index < 0) {
      return ErrorAt(line, absl::StrCat("{", slot, "}: no rule and no fact has this name"));
    }
    if (parts.size() == 1) return absl::OkStatus();
    const WordList& list = grammar_.ListOf(piece->index);
    piece->form = parts.size() == 2 ? list.Form(parts[1]) : -1;
    if (piece->form >= 0) return absl::OkStatus();
    return ErrorAt(line, absl::StrCat("{", slot, "}: list '", list.name, "' has no such form"));
  }

  /// No rule may lead back to itself, and the unfolded grammar must be small enough to walk over.
  absl::Status CheckSize() const {
    const int n = static_cast<int>(grammar_.rules.size());
    std::vector<double> size(n, 0.0);
    std::vector<int> depth(n, 0);  // 0: not visited, -1: being visited
    std::function<absl::Status(int, int)> visit = [&](int r, int nesting) -> absl::Status {
      const std::string& name = grammar_.rules[r].name;
      if (depth[r] < 0) return Error(absl::StrCat("rule '", name, "' leads back to itself"));
      if (depth[r] > 0) return absl::OkStatus();
      if (nesting > kMaxNesting) return Error("rules are nested more than 64 deep");
      depth[r] = -1;
      int deepest = 0;
      for (const Alternative& alternative : grammar_.rules[r].alternatives) {
        for (const Piece& piece : alternative.pieces) {
          size[r] += 1;
          if (piece.kind != Piece::Kind::kRule) continue;
          if (absl::Status s = visit(piece.index, nesting + 1); !s.ok()) return s;
          size[r] += size[piece.index];
          deepest = std::max(deepest, depth[piece.index]);
        }
      }
      depth[r] = deepest + 1;
      if (depth[r] > kMaxNesting) return Error("rules are nested more than 64 deep");
      if (size[r] > kMaxPieces) return Error(absl::StrCat("rule '", name, "' unfolds too far"));
      return absl::OkStatus();
    };
    for (int r = 0; r < n; ++r) {
      if (absl::Status status = visit(r, 1); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  Grammar grammar_;
  Block block_ = Block::kNone;
  int line_ = 0;
  std::vector<Pending> pending_;
};

}  // namespace

absl::StatusOr<Grammar> ReadGrammar(std::string_view source) { return Reader().Read(source); }

}  // namespace gokart
