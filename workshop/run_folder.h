// The folder that one run of a command fills: config.json, metrics.csv, loss.svg and loss.png,
// checkpoint/, sample.txt.
//
//     absl::StatusOr<RunFolder> run = RunFolder::CreateChosen(out, "pretrain", config);
//     WriteFile(run->File("sample.txt"), sample);

#ifndef GOKART_WORKSHOP_RUN_FOLDER_H_
#define GOKART_WORKSHOP_RUN_FOLDER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace gokart {

/// A run's results are never overwritten by another run: a new run needs a folder that is absent or
/// empty, and continuing one is asked for by Open. While the object lives, the folder is locked
/// against other processes.
class RunFolder {
 public:
  /// Makes `path` (and the folders above it) and writes config.json. Fails if something is in it
  /// already.
  static absl::StatusOr<RunFolder> Create(const std::string& path, const nlohmann::json& config);

  /// The same in the first of parent/name-1, parent/name-2, ... that does not exist yet.
  static absl::StatusOr<RunFolder> CreateNumbered(const std::string& parent,
                                                  const std::string& name,
                                                  const nlohmann::json& config);

  /// What --out means: the folder that the user named or, where `out` is empty, the next free one
  /// of runs/name-1, runs/name-2, ...
  static absl::StatusOr<RunFolder> CreateChosen(const std::string& out, const std::string& name,
                                                const nlohmann::json& config);

  /// An earlier run, to continue it. Fails if there is none or another process has it open.
  static absl::StatusOr<RunFolder> Open(const std::string& path);

  RunFolder(RunFolder&& other) noexcept;
  RunFolder& operator=(RunFolder&& other) noexcept;
  ~RunFolder();

  const std::string& path() const { return path_; }

  /// Path of the file or folder `name` in this run.
  std::string File(const std::string& name) const { return path_ + "/" + name; }

  /// config.json as it was given to Create.
  const nlohmann::json& config() const { return config_; }

 private:
  RunFolder(std::string path, nlohmann::json config, int lock);

  std::string path_;
  nlohmann::json config_;
  int lock_ = -1;
};

}  // namespace gokart

#endif  // GOKART_WORKSHOP_RUN_FOLDER_H_
