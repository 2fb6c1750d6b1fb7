#include "ch05_pretrain/weights/fuzz/seeds.h"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace gokart {
namespace {

using namespace std::string_literals;

std::string Golden(const std::string& name) {
  std::ifstream file("tensor/testdata/gpt2_micro/" + name, std::ios::binary);
  if (!file) throw std::runtime_error("there is no golden file " + name);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

template <typename Int>
std::string LittleEndian(Int value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof(value));
}

std::string Repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

// --- Safetensors

std::string Safetensors(const std::string& header, const std::string& data) {
  return LittleEndian(uint64_t{header.size()}) + header + data;
}

std::string Entry(const std::string& name, const std::string& shape, const std::string& offsets) {
  return "\"" + name + "\":{\"dtype\":\"F32\",\"shape\":[" + shape + "],\"data_offsets\":[" +
         offsets + "]}";
}

std::vector<Seed> SafetensorsSeeds() {
  const std::string eight(8, '\1');
  const std::string huge = std::to_string(std::numeric_limits<int64_t>::max());
  return {
      {"good",
       Safetensors("{\"__metadata__\":{\"a\":\"b\"}," + Entry("x", "1,2", "0,8") + "}", eight),
       true},
      {"golden", Golden("hf.safetensors"), true},
      {"overlapping",
       Safetensors("{" + Entry("x", "2", "0,8") + "," + Entry("y", "1", "4,8") + "}", eight)},
      {"behind_the_end", Safetensors("{" + Entry("x", "4", "0,16") + "}", eight)},
      {"gap", Safetensors("{" + Entry("x", "1", "4,8") + "}", eight)},
      {"product_overflows",
       Safetensors("{" + Entry("x", "4294967296,4294967296", "0,0") + "}", "")},
      {"product_overflows_beside_0", Safetensors("{" + Entry("x", huge + ",4,0", "0,0") + "}", "")},
      {"name_twice",
       Safetensors("{" + Entry("x", "1", "0,4") + "," + Entry("x", "1", "4,8") + "}", eight)},
      {"deep", Safetensors("{\"x\":" + Repeated("[", 5000) + Repeated("]", 5000) + "}", "")},
      {"long_header", LittleEndian(~uint64_t{0}) + "{}"},
  };
}

// --- JSON

std::vector<Seed> ShardIndexSeeds() {
  const auto index = [](const std::string& file) {
    return "{\"metadata\":{\"total_size\":4},\"weight_map\":{\"x\":\"" + file + "\"}}";
  };
  return {
      {"good", index("model-00001-of-00002.safetensors"), true},
      {"absolute_path", index("/etc/passwd")},
      {"parent_folder", index("..")},
      {"path_upwards", index("../x")},
      {"zero_in_name", index("a\\u0000b")},
      {"name_twice", "{\"weight_map\":{\"x\":\"a\",\"x\":\"b\"}}"},
      {"map_twice", "{\"weight_map\":{\"x\":\"a\"},\"weight_map\":{\"x\":\"b\"}}"},
      {"deep", Repeated("{\"a\":", 5000) + "1" + Repeated("}", 5000)},
      {"no_map", "{\"weight_map\":[1]}"},
      {"number", "{\"weight_map\":{\"x\":1}}"},
      {"half", index("a").substr(0, 20)},
  };
}

std::vector<Seed> ConfigSeeds() {
  const std::string rest = ",\"n_positions\":2,\"n_embd\":4,\"n_layer\":1,\"vocab_size\":";
  return {
      {"golden", Golden("config.json"), true},
      {"openai", "{\"n_vocab\":5,\"n_ctx\":3,\"n_embd\":4,\"n_head\":2,\"n_layer\":1}", true},
      {"negative", "{\"n_head\":-1" + rest + "5}"},
      {"float", "{\"n_head\":2" + rest + "1e3}"},
      {"infinite", "{\"n_head\":2" + rest + "1e999}"},
      {"large", "{\"n_head\":2" + rest + "99999999999999999999}"},
      {"llama", "{\"model_type\":\"llama\",\"n_head\":2" + rest + "5}"},
      {"key_twice", "{\"n_head\":2,\"n_head\":4" + rest + "5}"},
      {"deep", "{\"n_head\":" + Repeated("[", 5000) + Repeated("]", 5000) + rest + "5}"},
      {"array", "[]"},
      {"nothing", ""},
  };
}

// --- TensorFlow

std::string Varint(uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
  return out;
}

// A leveldb table's end, with the place of an index.
std::string Footer(uint64_t offset, uint64_t size) {
  std::string footer = Varint(0) + Varint(0) + Varint(offset) + Varint(size);
  footer.resize(40);
  return footer + LittleEndian(uint64_t{0xdb4775248b80fb57});
}

// A table whose index is these rows; its checksum is wrong, which fuzzing looks past.
std::string Table(const std::string& rows) {
  const std::string block = rows + LittleEndian(uint32_t{0}) + LittleEndian(uint32_t{1});
  return block + std::string(5, '\0') + Footer(0, block.size());
}

std::vector<Seed> TfCheckpointSeeds() {
  const std::string golden = Golden("tf/model.ckpt.index");
  const std::string block = "\0\0\0\0\1\0\0\0\0"s + LittleEndian(uint32_t{0});
  std::vector<Seed> seeds = {
      {"golden", golden, true},
      {"index_behind_the_end", Footer(48, 10)},
      {"huge_block", block + Footer(0, uint64_t{1} << 40)},
      {"wrapping_block", block + Footer(~uint64_t{0} - 2, 8)},
      // Snappy claims to unpack to 4 GB.
      {"snappy_bomb", Varint(0xffffffff) + "abc\1\0\0\0\0"s + Footer(0, 8)},
      // The lengths of a key and a value add up to 3 in 32 bits: a trap in leveldb itself.
      {"lengths_wrap", Table(Varint(0) + Varint(0xfffffff5) + Varint(14) + "abc")},
      {"key_shares_too_much", Table(Varint(5) + Varint(1) + Varint(1) + "ab")},
      {"not_a_table", "model_checkpoint_path: \"x\""},
      {"half", golden.substr(golden.size() / 2)},
  };
  for (size_t i = 0; i + 48 < golden.size(); i += 97) {  // all but the footer, which has padding
    std::string damaged = golden;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x80);
    seeds.push_back({"damaged_" + std::to_string(i), damaged});
  }
  return seeds;
}

