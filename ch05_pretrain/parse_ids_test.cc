#include "ch05_pretrain/parse_ids.h"

#include <gtest/gtest.h>

namespace gokart {
namespace {

TEST(ParseIds, ReadsRows) {
  EXPECT_EQ(*ParseIds("15496,11;40,716"), TokenIds({{15496, 11}, {40, 716}}));
  EXPECT_EQ(*ParseIds("0"), TokenIds({{0}}));
}

TEST(ParseIds, RefusesWhatIsNoBatch) {
  for (const char* text : {"", ",", "1,", "1,2;3", "1;", "-1", "1.5", "x", "99999999999", "1 2"}) {
    EXPECT_FALSE(ParseIds(text).ok()) << text;
  }
}

}  // namespace
}  // namespace gokart
