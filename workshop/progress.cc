#include "workshop/progress.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "workshop/human.h"
#include "workshop/terminal.h"
#include "workshop/text_width.h"

namespace gokart {
namespace {

constexpr int kBarWidth = 20;
constexpr double kRedrawInterval = 0.1;
constexpr char kEraseLine[] = "\r\x1b[K";

double SteadySeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

ProgressOptions WithDefaults(ProgressOptions options) {
  if (options.out == nullptr) {
    options.out = &std::cerr;
    options.terminal = IsTerminal(STDERR_FILENO);
    options.width = TerminalWidth(STDERR_FILENO);
  }
  if (!options.clock) options.clock = SteadySeconds;
  return options;
}

std::string FormatRate(double rate, const ProgressOptions& options) {
  if (options.bytes) return FormatBytes(rate) + "/s";
  if (rate >= 1000) return absl::StrCat(FormatShortCount(rate), " ", options.unit, "/s");
  return absl::StrFormat("%.*f %s/s", rate >= 100 ? 0 : rate >= 10 ? 1 : 2, rate, options.unit);
}

}  // namespace

Progress::Progress(std::string title, int64_t total, ProgressOptions options)
    : title_(std::move(title)),
      total_(total),
      options_(WithDefaults(std::move(options))),
      started_(options_.clock()),
      last_drawn_(-std::numeric_limits<double>::infinity()),
      done_(options_.start) {
  // The first plain line comes after one interval: short work needs only the last one.
  if (!options_.terminal) last_drawn_ = started_;
}

Progress::~Progress() { Finish(); }

double Progress::Seconds() const { return options_.clock() - started_; }

void Progress::Update(int64_t done, const std::string& fields) {
  done_ = done;
  fields_ = fields;
  const double interval = options_.terminal ? kRedrawInterval : options_.plain_interval;
  if (!finished_ && options_.clock() - last_drawn_ >= interval) Draw(false);
}

void Progress::Message(const std::string& text) {
  Hide();
  *options_.out << text << "\n" << std::flush;
}

void Progress::Hide() {
  if (visible_) *options_.out << kEraseLine << std::flush;
  visible_ = false;
  last_drawn_ = options_.terminal ? -std::numeric_limits<double>::infinity() : last_drawn_;
}

void Progress::Finish() {
  if (finished_) return;
  finished_ = true;
  Draw(true);
}

void Progress::Abandon() {
  Hide();
  finished_ = true;
}

std::string Progress::Amounts() const {
  auto format = [&](int64_t n) {
    return options_.bytes ? FormatBytes(static_cast<double>(n)) : FormatCount(n);
  };
  std::string amounts = format(done_);
  if (total_ > 0) amounts = PadLeft(amounts, DisplayWidth(format(total_))) + "/" + format(total_);
  return options_.bytes ? amounts : absl::StrCat(amounts, " ", options_.unit);
}

std::string Progress::Bar() const {
  const double share =
      std::clamp(static_cast<double>(done_) / static_cast<double>(total_), 0.0, 1.0);
  std::string bar;
  for (int i = 0; i < kBarWidth; ++i) bar += i < share * kBarWidth ? "━" : "─";
  return bar;
}

std::string Progress::Line(bool finished) const {
  const double seconds = Seconds();
  const double rate = seconds > 0 ? static_cast<double>(done_ - options_.start) / seconds : 0;
  std::string line = title_;
  if (options_.terminal && total_ > 0) absl::StrAppend(&line, "  ", Bar());
  absl::StrAppend(&line, "  ", Amounts());
  if (rate > 0) absl::StrAppend(&line, "  ", FormatRate(rate, options_));
  if (finished) {
    absl::StrAppend(&line, "  in ", FormatDuration(seconds));
  } else if (total_ > 0 && rate > 0) {
    absl::StrAppend(&line, "  ", FormatDuration(std::max<int64_t>(0, total_ - done_) / rate),
                    " left");
  }
  if (!fields_.empty()) absl::StrAppend(&line, "  ", fields_);
  return line;
}

void Progress::Draw(bool finished) {
  last_drawn_ = options_.clock();
  std::fflush(stdout);  // what was printed before comes first where both go to one terminal
  if (!options_.terminal) {
    *options_.out << Line(finished) << "\n" << std::flush;
    return;
  }
  *options_.out << kEraseLine << CutToWidth(Line(finished), options_.width - 1)
                << (finished ? "\n" : "") << std::flush;
  visible_ = !finished;
}

}  // namespace gokart