// --- PyTorch

// A string, an integer of one byte, a name.
std::string Text(const std::string& text) {
  return "X" + LittleEndian(static_cast<uint32_t>(text.size())) + text;
}
std::string Int(int64_t value) { return "\x8a\x08" + LittleEndian(value); }
std::string Name(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}
std::string Tuple(const std::string& items) { return "(" + items + "t"; }

std::string Tensor(const std::string& shape, const std::string& strides, int64_t offset = 0,
                   const std::string& storage = "0") {
  const std::string id = Tuple(Text("storage") + Name("torch", "FloatStorage") + Text(storage) +
                               Text("cpu") + Int(64)) +
                         "Q";
  return Name("torch._utils", "_rebuild_tensor_v2") +
         Tuple(id + Int(offset) + Tuple(shape) + Tuple(strides) + "\x89" +
               Name("collections", "OrderedDict") + ")R") +
         "R";
}

std::string Dict(const std::string& pairs) { return "\x80\x02}(" + pairs + "u."; }

std::vector<Seed> PickleSeeds() {
  const std::string good = Tensor(Int(2) + Int(3), Int(3) + Int(1));
  // Each list holds the one before twice: 2^40 in all.
  std::string doubled = "\x80\x02}" + Text("a") + "]q\0"s;
  for (int i = 0; i < 40; ++i) {
    doubled += "](h" + std::string(1, static_cast<char>(i)) + "h" +
               std::string(1, static_cast<char>(i)) + "eq" +
               std::string(1, static_cast<char>(i + 1));
  }
  std::string nested = Tensor(Int(1), Int(1));
  for (int i = 0; i < 50; ++i) nested = "}(" + Text("k") + nested + "u";
  return {
      {"good", Dict(Text("a") + good), true},
      {"transposed", Dict(Text("a") + Tensor(Int(3) + Int(2), Int(1) + Int(3))), true},
      {"parameter",
       Dict(Text("a") + Name("torch._utils", "_rebuild_parameter") + Tuple(good + "\x88" + "N") +
            "R"),
       true},
      {"with_optimizer",
       Dict(Text("model_state_dict") + "}(" + Text("a") + good + "u" +
            Text("optimizer_state_dict") + "}(" + Int(0) + good + "u"),
       true},
      {"code", "\x80\x02" + Name("os", "system") + Tuple(Text("true")) + "R."},
      {"code_by_stack",
       "\x80\x04" + Text("builtins") + Text("eval") + "\x93" + Tuple(Text("1")) + "R."},
      {"behind_the_storage", Dict(Text("a") + Tensor(Int(64), Int(1), 1))},
      {"wide_strides", Dict(Text("a") + Tensor(Int(2) + Int(2), Int(int64_t{1} << 62) + Int(4)))},
      {"repeated", Dict(Text("a") + Tensor(Int(1000000), Int(0)))},
      {"product_overflows",
       Dict(Text("a") + Tensor(Int(int64_t{1} << 32) + Int(int64_t{1} << 32), Int(0) + Int(0)))},
      {"negative_size", Dict(Text("a") + Tensor(Int(-1), Int(1)))},
      {"negative_stride", Dict(Text("a") + Tensor(Int(4), Int(-1), 8))},
      {"no_storage", Dict(Text("a") + Tensor(Int(1), Int(1), 0, "9"))},
      {"name_twice", Dict(Text("a") + good + Text("a") + good)},
      {"holds_itself", "\x80\x02}q\0"s + Text("a") + "h\0s."s},
      {"doubled", doubled + "s."},
      {"nested", "\x80\x02" + nested + "."},
      {"marks", "\x80\x02" + Repeated("(", 10000)},
      {"long_string", "\x80\x02X\xff\xff\xff\xff" + "abc"s},
      {"long_frame", "\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xff"s},
      {"stack_empty", "\x80\x02R."},
      {"nothing", ""},
  };
}

