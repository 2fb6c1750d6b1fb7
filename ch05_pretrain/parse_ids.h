// Token ids as people type them.
#ifndef GOKART_CH05_PRETRAIN_PARSE_IDS_H_
#define GOKART_CH05_PRETRAIN_PARSE_IDS_H_

#include <string>

#include "absl/status/statusor.h"
#include "tensor/token_ids.h"

namespace gokart {

/// "15496,11;40,716" -> [[15496, 11], [40, 716]]. Errors: not whole numbers from 0 on, rows of
/// different lengths, nothing at all.
absl::StatusOr<TokenIds> ParseIds(const std::string& text);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_PARSE_IDS_H_
