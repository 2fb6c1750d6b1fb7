// Einstein's summation convention: a product of two tensors, said in letters. Each axis gets one;
// what both factors share and the result lacks is summed over.
//
//   Einsum("bti,io->bto", x, w)        // a linear layer
//   Einsum("bthd,bshd->bhts", q, k)    // each head's scores, without cutting or moving anything
#ifndef GOKART_CH03_ATTENTION_VARIANTS_EINSUM_H_
#define GOKART_CH03_ATTENTION_VARIANTS_EINSUM_H_

#include <string>

#include "tensor/tensor.h"

namespace gokart {

/// The product that `letters` describes, with its gradient, by one matrix product: the axes are put
/// in order (shared by all three, of one factor, summed over), multiplied, and put where the result
/// wants them. A letter must be in two of the three terms at least, and once in each. Throws
/// std::invalid_argument, with the letters and both shapes, when they do not fit.
Tensor Einsum(const std::string& letters, const Tensor& a, const Tensor& b);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_VARIANTS_EINSUM_H_
