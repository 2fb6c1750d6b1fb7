#include "ch05_pretrain/checkpoint.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tensor/dtype.h"

namespace gokart {
namespace {

constexpr char kFormat[] = "gokart-checkpoint-1";
constexpr char kGenerator[] = "training.generator";
constexpr char kSteps[] = "optimizer.steps";
constexpr char kMean[] = "optimizer.m/";
constexpr char kSquare[] = "optimizer.v/";

// CRC-32 over names and data, in the order of the names.
std::string Checksum(std::vector<StoredTensor> entries,
                     const std::function<void(std::span<const std::byte>)>& on_read = nullptr) {
  constexpr size_t kPiece = size_t{1} << 20;
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  uLong crc = crc32_z(0, nullptr, 0);
  for (const StoredTensor& e : entries) {
    crc = crc32_z(crc, reinterpret_cast<const Bytef*>(e.name.data()), e.name.size());
    for (size_t begin = 0; begin < e.bytes.size(); begin += kPiece) {
      const size_t size = std::min(kPiece, e.bytes.size() - begin);
      crc = crc32_z(crc, reinterpret_cast<const Bytef*>(e.bytes.data() + begin), size);
      if (on_read) on_read(e.bytes.subspan(begin, size));
    }
  }
  return absl::StrFormat("%08x", crc);
}

absl::Status Damaged(const std::string& path, const std::string& what) {
  return absl::DataLossError(absl::StrCat(path, ": ", what));
}

// The optimiser's state for each parameter, by what identifies the parameter.
std::unordered_map<const GradSlot*, const AdamW::State*> StatesByParameter(const AdamW& optimizer) {
  std::unordered_map<const GradSlot*, const AdamW::State*> states;
  for (const AdamW::State& s : optimizer.state()) states[s.parameter.grad_slot().get()] = &s;
  return states;
}

std::span<const float> Rows(const Tensor& whole, const NamedPart& part) {
  return whole.values().subspan(part.offset(), part.size());
}

bool IsCheckpoint(const SafetensorsMetadata& metadata) {
  const auto format = metadata.find("format");
  return format != metadata.end() && format->second == kFormat;
}

// A file whose checksum is right.
absl::StatusOr<SafetensorsFile> OpenChecked(const std::string& path) {
  absl::StatusOr<SafetensorsFile> file = SafetensorsFile::Open(path);
  if (!file.ok()) return file.status();
  if (!IsCheckpoint(file->metadata())) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": is no checkpoint of this program (its metadata does not say \"format\": \"",
        kFormat, "\")"));
  }
  absl::Status status = VerifyCheckpoint(path, file->entries(), file->metadata());
  if (!status.ok()) return status;
  return file;
}

// All differences between the weights in the file and those of the model, on one line.
absl::Status CheckFits(const SafetensorsFile& file, const std::vector<NamedPart>& parts) {
  std::vector<std::string> differences;
  std::map<std::string, const NamedPart*> expected;
  for (const NamedPart& part : parts) expected[part.name] = &part;
  for (const auto& [name, part] : expected) {
    const StoredTensor* entry = file.Find(name);
    const std::string shape = ShapeText(part->shape().ToVector());
    if (entry == nullptr) {
      differences.push_back(absl::StrCat(name, " ", shape, " is missing"));
    } else if (entry->shape != part->shape().ToVector() || entry->dtype != DType::kF32) {
      differences.push_back(absl::StrCat(name, " is ", std::string(DTypeName(entry->dtype)), " ",
                                         ShapeText(entry->shape), ", expected F32 ", shape));
    }
  }
  for (const StoredTensor& entry : file.entries()) {
    if (absl::StartsWith(entry.name, "optimizer.") || absl::StartsWith(entry.name, "training."))
      continue;
    if (expected.count(entry.name) == 0) {
      differences.push_back(absl::StrCat(entry.name, " ", ShapeText(entry.shape), " is left over"));
    }
  }
  if (differences.empty()) return absl::OkStatus();
  constexpr size_t kShown = 6;
  std::string rest;
  if (differences.size() > kShown) {
    rest = absl::StrCat("; and ", differences.size() - kShown, " more");
    differences.resize(kShown);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      file.path(), ": does not fit this model: ", absl::StrJoin(differences, "; "), rest));
}