struct ZipFile {
  std::string name, bytes;
  uint16_t method = 0;
  uint32_t claimed = 0;  // a size other than its own
  uint32_t moved = 0;    // that the directory's offset is wrong by
};

std::string Zip(const std::vector<ZipFile>& files) {
  std::string body, directory;
  for (const ZipFile& file : files) {
    const auto packed = static_cast<uint32_t>(file.bytes.size());
    const uint32_t size = file.claimed == 0 ? packed : file.claimed;
    const std::string common = "\0\0"s + LittleEndian(file.method) + LittleEndian(uint32_t{0}) +
                               LittleEndian(uint32_t{0}) + LittleEndian(packed) +
                               LittleEndian(size) +
                               LittleEndian(static_cast<uint16_t>(file.name.size())) + "\0\0"s;
    directory += "PK\1\2\0\0\0\0"s + common + std::string(10, '\0') +
                 LittleEndian(static_cast<uint32_t>(body.size() + file.moved)) + file.name;
    body += "PK\3\4\0\0"s + common + file.name + file.bytes;
  }
  const auto count = static_cast<uint16_t>(files.size());
  return body + directory + "PK\5\6\0\0\0\0"s + LittleEndian(count) + LittleEndian(count) +
         LittleEndian(static_cast<uint32_t>(directory.size())) +
         LittleEndian(static_cast<uint32_t>(body.size())) + "\0\0"s;
}

