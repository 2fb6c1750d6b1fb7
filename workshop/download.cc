#include "workshop/download.h"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "workshop/human.h"
#include "workshop/interrupt.h"
#include "workshop/part_file.h"
#include "workshop/progress.h"

namespace gokart {
namespace {

using Curl = std::unique_ptr<CURL, void (*)(CURL*)>;

// How one try ended, and what to do about it.
struct Outcome {
  enum Kind { kComplete, kTryAgain, kNextAddress, kStop } kind;
  absl::Status status;  // why it is not complete
};

absl::Status CheckWhole(const DownloadRequest& request, const PartFile& part) {
  if (request.size > 0 && part.size() != request.size) {
    return absl::DataLossError(absl::StrCat(part.size(), " bytes, expected ", request.size));
  }
  return request.check ? request.check(part.part_path()) : absl::OkStatus();
}

// One try to get (the rest of) a file from one address.
class Transfer {
 public:
  Transfer(const DownloadRequest& request, const DownloadOptions& options,
           const InterruptGuard& interrupt, PartFile* part, Progress* progress)
      : request_(request),
        options_(options),
        interrupt_(interrupt),
        part_(*part),
        progress_(*progress),
        curl_(curl_easy_init(), curl_easy_cleanup) {}

  Outcome Run(const std::string& url) {
    url_ = url;
    offset_ = part_.size();
    SetOptions();
    const CURLcode code = curl_easy_perform(curl_.get());
    return Judge(code);
  }

 private:
  template <class T>
  void Set(CURLoption option, T value) {
    curl_easy_setopt(curl_.get(), option, value);
  }

  void SetOptions() {
    Set(CURLOPT_URL, url_.c_str());
    Set(CURLOPT_ERRORBUFFER, error_);
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_USERAGENT, "gokart");
    Set(CURLOPT_FAILONERROR, 1L);  // no error page as content
    Set(CURLOPT_FOLLOWLOCATION, 1L);
    Set(CURLOPT_MAXREDIRS, 10L);
    Set(CURLOPT_PROTOCOLS_STR, "http,https");
    // A redirection must not lead from a verified connection to an open one.
    Set(CURLOPT_REDIR_PROTOCOLS_STR, absl::StartsWith(url_, "https:") ? "https" : "http,https");
    Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_seconds * 1000));
    Set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    Set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(options_.stall_seconds));
    // Not CURLOPT_RESUME_FROM: with that, curl refuses a server that ignores ranges.
    range_ = absl::StrCat(offset_, "-");
    if (offset_ > 0) Set(CURLOPT_RANGE, range_.c_str());
    Set(CURLOPT_WRITEFUNCTION, &Transfer::OnData);
    Set(CURLOPT_WRITEDATA, this);
    Set(CURLOPT_NOPROGRESS, 0L);
    Set(CURLOPT_XFERINFOFUNCTION, &Transfer::OnProgress);
    Set(CURLOPT_XFERINFODATA, this);
  }

  static size_t OnData(char* data, size_t, size_t size, void* self) {
    return static_cast<Transfer*>(self)->Take(data, size) ? size : 0;  // 0 ends the transfer
  }

  static int OnProgress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Transfer*>(self)->interrupt_.Requested() ? 1 : 0;
  }

  long ResponseCode() const {
    long code = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &code);
    return code;
  }

  bool Take(const char* data, size_t size) {
    if (!begun_) {
      begun_ = true;
      // 200 and not 206: the server ignores ranges and sends the file from its start.
      if (offset_ > 0 && ResponseCode() == 200) local_error_ = part_.Clear();
    }
    const int64_t limit = request_.size > 0 ? request_.size : options_.size_limit;
    if (part_.size() + static_cast<int64_t>(size) > limit) {
      too_large_ = true;
      return false;
    }
    if (local_error_.ok()) local_error_ = part_.Append(data, size);
    progress_.Update(part_.size());
    return local_error_.ok();
  }

  Outcome Judge(CURLcode code) {
    if (!local_error_.ok()) return {Outcome::kStop, local_error_};
    if (interrupt_.Requested()) {
      return {Outcome::kStop, absl::CancelledError(absl::StrCat(
                                  "stopped; the same command goes on from ", part_.part_path()))};
    }
    if (too_large_) return TooLarge();
    const long response = ResponseCode();
    // 416: the server has nothing beyond what has arrived already, or has another file.
    if (code != CURLE_OK && response == 416 && offset_ > 0) return JudgeComplete();
    if (code == CURLE_OK) return JudgeComplete();
    const bool server_error = code == CURLE_HTTP_RETURNED_ERROR;
    const bool busy = response == 408 || response == 429 || response >= 500;
    const std::string reason = server_error
                                   ? absl::StrCat("the server answered ", response)
                                   : std::string(error_[0] ? error_ : curl_easy_strerror(code));
    return {!server_error || busy ? Outcome::kTryAgain : Outcome::kNextAddress,
            absl::UnavailableError(reason)};
  }

  Outcome JudgeComplete() {
    if (part_.size() < request_.size && !RangeRefused()) {
      // The connection ended early, and the server had not said how much was to come.
      return {Outcome::kTryAgain,
              absl::DataLossError(absl::StrCat(part_.size(), " bytes, expected ", request_.size))};
    }
    const absl::Status checked = CheckWhole(request_, part_);
    if (checked.ok()) return {Outcome::kComplete, absl::OkStatus()};
    // The first part may have been of another version, or damaged: once more without it.
    if (offset_ > 0) return RetryFromStart();
    return Discard(std::string(checked.message()));
  }

  bool RangeRefused() const { return ResponseCode() == 416; }

  Outcome TooLarge() {
    if (offset_ > 0) return RetryFromStart();
    if (request_.size > 0)
      return Discard(absl::StrCat("more than the ", request_.size, " bytes expected"));
    return Discard(absl::StrCat("more than the ", options_.size_limit, " bytes allowed"));
  }

  Outcome Discard(const std::string& reason) {
    if (absl::Status status = part_.Clear(); !status.ok()) return {Outcome::kStop, status};
    return {Outcome::kNextAddress, absl::DataLossError(reason)};
  }

  Outcome RetryFromStart() {
    if (absl::Status status = part_.Clear(); !status.ok()) return {Outcome::kStop, status};
    return {Outcome::kTryAgain, absl::DataLossError("what had arrived before did not fit")};
  }

  const DownloadRequest& request_;
  const DownloadOptions& options_;
  const InterruptGuard& interrupt_;
  PartFile& part_;
  Progress& progress_;
  Curl curl_;
  std::string url_, range_;
  char error_[CURL_ERROR_SIZE] = "";
  int64_t offset_ = 0;  // where this try began
  bool begun_ = false, too_large_ = false;
  absl::Status local_error_;
};