void CopyWeights(const SafetensorsFile& file, std::vector<NamedPart>& parts) {
  for (NamedPart& part : parts) {
    file.Find(part.name)->CopyFloatsTo({part.mutable_data(), static_cast<size_t>(part.size())});
  }
}

SafetensorsMetadata MetadataOf(const Checkpoint& checkpoint) {
  SafetensorsMetadata metadata = checkpoint.metadata;
  const TrainingState& s = checkpoint.state;
  metadata["format"] = kFormat;
  metadata["step"] = absl::StrCat(s.step);
  metadata["epoch"] = absl::StrCat(s.epoch);
  metadata["tokens_seen"] = absl::StrCat(s.tokens_seen);
  metadata["in_epoch"] = s.in_epoch ? "1" : "0";
  metadata["loader_seed"] = absl::StrCat(s.position.seed);
  metadata["loader_next_batch"] = absl::StrCat(s.position.next_batch);
  return metadata;
}

template <typename Int>
bool ReadCounter(const SafetensorsMetadata& metadata, const char* name, Int& value) {
  const auto it = metadata.find(name);
  return it != metadata.end() && absl::SimpleAtoi(it->second, &value);
}

absl::StatusOr<TrainingState> ReadState(const SafetensorsFile& file) {
  TrainingState s;
  int in_epoch = 0;
  const SafetensorsMetadata& m = file.metadata();
  const bool counters = ReadCounter(m, "step", s.step) && ReadCounter(m, "epoch", s.epoch) &&
                        ReadCounter(m, "tokens_seen", s.tokens_seen) &&
                        ReadCounter(m, "in_epoch", in_epoch) &&
                        ReadCounter(m, "loader_seed", s.position.seed) &&
                        ReadCounter(m, "loader_next_batch", s.position.next_batch);
  const StoredTensor* generator = file.Find(kGenerator);
  if (!counters || generator == nullptr || s.step < 0 || s.epoch < 0 || s.position.next_batch < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(file.path(), ": holds weights, but no training state to go on from"));
  }
  s.in_epoch = in_epoch != 0;
  absl::StatusOr<GeneratorState> state = GeneratorState::Parse(generator->bytes);
  if (!state.ok()) {
    return Damaged(file.path(),
                   absl::StrCat(kGenerator, ": ", std::string(state.status().message())));
  }
  s.generator = *std::move(state);
  return s;
}

// Checks that the moments of every trained part are there with its shape (or none of them, before
// the first step).
absl::StatusOr<std::vector<int64_t>> CheckOptimizer(const SafetensorsFile& file,
                                                    const std::vector<NamedPart>& parts,
                                                    const AdamW& optimizer) {
  const StoredTensor* steps = file.Find(kSteps);
  if (steps == nullptr || steps->dtype != DType::kI64 ||
      steps->size() != static_cast<int64_t>(optimizer.state().size())) {
    return absl::InvalidArgumentError(
        absl::StrCat(file.path(), ": holds no optimiser state for the ", optimizer.state().size(),
                     " parameters that are trained"));
  }
  const auto states = StatesByParameter(optimizer);
  const std::vector<int64_t> counts = steps->Int64s();
  for (const NamedPart& part : parts) {
    const auto state = states.find(part.tensor.grad_slot().get());
    if (state == states.end() || counts[state->second - optimizer.state().data()] == 0) continue;
    for (const char* prefix : {kMean, kSquare}) {
      const StoredTensor* e = file.Find(prefix + part.name);
      if (e == nullptr || e->dtype != DType::kF32 || e->shape != part.shape().ToVector()) {
        return absl::InvalidArgumentError(absl::StrCat(file.path(), ": ", prefix, part.name,
                                                       " is missing or has another shape than ",
                                                       part.shape().ToString()));
      }
    }
  }
  return counts;
}

