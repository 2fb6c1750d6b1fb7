#include "docs/quoted_output.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace gokart::docs {
namespace {

using Lines = std::vector<std::string>;

constexpr std::string_view kAnything = "...";
constexpr std::string_view kRule = "─";

// 1,234.5 or 1e-5; no sign.
struct Number {
  std::string_view text;
  double value = 0;
  int decimals = 0;  // digits after the point
};

bool IsDigit(std::string_view text, size_t i) {
  return i < text.size() && absl::ascii_isdigit(text[i]);
}

// The number at the beginning of `text`, whose size is 0 if there is none.
Number ReadNumber(std::string_view text) {
  Number number;
  size_t end = 0;
  while (IsDigit(text, end) || (end > 0 && text.substr(end, 1) == "," && IsDigit(text, end + 1))) {
    ++end;
  }
  if (end > 0 && text.substr(end, 1) == "." && IsDigit(text, end + 1)) {
    const size_t point = end++;
    while (IsDigit(text, end)) ++end;
    number.decimals = static_cast<int>(end - point - 1);
  }
  if (end > 0 && text.substr(end, 1) == "e") {
    const size_t digits =
        end + 1 + (text.substr(end + 1, 1) == "-" || text.substr(end + 1, 1) == "+");
    if (IsDigit(text, digits)) {
      end = digits;
      while (IsDigit(text, end)) ++end;
    }
  }
  number.text = text.substr(0, end);
  const std::string plain = absl::StrReplaceAll(std::string(number.text), {{",", ""}});
  if (end > 0 && !absl::SimpleAtod(plain, &number.value)) number.value = 0;
  return number;
}

bool Near(const Number& quoted, const Number& printed, NumberRule rule) {
  if (quoted.text == printed.text || std::isinf(rule.tolerance)) return true;
  const double difference = std::abs(quoted.value - printed.value);
  if (quoted.decimals > 0 && quoted.decimals == printed.decimals &&
      difference < 1.5 * std::pow(10.0, -quoted.decimals)) {
    return true;
  }
  return difference <= rule.tolerance * std::max(quoted.value, printed.value);
}

bool StartsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// Takes all `unit`s from the beginning of both, if both begin with one.
bool TakeRuns(std::string_view unit, std::string_view* a, std::string_view* b) {
  if (!StartsWith(*a, unit) || !StartsWith(*b, unit)) return false;
  for (std::string_view* text : {a, b}) {
    while (StartsWith(*text, unit)) text->remove_prefix(unit.size());
  }
  return true;
}

bool Fits(std::string_view quoted, std::string_view printed, NumberRule rule) {
  while (!quoted.empty()) {
    if (StartsWith(quoted, kAnything)) {
      const std::string_view rest = quoted.substr(kAnything.size());
      for (size_t i = 0; i <= printed.size(); ++i) {
        if (Fits(rest, printed.substr(i), rule)) return true;
      }
      return false;
    }
    if (rule.tolerance > 0 &&
        (TakeRuns(" ", &quoted, &printed) || TakeRuns(kRule, &quoted, &printed))) {
      continue;
    }
    const Number a = ReadNumber(quoted), b = ReadNumber(printed);
    if (!a.text.empty() && !b.text.empty()) {
      if (!Near(a, b, rule)) return false;
      quoted.remove_prefix(a.text.size());
      printed.remove_prefix(b.text.size());
    } else if (printed.empty() || quoted[0] != printed[0]) {
      return false;
    } else {
      quoted.remove_prefix(1);
      printed.remove_prefix(1);
    }
  }
  return printed.empty();
}

Lines WithoutEmptyEnds(Lines lines) {
  const auto empty = [](const std::string& line) { return line.empty(); };
  lines.erase(std::find_if_not(lines.rbegin(), lines.rend(), empty).base(), lines.end());
  lines.erase(lines.begin(), std::find_if_not(lines.begin(), lines.end(), empty));
  return lines;
}

Lines Trimmed(Lines lines) {
  for (std::string& line : lines) absl::StripTrailingAsciiWhitespace(&line);
  return lines;
}

// Lines of a quote that follow each other in the output.
struct Stretch {
  size_t index = 0;  // of the first one, in the quote
  Lines lines;
};

class Comparison {
 public:
  Comparison(const Quote& quote, const Lines& printed) : quote_(quote), printed_(printed) {}

