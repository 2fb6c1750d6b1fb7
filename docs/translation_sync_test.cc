#include "docs/translation_sync.h"

#include <gtest/gtest.h>

#include <string>

namespace gokart::docs {
namespace {

const char kOriginal[] = R"(# Tea

<!-- not run: hot -->
```sh
boil 2
pour
```

Words.

    an indented
    formula

<!-- exercises of tea -->

| 1 | Stir |

<!-- end of exercises -->

The end.
)";

TEST(TranslationSync, TakesBlocksAndKeepsWords) {
  const std::string translation = R"(<!-- note: translation of README.md 0 -->
# 차

```sh
boil 1
```

말.

    a formula

<!-- exercises of tea -->
| 1 | Pour |
| 2 | Drink |
<!-- end of exercises -->

끝.
)";
  const std::string expected = R"(<!-- note: translation of README.md 0 -->
# 차

<!-- not run: hot -->
```sh
boil 2
pour
```

말.

    an indented
    formula

<!-- exercises of tea -->

| 1 | Stir |

<!-- end of exercises -->

끝.
)";
  const auto synced = WithBlocksOf(kOriginal, translation);
  ASSERT_TRUE(synced.ok()) << synced.status();
  EXPECT_EQ(*synced, expected);
  EXPECT_EQ(*WithBlocksOf(kOriginal, *synced), expected) << "a second time";
}

TEST(TranslationSync, AFenceWithoutAnEndGoesToTheEnd) {
  const auto synced = WithBlocksOf("# Tea\n\n```sh\nboil 2\npour", "# 차\n\n```sh\nboil 1");
  ASSERT_TRUE(synced.ok()) << synced.status();
  EXPECT_EQ(*synced, "# 차\n\n```sh\nboil 2\npour");
}

TEST(TranslationSync, RefusesOtherNumbers) {
  const auto synced = WithBlocksOf(kOriginal, "# 차\n\n```sh\nboil 1\n```\n");
  ASSERT_FALSE(synced.ok());
  EXPECT_EQ(synced.status().message(),
            "the original has 3 code blocks and tables of exercises, the translation 1");
}

}  // namespace
}  // namespace gokart::docs
