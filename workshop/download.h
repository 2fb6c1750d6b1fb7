// Downloads a file so that it ends up whole and checked under its name, or not at all.
//
//     absl::Status status = Download({.title = "gpt2 vocab.bpe",
//                                     .urls = {"https://...", "https://backup..."},
//                                     .path = AssetPath("gpt2/vocab.bpe"),
//                                     .size = 456318,
//                                     .check = [](const std::string& part) { ... }});
//
// What has arrived is kept in PATH.part; the next call goes on from there, even after a crash.

#ifndef GOKART_WORKSHOP_DOWNLOAD_H_
#define GOKART_WORKSHOP_DOWNLOAD_H_

#include <cstdint>
#include <functional>
#include <iostream>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace gokart {

struct DownloadRequest {
  std::string title = {};              // for the progress line
  std::vector<std::string> urls = {};  // tried in order
  std::string path = {};
  int64_t size = 0;  // in bytes; 0: not known
  /// Whether the complete file is the right one; what it says is wrong is part of the error.
  std::function<absl::Status(const std::string& part_path)> check = {};
};

struct DownloadOptions {
  /// An address is given up after so many tries in a row that brought nothing.
  int tries = 4;
  /// Seconds before the second try; doubled for each further one.
  double first_wait = 1;
  double connect_seconds = 15;
  /// Seconds without a byte until a connection counts as broken.
  int stall_seconds = 30;
  /// Bytes that a file of unknown size may have.
  int64_t size_limit = int64_t{100} << 30;
  std::ostream* progress_out = nullptr;  // for tests; see ProgressOptions::out
};

/// Makes the folders that `path` needs. A connection that breaks or stalls, a busy server (408,
/// 429, 5xx) and a network that is not there are tried again; after any other answer, or content
/// that fails the check, comes the next address. Errors: every address failed (each with its
/// reason), no space, CANCELLED by Ctrl-C, UNAVAILABLE if another process is downloading the same
/// file.
absl::Status Download(const DownloadRequest& request, const DownloadOptions& options = {});

}  // namespace gokart

#endif  // GOKART_WORKSHOP_DOWNLOAD_H_