// Waits, but not longer than until Ctrl-C.
void Wait(double seconds, const InterruptGuard& interrupt) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (std::chrono::steady_clock::now() < end && !interrupt.Requested()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

// Tries one address until the file is complete or there is no point in going on.
Outcome FromAddress(const std::string& url, const DownloadRequest& request,
                    const DownloadOptions& options, const InterruptGuard& interrupt, PartFile* part,
                    Progress* progress) {
  double wait = options.first_wait;
  int64_t most = part->size();
  for (int failures = 0;;) {
    const Outcome outcome = Transfer(request, options, interrupt, part, progress).Run(url);
    if (outcome.kind != Outcome::kTryAgain) return outcome;
    // A connection that breaks again and again but gets further each time is worth going on with.
    if (part->size() > most) {
      most = part->size();
      failures = 0;
      wait = options.first_wait;
    }
    if (++failures >= options.tries) return {Outcome::kNextAddress, outcome.status};
    progress->Message(absl::StrCat(request.title, ": ", outcome.status.message(),
                                   "; trying again in ", FormatDuration(wait)));
    Wait(wait, interrupt);
    wait *= 2;
  }
}

}  // namespace

absl::Status Download(const DownloadRequest& request, const DownloadOptions& options) {
  static const CURLcode initialized = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (initialized != CURLE_OK) return absl::InternalError("curl cannot be used");
  absl::StatusOr<PartFile> part = PartFile::Open(request.path);
  if (!part.ok()) return part.status();
  if (request.size > 0 && part->size() >= request.size) {  // stopped just before the end
    if (CheckWhole(request, *part).ok()) return part->Finish();
    if (absl::Status status = part->Clear(); !status.ok()) return status;
  }
  const InterruptGuard interrupt;
  ProgressOptions progress_options{
      .start = part->size(), .bytes = true, .out = options.progress_out};
  Progress progress(request.title, request.size, progress_options);

  std::vector<std::string> reasons;
  for (const std::string& url : request.urls) {
    Outcome outcome = FromAddress(url, request, options, interrupt, &*part, &progress);
    progress.Update(part->size());
    if (outcome.kind == Outcome::kComplete) return part->Finish();
    if (outcome.kind == Outcome::kStop) {
      progress.Abandon();
      return outcome.status;
    }
    reasons.push_back(absl::StrCat(url, ": ", outcome.status.message()));
  }
  progress.Abandon();
  return absl::UnavailableError(
      absl::StrCat("cannot download ", request.title, ": ", absl::StrJoin(reasons, "; ")));
}

}  // namespace gokart
