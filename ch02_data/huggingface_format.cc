#include "ch02_data/huggingface_format.h"

#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ch02_data/byte_symbols.h"
#include "ch02_data/vocabulary_file.h"
#include "nlohmann/json.hpp"
#include "workshop/file.h"
#include "workshop/json_file.h"

namespace gokart {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 32;  // of arrays and objects: nothing is nested deeply
using IdOf = std::unordered_map<std::string, int32_t>;

absl::Status Wrong(const std::string& where, const std::string& expected, const Json& found) {
  std::string text = found.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > 100) text = text.substr(0, 100) + "...";
  return absl::InvalidArgumentError(absl::StrCat(where, ": expected ", expected, ", found ", text));
}

absl::Status Unsupported(const std::string& where, const Json& found) {
  return absl::UnimplementedError(
      absl::StrCat(Wrong(where, "a byte-level BPE that cuts text as GPT-2 does", found).message()));
}

// The member `name` of an object, null if it is absent (or `object` is none).
const Json& Member(const Json& object, const char* name) {
  static const Json null;
  if (!object.is_object()) return null;
  const auto found = object.find(name);
  return found == object.end() ? null : *found;
}

bool IsTrue(const Json& value) { return value.is_boolean() && value.get<bool>(); }
bool IsUnset(const Json& value) {
  return value.is_null() || value == Json(false) || value == Json("") || value == Json(0) ||
         value == Json(0.0);
}

absl::Status CheckByteLevel(const Json& root) {
  if (!Member(root, "normalizer").is_null()) {
    return Unsupported("normalizer", root["normalizer"]);
  }
  const Json& cut = Member(root, "pre_tokenizer");
  const Json& use_regex = Member(cut, "use_regex");
  if (Member(cut, "type") != "ByteLevel" || !IsUnset(Member(cut, "add_prefix_space")) ||
      !(use_regex.is_null() || IsTrue(use_regex))) {
    return Unsupported("pre_tokenizer", cut);
  }
  const Json& post = Member(root, "post_processor");
  if (!post.is_null() && Member(post, "type") != "ByteLevel") {
    return Unsupported("post_processor", post);
  }
  return absl::OkStatus();
}

absl::Status CheckModel(const Json& model) {
  const Json& type = Member(model, "type");
  if (!type.is_null() && type != "BPE") return Unsupported("model.type", type);
  for (const char* option :
       {"dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback"}) {
    if (!IsUnset(Member(model, option))) {
      return Unsupported(absl::StrCat("model.", option), model[option]);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<int32_t> IdFrom(const std::string& where, const Json& value) {
  if (!value.is_number_integer() || value < 0 || value >= BpeVocabulary::kMaxTokens) {
    return Wrong(where, absl::StrCat("an id below ", BpeVocabulary::kMaxTokens), value);
  }
  return value.get<int32_t>();
}

absl::StatusOr<IdOf> ReadVocab(const Json& vocab) {
  if (!vocab.is_object()) return Wrong("model.vocab", "an object of tokens and ids", vocab);
  IdOf id_of;
  for (const auto& [name, value] : vocab.items()) {
    const absl::StatusOr<int32_t> id = IdFrom(absl::StrCat("model.vocab[\"", name, "\"]"), value);
    if (!id.ok()) return id.status();
    id_of.emplace(name, *id);
  }
  return id_of;
}

absl::StatusOr<AddedToken> ReadAddedToken(const std::string& where, const Json& entry) {
  const Json& content = Member(entry, "content");
  if (!content.is_string()) return Wrong(where, "an object with content and id", entry);
  const absl::StatusOr<int32_t> id = IdFrom(where + ".id", Member(entry, "id"));
  if (!id.ok()) return id.status();
  for (const char* option : {"single_word", "lstrip", "rstrip"}) {
    if (!IsUnset(Member(entry, option))) return Unsupported(where + "." + option, entry);
  }
  return AddedToken{content.get<std::string>(), *id, IsTrue(Member(entry, "special"))};
}

// Moves added tokens that the vocabulary lists too out of it.
absl::StatusOr<std::vector<AddedToken>> ReadAddedTokens(const Json& list, IdOf* id_of) {
  std::vector<AddedToken> added;
  if (list.is_null()) return added;
  if (!list.is_array()) return Wrong("added_tokens", "an array", list);
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string where = absl::StrCat("added_tokens[", i, "]");
    absl::StatusOr<AddedToken> token = ReadAddedToken(where, list[i]);
    if (!token.ok()) return token.status();
    const auto listed = id_of->find(token->text);
    if (listed != id_of->end()) {
      if (listed->second != token->id) {
        return Wrong(where, absl::StrCat("the id ", listed->second, " of model.vocab"), list[i]);
      }
      id_of->erase(listed);
    }
    added.push_back(*std::move(token));
  }
  return added;
}

// Of a vocabulary of `count` tokens, in which no id can be larger.
absl::StatusOr<std::vector<std::string>> TokenBytes(const IdOf& id_of, size_t count) {
  std::vector<std::string> tokens;
  for (const auto& [name, id] : id_of) {
    const std::optional<std::string> bytes = FromSymbols(name);
    if (!bytes || bytes->empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "model.vocab[\"", name, "\"]: expected characters that each stand for a byte"));
    }
    if (id >= static_cast<int32_t>(count)) {
      return absl::InvalidArgumentError(absl::StrCat("model.vocab[\"", name, "\"]: the id ", id,
                                                     " is too large: there are ", count,
                                                     " tokens"));
    }
    if (id >= static_cast<int32_t>(tokens.size())) tokens.resize(id + 1);
    if (!tokens[id].empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("model.vocab[\"", name, "\"]: the id ", id, " is there twice"));
    }
    tokens[id] = *bytes;
  }
  return tokens;
}

