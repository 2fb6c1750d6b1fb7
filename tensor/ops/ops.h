// All differentiable operations; PyTorch's torch.nn.functional.
#ifndef GOKART_TENSOR_OPS_OPS_H_
#define GOKART_TENSOR_OPS_OPS_H_

#include "tensor/ops/arithmetic.h"
#include "tensor/ops/attention.h"
#include "tensor/ops/cross_entropy.h"
#include "tensor/ops/delta_rule.h"
#include "tensor/ops/dropout.h"
#include "tensor/ops/embedding.h"
#include "tensor/ops/layout.h"
#include "tensor/ops/linear.h"
#include "tensor/ops/matmul.h"
#include "tensor/ops/norm.h"
#include "tensor/ops/reduce.h"
#include "tensor/ops/rope.h"
#include "tensor/ops/softmax.h"
#include "tensor/ops/swiglu.h"
#include "tensor/ops/unary.h"

#endif  // GOKART_TENSOR_OPS_OPS_H_