void CopyMoments(const SafetensorsFile& file, const std::vector<NamedPart>& parts,
                 const std::vector<int64_t>& steps, AdamW& optimizer) {
  std::unordered_map<const GradSlot*, AdamW::State*> states;
  for (size_t i = 0; i < steps.size(); ++i) {
    AdamW::State& s = optimizer.state()[i];
    s.step = steps[i];
    s.m = steps[i] == 0 ? Tensor() : Tensor::Zeros(s.parameter.shape());
    s.v = steps[i] == 0 ? Tensor() : Tensor::Zeros(s.parameter.shape());
    states[s.parameter.grad_slot().get()] = &s;
  }
  for (const NamedPart& part : parts) {
    const auto it = states.find(part.tensor.grad_slot().get());
    if (it == states.end() || it->second->step == 0) continue;
    const size_t n = static_cast<size_t>(part.size());
    file.Find(kMean + part.name)->CopyFloatsTo({it->second->m.mutable_data() + part.offset(), n});
    file.Find(kSquare + part.name)->CopyFloatsTo({it->second->v.mutable_data() + part.offset(), n});
  }
}

}  // namespace

absl::Status SaveCheckpoint(const std::string& path, const Checkpoint& checkpoint) {
  std::vector<StoredTensor> entries;
  for (const NamedPart& part : checkpoint.parts) {
    entries.push_back(MakeStoredTensor(part.name, part.shape().ToVector(), part.values()));
  }
  std::vector<int64_t> steps;
  std::string generator;
  if (checkpoint.optimizer != nullptr) {
    for (const AdamW::State& s : checkpoint.optimizer->state()) steps.push_back(s.step);
    entries.push_back(MakeStoredTensor(kSteps, {static_cast<int64_t>(steps.size())}, steps));
    const auto states = StatesByParameter(*checkpoint.optimizer);
    for (const NamedPart& part : checkpoint.parts) {
      const auto it = states.find(part.tensor.grad_slot().get());
      if (it == states.end() || it->second->step == 0) continue;
      const std::vector<int64_t> shape = part.shape().ToVector();
      entries.push_back(MakeStoredTensor(kMean + part.name, shape, Rows(it->second->m, part)));
      entries.push_back(MakeStoredTensor(kSquare + part.name, shape, Rows(it->second->v, part)));
    }
    generator = checkpoint.state.generator.Serialize();
    entries.push_back({.name = kGenerator,
                       .dtype = DType::kU8,
                       .shape = {static_cast<int64_t>(generator.size())},
                       .bytes = std::as_bytes(std::span(generator))});
  }
  SafetensorsMetadata metadata = MetadataOf(checkpoint);
  metadata["crc32"] = Checksum(entries);
  return WriteSafetensors(path, std::move(entries), metadata);
}

absl::Status VerifyCheckpoint(const std::string& path, const std::vector<StoredTensor>& tensors,
                              const SafetensorsMetadata& metadata,
                              const std::function<void(std::span<const std::byte>)>& on_read) {
  if (!IsCheckpoint(metadata)) return absl::OkStatus();
  const auto checksum = metadata.find("crc32");
  const std::string actual = Checksum(tensors, on_read);
  if (checksum != metadata.end() && checksum->second == actual) return absl::OkStatus();
  return Damaged(path, absl::StrCat("damaged: its checksum is ", actual, ", but it says ",
                                    checksum == metadata.end() ? "nothing" : checksum->second));
}

absl::Status LoadWeights(const std::string& path, std::vector<NamedPart> parts) {
  absl::StatusOr<SafetensorsFile> file = OpenChecked(path);
  if (!file.ok()) return file.status();
  if (absl::Status s = CheckFits(*file, parts); !s.ok()) return s;
  CopyWeights(*file, parts);
  return absl::OkStatus();
}

absl::Status LoadCheckpoint(const std::string& path, std::vector<NamedPart> parts, AdamW& optimizer,
                            TrainingState& state) {
  absl::StatusOr<SafetensorsFile> file = OpenChecked(path);
  if (!file.ok()) return file.status();
  if (absl::Status s = CheckFits(*file, parts); !s.ok()) return s;
  absl::StatusOr<TrainingState> read = ReadState(*file);
  if (!read.ok()) return read.status();
  absl::StatusOr<std::vector<int64_t>> steps = CheckOptimizer(*file, parts, optimizer);
  if (!steps.ok()) return steps.status();
  CopyWeights(*file, parts);
  CopyMoments(*file, parts, *steps, optimizer);
  state = *std::move(read);
  return absl::OkStatus();
}

}  // namespace gokart