// A merge is "a b" or, in newer files, ["a", "b"].
absl::StatusOr<std::pair<int, int>> ReadMerge(const std::string& where, const Json& entry,
                                              const IdOf& id_of) {
  std::string left, right;
  if (entry.is_string()) {
    const std::string& text = entry.get_ref<const std::string&>();
    const size_t space = text.find(' ');
    left = text.substr(0, space);
    if (space != text.npos) right = text.substr(space + 1);
  } else if (entry.is_array() && entry.size() == 2 && entry[0].is_string() &&
             entry[1].is_string()) {
    left = entry[0].get<std::string>();
    right = entry[1].get<std::string>();
  }
  const auto left_id = id_of.find(left), right_id = id_of.find(right);
  if (left_id == id_of.end() || right_id == id_of.end()) {
    return Wrong(where, "two tokens of model.vocab", entry);
  }
  return std::pair(left_id->second, right_id->second);
}

absl::StatusOr<std::vector<std::pair<int, int>>> ReadMerges(const Json& list, const IdOf& id_of) {
  if (!list.is_array()) return Wrong("model.merges", "an array", list);
  std::vector<std::pair<int, int>> merges;
  for (size_t i = 0; i < list.size(); ++i) {
    const absl::StatusOr<std::pair<int, int>> merge =
        ReadMerge(absl::StrCat("model.merges[", i, "]"), list[i], id_of);
    if (!merge.ok()) return merge.status();
    merges.push_back(*merge);
  }
  return merges;
}

absl::StatusOr<BpeVocabulary> FromJson(const Json& root) {
  const Json& model = Member(root, "model");
  if (!model.is_object()) return Wrong("model", "an object", model);
  absl::Status status = CheckByteLevel(root);
  if (status.ok()) status = CheckModel(model);
  if (!status.ok()) return status;

  absl::StatusOr<IdOf> id_of = ReadVocab(Member(model, "vocab"));
  if (!id_of.ok()) return id_of.status();
  absl::StatusOr<std::vector<AddedToken>> added =
      ReadAddedTokens(Member(root, "added_tokens"), &*id_of);
  if (!added.ok()) return added.status();
  absl::StatusOr<std::vector<std::string>> tokens =
      TokenBytes(*id_of, id_of->size() + added->size());
  if (!tokens.ok()) return tokens.status();
  const auto merges = ReadMerges(Member(model, "merges"), *id_of);
  if (!merges.ok()) return merges.status();
  absl::StatusOr<BpeVocabulary> vocabulary =
      BpeVocabulary::FromMerges(*std::move(tokens), *merges, *std::move(added));
  if (vocabulary.ok()) vocabulary->set_whole_pieces_first(IsTrue(Member(model, "ignore_merges")));
  return vocabulary;
}