  // Each stretch is looked for behind the one before, the first place where it fits is taken; of a
  // quote of the whole output, the first and last stretch are bound to the ends.
  std::optional<Mismatch> Find() {
    const std::vector<Stretch> stretches = Stretches();
    for (size_t i = 0; i < stretches.size(); ++i) {
      const bool first = i == 0 && !quote_.excerpt && !begins_open_;
      const bool last = i + 1 == stretches.size() && !quote_.excerpt && !ends_open_;
      const size_t size = stretches[i].lines.size();
      size_t from = at_, to = printed_.size();
      if (first) {
        to = 0;
      } else if (last) {
        from = std::max(at_, printed_.size() - std::min(size, printed_.size()));
      }
      if (auto mismatch = Place(stretches[i], from, to)) return mismatch;
      if (last && at_ < printed_.size()) {
        return Mismatch{stretches[i].index + size - 1, "and more: " + printed_[at_]};
      }
    }
    return {};
  }

 private:
  std::vector<Stretch> Stretches() {
    std::vector<Stretch> stretches;
    bool open = true;
    for (size_t i = 0; i < quote_.lines.size(); ++i) {
      std::string line = quote_.lines[i];
      absl::StripTrailingAsciiWhitespace(&line);
      if (std::string(absl::StripLeadingAsciiWhitespace(line)) == kAnything) {
        if (stretches.empty()) begins_open_ = true;
        open = true;
        ends_open_ = true;
        continue;
      }
      if (open && line.empty()) continue;
      if (open) stretches.push_back({.index = i});
      stretches.back().lines.push_back(line);
      open = false;
      if (!line.empty()) ends_open_ = false;
    }
    for (Stretch& stretch : stretches) {
      while (stretch.lines.back().empty()) stretch.lines.pop_back();
    }
    return stretches;
  }

  // Sets at_ behind the first place in [from, to] where the stretch fits.
  std::optional<Mismatch> Place(const Stretch& stretch, size_t from, size_t to) {
    Mismatch best = {stretch.index, from < printed_.size() ? printed_[from] : "nothing"};
    for (size_t place = from; place <= to; ++place) {
      size_t i = 0;
      while (i < stretch.lines.size() && place + i < printed_.size() &&
             LineFits(stretch.lines[i], printed_[place + i], quote_.numbers)) {
        ++i;
      }
      if (i == stretch.lines.size()) {
        at_ = place + i;
        return {};
      }
      if (stretch.index + i > best.index) {
        best = {stretch.index + i,
                place + i < printed_.size() ? printed_[place + i] : "the end of the output"};
      }
    }
    return best;
  }

  const Quote& quote_;
  const Lines& printed_;
  size_t at_ = 0;  // the first line of the output that is not used yet
  bool begins_open_ = false, ends_open_ = false;
};

}  // namespace

bool LineFits(std::string_view quoted, std::string_view printed, NumberRule numbers) {
  if (numbers.tolerance > 0) {
    for (std::string_view* text : {&quoted, &printed}) {
      while (StartsWith(*text, " ")) text->remove_prefix(1);
    }
  }
  return Fits(quoted, printed, numbers);
}

std::optional<Mismatch> FindMismatch(const Quote& quote, std::string_view output) {
  const Lines lines = absl::StrSplit(absl::string_view(output.data(), output.size()), '\n');
  const Lines printed = WithoutEmptyEnds(Trimmed(lines));
  return Comparison(quote, printed).Find();
}

}  // namespace gokart::docs