std::vector<Seed> TorchFileSeeds() {
  const std::string pickle = Dict(Text("a") + Tensor(Int(2) + Int(3), Int(3) + Int(1)));
  const ZipFile storage = {"m/data/0", std::string(256, '\1')};
  const auto with = [&](const ZipFile& file) {
    return Zip({{"m/data.pkl", pickle}, storage, file});
  };
  const std::string good = with({"m/version", "3\n"});
  return {
      {"good", good, true},
      {"golden", Golden("workshop.pth"), true},
      {"absolute_path", with({"/etc/passwd", "x"})},
      {"path_upwards", with({"m/../../x", "x"})},
      {"backslash", with({"m\\x", "x"})},
      {"name_twice", with({"m/data/0", "x"})},
      {"compressed", with({"m/x", "\3\0"s, 8, 1 << 30})},
      {"bomb", with({"m/x", "", 0, 0xfffffff0})},
      {"overlapping", with({"m/version", "3\n", 0, 0, static_cast<uint32_t>(-60)})},
      {"behind_the_end", with({"m/x", "x", 0, 0, 100000})},
      {"without_pickle", Zip({storage})},
      {"two_pickles", with({"n/data.pkl", pickle})},
      {"without_end", good.substr(0, good.size() - 22)},
      {"without_start", good.substr(40)},
      {"end_only", "PK\5\6"s + std::string(18, '\0')},
      {"many_claimed", "PK\5\6\0\0\0\0\xff\xff\xff\xff"s + std::string(10, '\0')},
  };
}

// --- GGUF

std::vector<Seed> GgufSeeds() {
  const auto head = [](uint64_t tensors, uint64_t values) {
    return "GGUF"s + LittleEndian(uint32_t{3}) + LittleEndian(tensors) + LittleEndian(values);
  };
  const auto text = [](const std::string& s) { return LittleEndian(uint64_t{s.size()}) + s; };
  const auto tensor = [&](uint64_t rows, uint64_t columns, uint64_t offset) {
    return text("x") + LittleEndian(uint32_t{2}) + LittleEndian(columns) + LittleEndian(rows) +
           LittleEndian(uint32_t{0}) + LittleEndian(offset);
  };
  const auto padded = [](std::string bytes, size_t data) {
    bytes.resize((bytes.size() + 31) / 32 * 32 + data);
    return bytes;
  };
  const std::string value = text("k") + LittleEndian(uint32_t{8}) + text("v");
  return {
      {"good", padded(head(1, 1) + value + tensor(2, 8, 0), 64), true},
      {"behind_the_end", padded(head(1, 1) + value + tensor(2, 80, 0), 64)},
      {"product_overflows",
       padded(head(1, 0) + tensor(uint64_t{1} << 32, uint64_t{1} << 32, 0), 64)},
      {"name_twice", padded(head(2, 0) + tensor(2, 8, 0) + tensor(2, 8, 64), 128)},
      {"key_twice", padded(head(0, 2) + value + value, 0)},
      {"many_tensors", padded(head(~uint64_t{0}, 0), 64)},
      {"many_values", padded(head(0, ~uint64_t{0}), 64)},
      {"long_string", head(0, 1) + LittleEndian(~uint64_t{0}) + "k"},
      {"long_array", head(0, 1) + text("k") + LittleEndian(uint32_t{9}) +
                         LittleEndian(uint32_t{4}) + LittleEndian(uint64_t{1} << 61)},
      {"overlapping", padded(head(2, 0) + tensor(2, 8, 0) + tensor(1, 8, 32), 64)},
      {"nothing", ""},
  };
}

// --- A GPT in a GGUF file, and its tokenizer

std::string GgufText(const std::string& text) { return LittleEndian(uint64_t{text.size()}) + text; }

std::string GgufSize(const std::string& key, uint32_t value) {
  return GgufText(key) + LittleEndian(uint32_t{4}) + LittleEndian(value);
}

std::string GgufString(const std::string& key, const std::string& value) {
  return GgufText(key) + LittleEndian(uint32_t{8}) + GgufText(value);
}

