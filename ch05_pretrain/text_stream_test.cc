#include "ch05_pretrain/text_stream.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace gokart {
namespace {

// Ids are places in a list of pieces. As sentencepiece does it, a space at the very beginning of a
// decoded text is dropped if `drops_first_space`.
class Pieces : public Tokenizer {
 public:
  explicit Pieces(std::vector<std::string> pieces, bool drops_first_space = false)
      : pieces_(std::move(pieces)), drops_first_space_(drops_first_space) {}

  std::string name() const override { return "pieces"; }
  int vocab_size() const override { return static_cast<int>(pieces_.size()); }
  absl::StatusOr<std::vector<int32_t>> Encode(std::string_view,
                                              const SpecialTokens&) const override {
    return absl::UnimplementedError("");
  }
  std::string Decode(const std::vector<int32_t>& ids) const override {
    std::string text;
    for (int32_t id : ids) text += pieces_[static_cast<size_t>(id)];
    if (drops_first_space_ && !text.empty() && text[0] == ' ') text.erase(0, 1);
    return text;
  }
  std::optional<int32_t> SpecialToken(std::string_view) const override { return std::nullopt; }
  absl::Status Save(const std::string&) const override { return absl::OkStatus(); }

 private:
  std::vector<std::string> pieces_;
  bool drops_first_space_;
};

TEST(TextStream, HoldsBackHalfACharacter) {
  const Pieces tokenizer({"caf", "\xC3", "\xA9", "!"});  // é in two tokens
  TextStream stream(tokenizer, {});
  EXPECT_EQ(stream.Add(0), "caf");
  EXPECT_EQ(stream.Add(1), "");
  EXPECT_EQ(stream.Add(2), "\xC3\xA9");
  EXPECT_EQ(stream.Add(3), "!");
  EXPECT_EQ(stream.Add(1), "");
  EXPECT_EQ(stream.Finish(), "\xC3");  // that's all there is
  EXPECT_EQ(stream.Finish(), "");
}

TEST(TextStream, StopsAtAStringThatSpansTokens) {
  const Pieces tokenizer({"one E", "N", "D two", "E", "x"});
  TextStream stream(tokenizer, {"END"});
  EXPECT_EQ(stream.Add(0), "one ");  // "E" may be the beginning
  EXPECT_EQ(stream.Add(1), "");
  EXPECT_FALSE(stream.stopped());
  EXPECT_EQ(stream.Add(2), "");
  EXPECT_TRUE(stream.stopped());
  EXPECT_EQ(stream.Add(3), "");
  EXPECT_EQ(stream.Finish(), "");
}

TEST(TextStream, ShowsWhatOnlyLookedLikeAStop) {
  const Pieces tokenizer({"one E", "N", "D two", "E", "x"});
  TextStream stream(tokenizer, {"END", ""});
  EXPECT_EQ(stream.Add(0), "one ");
  EXPECT_EQ(stream.Add(3), "E");  // "EE": the second may begin one
  EXPECT_EQ(stream.Add(4), "Ex");
  EXPECT_EQ(stream.Add(3), "");
  EXPECT_EQ(stream.Finish(), "E");
}

TEST(TextStream, TheEarliestOfSeveralStopsCounts) {
  const Pieces tokenizer({"a b c d"});
  TextStream stream(tokenizer, {"d", "b"});
  EXPECT_EQ(stream.Add(0), "a ");
  EXPECT_TRUE(stream.stopped());
}

// "aab" within "aaab": the held-back start of a stop string is the longest one.
TEST(TextStream, OverlappingStarts) {
  const Pieces tokenizer({"a", "b"});
  TextStream stream(tokenizer, {"aab"});
  EXPECT_EQ(stream.Add(0), "");
  EXPECT_EQ(stream.Add(0), "");
  EXPECT_EQ(stream.Add(0), "a");
  EXPECT_EQ(stream.Add(1), "");
  EXPECT_TRUE(stream.stopped());
}

TEST(TextStream, KeepsSpacesThatATokenizerDropsAtTheBeginning) {
  const Pieces tokenizer({" Once", " upon", " a"}, /*drops_first_space=*/true);
  TextStream stream(tokenizer, {}, /*before=*/0);
  EXPECT_EQ(stream.Add(1), " upon");
  EXPECT_EQ(stream.Add(2), " a");
  TextStream fresh(tokenizer, {});
  EXPECT_EQ(fresh.Add(0), "Once");
  EXPECT_EQ(fresh.Add(1), " upon");
}

}  // namespace
}  // namespace gokart