std::string AddedTokensJson(const std::vector<AddedToken>& added) {
  std::string json;
  for (const AddedToken& token : added) {
    absl::StrAppend(&json, json.empty() ? "" : ",", "\n    {\"id\": ", token.id,
                    ", \"content\": ", JsonString(token.text, false),
                    ", \"single_word\": false, \"lstrip\": false, \"rstrip\": false, ",
                    "\"normalized\": false, \"special\": ", token.special ? "true" : "false", "}");
  }
  return json;
}

}  // namespace

absl::StatusOr<BpeVocabulary> LoadHuggingFace(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path, kMaxVocabularyFile);
  if (!text.ok()) return text.status();
  return ParseHuggingFace(*text, path);
}

absl::StatusOr<BpeVocabulary> ParseHuggingFace(std::string_view text, const std::string& path) {
  const absl::StatusOr<Json> root = ParseJson(text, path, kMaxDepth);
  if (!root.ok()) return root.status();
  absl::StatusOr<BpeVocabulary> vocabulary = FromJson(*root);
  if (!vocabulary.ok()) return InFile(path, vocabulary.status());
  return vocabulary;
}

absl::Status SaveHuggingFace(const BpeVocabulary& vocabulary, const std::string& path) {
  const absl::StatusOr<std::vector<std::string>> names = NamesInJson(vocabulary);
  if (!names.ok()) return InFile(path, names.status());
  const absl::StatusOr<std::vector<Merge>> merges = MergesToWrite(vocabulary);
  if (!merges.ok()) return InFile(path, merges.status());

  std::string json = absl::StrCat(
      "{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n  \"padding\": null,\n",
      "  \"added_tokens\": [", AddedTokensJson(vocabulary.added_tokens()), "\n  ],\n",
      "  \"normalizer\": null,\n",
      "  \"pre_tokenizer\": {\"type\": \"ByteLevel\", \"add_prefix_space\": false, ",
      "\"trim_offsets\": true, \"use_regex\": true},\n",
      "  \"post_processor\": {\"type\": \"ByteLevel\", \"add_prefix_space\": true, ",
      "\"trim_offsets\": false, \"use_regex\": true},\n",
      "  \"decoder\": {\"type\": \"ByteLevel\", \"add_prefix_space\": true, ",
      "\"trim_offsets\": true, \"use_regex\": true},\n",
      "  \"model\": {\n    \"type\": \"BPE\",\n    \"dropout\": null,\n    \"unk_token\": null,\n",
      "    \"continuing_subword_prefix\": \"\",\n    \"end_of_word_suffix\": \"\",\n",
      "    \"fuse_unk\": false,\n    \"byte_fallback\": false,\n    \"ignore_merges\": ",
      vocabulary.whole_pieces_first() ? "true" : "false", ",\n    \"vocab\": {");
  for (size_t id = 0; id < names->size(); ++id) {
    absl::StrAppend(&json, id == 0 ? "\n" : ",\n", "      ", JsonString((*names)[id], false), ": ",
                    id);
  }
  json += "\n    },\n    \"merges\": [";
  for (size_t i = 0; i < merges->size(); ++i) {
    const std::string pair = (*names)[(*merges)[i].left] + " " + (*names)[(*merges)[i].right];
    absl::StrAppend(&json, i == 0 ? "\n" : ",\n", "      ", JsonString(pair, false));
  }
  json += "\n    ]\n  }\n}\n";
  return WriteFile(path, json);
}

}  // namespace gokart