std::string GgufStrings(const std::string& key, const std::vector<std::string>& values) {
  std::string all = GgufText(key) + LittleEndian(uint32_t{9}) + LittleEndian(uint32_t{8}) +
                    LittleEndian(uint64_t{values.size()});
  for (const std::string& value : values) all += GgufText(value);
  return all;
}

std::string GgufNumbers(const std::string& key, const std::vector<int32_t>& values) {
  std::string all = GgufText(key) + LittleEndian(uint32_t{9}) + LittleEndian(uint32_t{5}) +
                    LittleEndian(uint64_t{values.size()});
  for (const int32_t value : values) all += LittleEndian(value);
  return all;
}

struct GgufMatrix {
  std::string name;
  std::vector<uint64_t> shape;  // the last axis first, as in the file
};

// A file of these values and tensors of float32.
std::string Gguf(const std::vector<std::string>& values, const std::vector<GgufMatrix>& tensors) {
  std::string file = "GGUF"s + LittleEndian(uint32_t{3}) + LittleEndian(uint64_t{tensors.size()}) +
                     LittleEndian(uint64_t{values.size()});
  for (const std::string& value : values) file += value;
  uint64_t offset = 0;
  for (const GgufMatrix& tensor : tensors) {
    uint64_t size = 4;
    file += GgufText(tensor.name) + LittleEndian(static_cast<uint32_t>(tensor.shape.size()));
    for (const uint64_t d : tensor.shape) {
      file += LittleEndian(d);
      size *= d;
    }
    file += LittleEndian(uint32_t{0}) + LittleEndian(offset);
    offset += (size + 31) / 32 * 32;
  }
  file.resize((file.size() + 31) / 32 * 32 + offset, '\1');
  return file;
}

// Four tokens, three positions, one layer two numbers wide.
std::vector<std::string> GptValues() {
  return {GgufString("general.architecture", "gpt2"),
          GgufSize("gpt2.context_length", 3),
          GgufSize("gpt2.embedding_length", 2),
          GgufSize("gpt2.feed_forward_length", 8),
          GgufSize("gpt2.block_count", 1),
          GgufSize("gpt2.attention.head_count", 1)};
}

std::vector<GgufMatrix> GptTensors() {
  return {{"token_embd.weight", {2, 4}},        {"position_embd.weight", {2, 3}},
          {"blk.0.attn_norm.weight", {2}},      {"blk.0.attn_norm.bias", {2}},
          {"blk.0.attn_qkv.weight", {2, 6}},    {"blk.0.attn_qkv.bias", {6}},
          {"blk.0.attn_output.weight", {2, 2}}, {"blk.0.attn_output.bias", {2}},
          {"blk.0.ffn_norm.weight", {2}},       {"blk.0.ffn_norm.bias", {2}},
          {"blk.0.ffn_up.weight", {2, 8}},      {"blk.0.ffn_up.bias", {8}},
          {"blk.0.ffn_down.weight", {8, 2}},    {"blk.0.ffn_down.bias", {2}},
          {"output_norm.weight", {2}},          {"output_norm.bias", {2}}};
}

