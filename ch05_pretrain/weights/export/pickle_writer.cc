#include "ch05_pretrain/weights/export/pickle_writer.h"

#include <limits>
#include <utility>

#include "ch05_pretrain/weights/gguf/little_endian.h"

namespace gokart {
namespace {

// The opcodes by their names in pickletools.
constexpr char kProto = '\x80';
constexpr char kStop = '.';
constexpr char kMark = '(';
constexpr char kBinInt = 'J';
constexpr char kBinInt1 = 'K';
constexpr char kBinInt2 = 'M';
constexpr char kLong1 = '\x8a';
constexpr char kNewFalse = '\x89';
constexpr char kBinUnicode = 'X';
constexpr char kGlobal = 'c';
constexpr char kEmptyTuple = ')';
constexpr char kTuple = 't';
constexpr char kSetItems = 'u';
constexpr char kReduce = 'R';
constexpr char kBinPersId = 'Q';
constexpr char kBinPut = 'q';
constexpr char kLongBinPut = 'r';
constexpr char kBinGet = 'h';
constexpr char kLongBinGet = 'j';

template <typename T>
bool Holds(int64_t value) {
  return value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
}

// An opcode with an index into the reader's memory, in its short or its long form.
void PutIndex(std::string& out, char with_byte, char with_word, uint32_t index) {
  if (index <= std::numeric_limits<uint8_t>::max()) {
    out += with_byte;
    AppendLittleEndian<uint8_t>(out, static_cast<uint8_t>(index));
  } else {
    out += with_word;
    AppendLittleEndian<uint32_t>(out, index);
  }
}

}  // namespace

PickleWriter::PickleWriter() { out_ = {kProto, 2}; }

void PickleWriter::Int(int64_t value) {
  if (Holds<uint8_t>(value)) {
    out_ += kBinInt1;
    AppendLittleEndian<uint8_t>(out_, static_cast<uint8_t>(value));
  } else if (Holds<uint16_t>(value)) {
    out_ += kBinInt2;
    AppendLittleEndian<uint16_t>(out_, static_cast<uint16_t>(value));
  } else if (Holds<int32_t>(value)) {
    out_ += kBinInt;
    AppendLittleEndian<int32_t>(out_, static_cast<int32_t>(value));
  } else {
    out_ += kLong1;
    AppendLittleEndian<uint8_t>(out_, sizeof(value));
    AppendLittleEndian<int64_t>(out_, value);
  }
}

void PickleWriter::False() { out_ += kNewFalse; }

void PickleWriter::Text(const std::string& text) {
  const std::string key = kBinUnicode + text;
  if (PushRemembered(key)) return;
  out_ += kBinUnicode;
  AppendLittleEndian<uint32_t>(out_, static_cast<uint32_t>(text.size()));
  out_ += text;
  Remember(key);
}

void PickleWriter::Global(const std::string& module, const std::string& name) {
  const std::string code = kGlobal + module + "\n" + name + "\n";
  if (PushRemembered(code)) return;
  out_ += code;
  Remember(code);
}

void PickleWriter::EmptyTuple() { out_ += kEmptyTuple; }
void PickleWriter::Mark() { out_ += kMark; }
void PickleWriter::TupleFromMark() { out_ += kTuple; }
void PickleWriter::SetItemsFromMark() { out_ += kSetItems; }
void PickleWriter::Call() { out_ += kReduce; }
void PickleWriter::PersistentObject() { out_ += kBinPersId; }

std::string PickleWriter::Finish() && {
  out_ += kStop;
  return std::move(out_);
}

bool PickleWriter::PushRemembered(const std::string& key) {
  const auto found = memory_.find(key);
  if (found == memory_.end()) return false;
  PutIndex(out_, kBinGet, kLongBinGet, found->second);
  return true;
}

void PickleWriter::Remember(const std::string& key) {
  const auto index = static_cast<uint32_t>(memory_.size());
  memory_.emplace(key, index);
  PutIndex(out_, kBinPut, kLongBinPut, index);
}

}  // namespace gokart
