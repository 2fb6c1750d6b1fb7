#include "ch05_pretrain/weights/export/torch_writer.h"

#include <filesystem>
#include <map>
#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ch05_pretrain/weights/export/pickle_writer.h"
#include "ch05_pretrain/weights/export/zip_writer.h"

namespace gokart {
namespace {

const char* StorageClass(DType dtype) {
  if (dtype == DType::kF32) return "FloatStorage";
  if (dtype == DType::kF16) return "HalfStorage";
  if (dtype == DType::kBF16) return "BFloat16Storage";
  throw std::invalid_argument(absl::StrCat("WriteTorch: PyTorch has no ", DTypeName(dtype)));
}

int64_t SizeOf(const TensorToWrite& tensor) {
  int64_t size = 1;
  for (const int64_t d : tensor.shape) size *= d;
  return size;
}

// The storage that each tensor uses, by number: one of its own, or an earlier tensor's.
std::vector<int> StoragesOf(const std::vector<TensorToWrite>& tensors) {
  std::map<std::string, int> storage_of;
  std::vector<int> storages;
  int next = 0;
  for (const TensorToWrite& tensor : tensors) {
    const auto shared = storage_of.find(tensor.same_as);
    if (shared == storage_of.end() && !tensor.same_as.empty()) {
      throw std::invalid_argument(absl::StrCat("WriteTorch: ", tensor.name, " is the same as ",
                                               tensor.same_as, ", which is no earlier tensor"));
    }
    storages.push_back(tensor.same_as.empty() ? next++ : shared->second);
    storage_of[tensor.name] = storages.back();
  }
  return storages;
}

void PutTuple(PickleWriter& pickle, const std::vector<int64_t>& numbers) {
  pickle.Mark();
  for (const int64_t n : numbers) pickle.Int(n);
  pickle.TupleFromMark();
}

void PutEmptyDictionary(PickleWriter& pickle) {
  pickle.Global("collections", "OrderedDict");
  pickle.EmptyTuple();
  pickle.Call();
}

// ("storage", torch.FloatStorage, "0", "cpu", size), which the reader replaces by the storage.
void PutStorage(PickleWriter& pickle, const TensorToWrite& tensor, int storage) {
  pickle.Mark();
  pickle.Text("storage");
  pickle.Global("torch", StorageClass(tensor.dtype));
  pickle.Text(absl::StrCat(storage));
  pickle.Text("cpu");
  pickle.Int(SizeOf(tensor));
  pickle.TupleFromMark();
  pickle.PersistentObject();
}

// How far apart neighbours on each axis lie in row-major order.
std::vector<int64_t> Strides(const std::vector<int64_t>& shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

// _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks)
void PutTensor(PickleWriter& pickle, const TensorToWrite& tensor, int storage) {
  pickle.Global("torch._utils", "_rebuild_tensor_v2");
  pickle.Mark();
  PutStorage(pickle, tensor, storage);
  pickle.Int(0);
  PutTuple(pickle, tensor.shape);
  PutTuple(pickle, Strides(tensor.shape));
  pickle.False();
  PutEmptyDictionary(pickle);
  pickle.TupleFromMark();
  pickle.Call();
}

std::string StateDict(const std::vector<TensorToWrite>& tensors, const std::vector<int>& storages) {
  PickleWriter pickle;
  PutEmptyDictionary(pickle);
  pickle.Mark();
  for (size_t i = 0; i < tensors.size(); ++i) {
    pickle.Text(tensors[i].name);
    PutTensor(pickle, tensors[i], storages[i]);
  }
  pickle.SetItemsFromMark();
  return std::move(pickle).Finish();
}

absl::Status WriteEntry(ZipWriter& zip, const std::string& name, std::string_view content) {
  const absl::Status s = zip.Begin(name);
  return s.ok() ? zip.Append(content) : s;
}

absl::Status WriteStorages(ZipWriter& zip, const std::string& folder,
                           const std::vector<TensorToWrite>& tensors,
                           const std::vector<int>& storages) {
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (!tensors[i].same_as.empty()) continue;
    const absl::StatusOr<std::vector<std::byte>> bytes = EncodeTensor(tensors[i]);
    if (!bytes.ok()) return bytes.status();
    if (absl::Status s = zip.Begin(absl::StrCat(folder, "/data/", storages[i])); !s.ok()) return s;
    if (absl::Status s = zip.Append(*bytes); !s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteTorch(const std::string& path, const std::vector<TensorToWrite>& tensors) {
  const std::vector<int> storages = StoragesOf(tensors);
  const std::string pickle = StateDict(tensors, storages);
  absl::StatusOr<ZipWriter> zip = ZipWriter::Create(path);
  if (!zip.ok()) return zip.status();
  // torch.save names the folder in the archive after the file.
  const std::string stem = std::filesystem::path(path).stem().string();
  const std::string folder = stem.empty() ? "archive" : stem;
  if (absl::Status s = WriteEntry(*zip, folder + "/data.pkl", pickle); !s.ok()) return s;
  if (absl::Status s = WriteEntry(*zip, folder + "/byteorder", "little"); !s.ok()) return s;
  if (absl::Status s = WriteStorages(*zip, folder, tensors, storages); !s.ok()) return s;
  if (absl::Status s = WriteEntry(*zip, folder + "/version", "3\n"); !s.ok()) return s;
  return zip->Commit();
}

}  // namespace gokart