std::vector<Seed> GgufModelSeeds() {
  const auto with_value = [](size_t i, const std::string& value) {
    std::vector<std::string> values = GptValues();
    values[i] = value;
    return Gguf(values, GptTensors());
  };
  const auto with_tensor = [](size_t i, const GgufMatrix& tensor) {
    std::vector<GgufMatrix> tensors = GptTensors();
    tensors[i] = tensor;
    return Gguf(GptValues(), tensors);
  };
  std::vector<GgufMatrix> with_head = GptTensors();
  with_head.push_back({"output.weight", {2, 4}});
  std::vector<GgufMatrix> one_more = GptTensors();
  one_more.push_back({"blk.1.attn_norm.weight", {2}});
  return {
      {"good", Gguf(GptValues(), GptTensors()), true},
      {"with_head", Gguf(GptValues(), with_head), true},
      {"llama", with_value(0, GgufString("general.architecture", "llama"))},
      {"long_context", with_value(1, GgufSize("gpt2.context_length", 2000000000))},
      {"wide", with_value(2, GgufSize("gpt2.embedding_length", 2000000000))},
      {"other_feed_forward", with_value(3, GgufSize("gpt2.feed_forward_length", 9))},
      {"many_layers", with_value(4, GgufSize("gpt2.block_count", 2000000000))},
      {"no_layers", with_value(4, GgufSize("gpt2.block_count", 0))},
      {"heads_do_not_divide", with_value(5, GgufSize("gpt2.attention.head_count", 3))},
      {"heads_as_text", with_value(5, GgufString("gpt2.attention.head_count", "1"))},
      {"without_values", Gguf({}, GptTensors())},
      {"without_tensors", Gguf(GptValues(), {})},
      {"no_tokens", with_tensor(0, {"token_embd.weight", {2, 0}})},
      {"tokens_as_vector", with_tensor(0, {"token_embd.weight", {8}})},
      {"qkv_not_in_three", with_tensor(4, {"blk.0.attn_qkv.weight", {2, 5}})},
      {"turned", with_tensor(10, {"blk.0.ffn_up.weight", {8, 2}})},
      {"left_over", Gguf(GptValues(), one_more)},
      {"missing", with_tensor(14, {"other.weight", {2}})},
  };
}

// The symbols by which vocabularies name the 256 bytes, which the format of GPT-2 has made of
// Latin-1: printable ones are themselves, the others follow from U+0100 on.
std::vector<std::string> ByteNames() {
  std::vector<std::string> names;
  const auto add = [&](int code) {
    names.push_back(code < 128 ? std::string(1, static_cast<char>(code))
                               : std::string{static_cast<char>(0xc0 | code >> 6),
                                             static_cast<char>(0x80 | (code & 63))});
  };
  for (int code = '!'; code <= '~'; ++code) add(code);
  for (int code = 0xa1; code <= 0xff; ++code) {
    if (code != 0xad) add(code);
  }
  for (int code = 0x100; names.size() < 256; ++code) add(code);
  return names;
}

// The bytes, "he", "the", an end of text.
struct SmallTokenizer {
  std::vector<std::string> names = ByteNames();
  std::vector<int32_t> types = std::vector<int32_t>(259, 1);
  std::vector<std::string> merges = {"h e", "t he"};

  SmallTokenizer() {
    names.insert(names.end(), {"he", "the", "<|endoftext|>"});
    types.back() = 3;
  }

  std::string AsGguf() const {
    return Gguf(
        {GgufString("tokenizer.ggml.model", "gpt2"), GgufString("tokenizer.ggml.pre", "gpt-2"),
         GgufStrings("tokenizer.ggml.tokens", names),
         GgufNumbers("tokenizer.ggml.token_type", types),
         GgufStrings("tokenizer.ggml.merges", merges)},
        {});
  }

  std::string AsJson() const {
    std::string vocab, pairs;
    for (size_t id = 0; id < names.size(); ++id) {
      if (types[id] != 1) continue;
      const bool escaped = names[id] == "\"" || names[id] == "\\";
      vocab += (id == 0 ? "\"" : ",\"") + (escaped ? "\\" + names[id] : names[id]) +
               "\":" + std::to_string(id);
    }
    for (const std::string& pair : merges) pairs += (pairs.empty() ? "\"" : ",\"") + pair + "\"";
    return "{\"added_tokens\":[{\"id\":258,\"content\":\"<|endoftext|>\",\"special\":true}],"
           "\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false},"
           "\"model\":{\"type\":\"BPE\",\"vocab\":{" +
           vocab + "},\"merges\":[" + pairs + "]}}";
  }
};

