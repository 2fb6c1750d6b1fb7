// Of the seeds, each reader accepts the good ones and refuses all others.
#include "ch05_pretrain/weights/fuzz/seeds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>

#include "ch02_data/huggingface_format.h"
#include "ch05_pretrain/weights/gguf/gguf_file.h"
#include "ch05_pretrain/weights/gguf/gguf_vocabulary.h"
#include "ch05_pretrain/weights/gguf/open_gguf.h"
#include "ch05_pretrain/weights/load_model.h"
#include "ch05_pretrain/weights/publisher_config.h"
#include "ch05_pretrain/weights/shard_index.h"
#include "ch05_pretrain/weights/strict_json.h"
#include "ch05_pretrain/weights/tf_checkpoint.h"
#include "ch05_pretrain/weights/torch_file.h"
#include "tensor/safetensors.h"

namespace gokart {
namespace {

using ::testing::HasSubstr;
using Read = std::function<absl::Status(const std::string&)>;

std::span<const std::byte> Bytes(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// Runs a target's seeds through its reader.
std::map<std::string, std::string> Errors(const std::string& target, const Read& read) {
  std::map<std::string, std::string> errors;
  int good = 0;
  for (const Seed& seed : SeedsFor(target)) {
    const absl::Status status = read(seed.bytes);
    EXPECT_EQ(status.ok(), seed.good) << target << ": " << seed.name << ": " << status;
    const std::string path = status.ok() ? "" : "the/path";
    EXPECT_THAT(std::string(status.message()), HasSubstr(path)) << seed.name;
    errors[seed.name] = std::string(status.message());
    good += seed.good;
  }
  EXPECT_GT(good, 0) << target;
  return errors;
}

absl::Status ReadPickle(const std::string& pickle) {
  const std::vector<std::byte> storage(256);
  TensorFile file;
  file.path = "the/path";
  return ReadTorchEntries({{"m/data.pkl", Bytes(pickle), 0}, {"m/data/0", storage, 0}}, 4096, file);
}

TEST(SeedsTest, Safetensors) {
  Errors("safetensors", [](const std::string& bytes) {
    return ParseSafetensors(Bytes(bytes), "the/path").status();
  });
}

TEST(SeedsTest, ShardIndex) {
  auto errors = Errors("shard_index", [](const std::string& text) {
    return ParseShardIndex(text, "the/path").status();
  });
  EXPECT_THAT(errors["path_upwards"], HasSubstr("\"../x\", expected the name of a file beside"));
  EXPECT_THAT(errors["map_twice"], HasSubstr("the key \"weight_map\" is given twice"));
}

TEST(SeedsTest, Config) {
  auto errors = Errors("config", [](const std::string& text) {
    const auto json = ParseStrictly(text, "the/path");
    return json.ok() ? ReadPublisherConfig(*json, "the/path").status() : json.status();
  });
  EXPECT_THAT(errors["llama"], HasSubstr("model_type is \"llama\", expected \"gpt2\""));
  EXPECT_THAT(errors["negative"], HasSubstr("n_head is -1, expected a whole number"));
}

TEST(SeedsTest, TfCheckpoint) {
  auto errors = Errors("tf_checkpoint", [](const std::string& bytes) {
    return ParseTfIndex(Bytes(bytes), "the/path").status();
  });
  EXPECT_THAT(errors["huge_block"], HasSubstr("the block of 1099511627776 bytes at offset 0"));
  EXPECT_THAT(errors["snappy_bomb"], HasSubstr("compressed from more than it can be"));
}

TEST(SeedsTest, Pickle) {
  auto errors = Errors("pickle", ReadPickle);
  EXPECT_THAT(errors["code"], HasSubstr("m/data.pkl: pickle: offset 2: GLOBAL \"os.system\""));
  EXPECT_THAT(errors["code_by_stack"], HasSubstr("GLOBAL \"builtins.eval\""));
  EXPECT_THAT(errors["name_twice"], HasSubstr("tensor \"a\" is there twice"));
  EXPECT_THAT(errors["repeated"], HasSubstr("is not within \"m/data/0\" of 64 numbers"));
}

TEST(SeedsTest, TorchFile) {
  auto errors = Errors("torch_file", [](const std::string& bytes) {
    TensorFile file;
    file.path = "the/path";
    return ReadTorchArchive(Bytes(bytes), file);
  });
  EXPECT_THAT(errors["absolute_path"], HasSubstr("\"/etc/passwd\" leads elsewhere"));
  EXPECT_THAT(errors["compressed"], HasSubstr("is compressed or encrypted"));
  EXPECT_THAT(errors["overlapping"], HasSubstr("offset"));
  EXPECT_THAT(errors["name_twice"], HasSubstr("\"m/data/0\" is there twice"));
}

TEST(SeedsTest, Gguf) {
  Errors("gguf",
         [](const std::string& bytes) { return ParseGguf(Bytes(bytes), "the/path").status(); });
}

TEST(SeedsTest, GgufModel) {
  auto errors = Errors("gguf_model", [](const std::string& bytes) {
    absl::StatusOr<WeightFile> file = ReadGguf(Bytes(bytes), "the/path");
    return file.ok() ? LoadModel(*std::move(file)).status() : file.status();
  });
  EXPECT_THAT(errors["llama"], HasSubstr("general.architecture is llama, expected gpt2"));
  EXPECT_THAT(errors["many_layers"], HasSubstr("of 2000000000 layers"));
  EXPECT_THAT(errors["long_context"], HasSubstr("pos_emb.weight is F32 [3, 2], expected"));
  EXPECT_THAT(errors["qkv_not_in_three"], HasSubstr("[5, 2]: expected 3 equal parts"));
  EXPECT_THAT(errors["left_over"], HasSubstr("is left over"));
}

TEST(SeedsTest, GgufTokenizer) {
  auto errors = Errors("gguf_tokenizer", [](const std::string& bytes) {
    const absl::StatusOr<GgufContents> contents = ParseGguf(Bytes(bytes), "the/path");
    return contents.ok() ? VocabularyFromGguf(contents->metadata, "the/path").status()
                         : contents.status();
  });
  EXPECT_THAT(errors["merge_of_none"], HasSubstr("tokenizer.ggml.merges[0]"));
  EXPECT_THAT(errors["name_of_no_bytes"], HasSubstr("tokenizer.ggml.tokens[257]"));
}

TEST(SeedsTest, TokenizerJson) {
  auto errors = Errors("tokenizer_json", [](const std::string& text) {
    return ParseHuggingFace(text, "the/path").status();
  });
  EXPECT_THAT(errors["merge_of_none"], HasSubstr("model.merges[0]"));
  EXPECT_THAT(errors["other_cut"], HasSubstr("Metaspace"));
  EXPECT_THAT(errors["far_id"], HasSubstr("the id 3999999 is too large: there are 259 tokens"));
  EXPECT_THAT(errors["added_far_id"], HasSubstr("though there are at most 259 tokens"));
}

TEST(SeedsTest, UnknownTargets) { EXPECT_THROW(SeedsFor("x"), std::invalid_argument); }

}  // namespace
}  // namespace gokart