// What both formats can get wrong in the same way.
std::vector<std::pair<std::string, SmallTokenizer>> BrokenTokenizers() {
  std::vector<std::pair<std::string, SmallTokenizer>> broken;
  const auto add = [&](const std::string& name) -> SmallTokenizer& {
    return broken.emplace_back(name, SmallTokenizer()).second;
  };
  add("merge_of_none").merges[0] = "h x e";
  add("merge_without_space").merges[0] = "he";
  add("merge_twice").merges.push_back("h e");
  add("merge_to_none").merges.push_back("e h");
  add("byte_missing").names[5] = "xyz";
  add("name_twice").names[257] = "he";
  add("name_of_no_bytes").names[257] = "\xe4\xb8\xad";
  add("name_not_utf8").names[257] = "\xff\xfe";
  add("empty_name").names[257] = "";
  add("long_name").names[257] = Repeated("the", 1000);
  return broken;
}

std::vector<Seed> GgufTokenizerSeeds() {
  std::vector<Seed> seeds = {{"good", SmallTokenizer().AsGguf(), true}};
  for (const auto& [name, tokenizer] : BrokenTokenizers()) {
    seeds.push_back({name, tokenizer.AsGguf()});
  }
  SmallTokenizer padded;
  padded.names.push_back("[PAD259]");
  padded.types.push_back(5);
  seeds.push_back({"padded", padded.AsGguf(), true});
  SmallTokenizer types;
  types.types.pop_back();
  seeds.push_back({"types_missing", types.AsGguf()});
  SmallTokenizer twice;
  twice.names[257] = "<|endoftext|>";
  twice.types[257] = 3;
  seeds.push_back({"added_twice", twice.AsGguf()});
  seeds.push_back({"without_values", Gguf({}, {})});
  return seeds;
}

std::vector<Seed> TokenizerJsonSeeds() {
  const std::string good = SmallTokenizer().AsJson();
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = good;
    const size_t at = changed.find(from);
    if (at == changed.npos) throw std::logic_error("the seed has no " + from);
    return changed.replace(at, from.size(), to);
  };
  std::vector<Seed> seeds = {{"good", good, true}};
  for (const auto& [name, tokenizer] : BrokenTokenizers()) {
    seeds.push_back({name, tokenizer.AsJson()});
  }
  const std::vector<Seed> others = {
      {"huge_id", with("\":257", "\":9223372036854775807")},
      {"negative_id", with("\":257", "\":-1")},
      {"gap", with("\":257", "\":300")},
      {"id_twice", with("\":257", "\":256")},
      {"id_as_text", with("\":257", "\":\"257\"")},
      {"far_id", with("\":257", "\":3999999")},
      {"added_far_id", with("\"id\":258", "\"id\":3999999")},
      {"added_far_away", with("\"id\":258", "\"id\":2000000000")},
      {"added_over_a_token", with("\"id\":258", "\"id\":3")},
      {"other_model", with("\"BPE\"", "\"WordPiece\"")},
      {"other_cut", with("\"ByteLevel\"", "\"Metaspace\"")},
      {"merges_as_object", with("\"merges\":[\"h e\",\"t he\"]", "\"merges\":{}")},
      {"deep", Repeated("{\"model\":", 5000)},
      {"not_json", "{\"model\""},
      {"nothing", ""},
  };
  seeds.insert(seeds.end(), others.begin(), others.end());
  return seeds;
}

}  // namespace

std::vector<Seed> SeedsFor(const std::string& target) {
  if (target == "safetensors") return SafetensorsSeeds();
  if (target == "shard_index") return ShardIndexSeeds();
  if (target == "config") return ConfigSeeds();
  if (target == "tf_checkpoint") return TfCheckpointSeeds();
  if (target == "pickle") return PickleSeeds();
  if (target == "torch_file") return TorchFileSeeds();
  if (target == "gguf") return GgufSeeds();
  if (target == "gguf_model") return GgufModelSeeds();
  if (target == "gguf_tokenizer") return GgufTokenizerSeeds();
  if (target == "tokenizer_json") return TokenizerJsonSeeds();
  throw std::invalid_argument("there is no fuzz target " + target);
}

}  // namespace gokart
