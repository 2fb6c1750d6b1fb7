// The tensors of a GPT under the names, and in the layouts, that other programs expect.
//
//   for (const TensorToWrite& t : HuggingFaceTensors(model, DType::kF32)) ...
//   // transformer.wte.weight, ..., transformer.h.0.attn.c_attn.weight [C, 3C], ...
//
// They read the model's parameters when their values are asked for: it must live until then, and
// not be trained meanwhile.
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_GPT_TENSORS_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_GPT_TENSORS_H_

#include <vector>

#include "ch04_model/gpt_model.h"
#include "ch05_pretrain/weights/export/tensor_to_write.h"
#include "tensor/dtype.h"

namespace gokart {

/// What the workshop's GPTModel.load_state_dict(..., strict=True) expects, in its order: with
/// out_head.weight also where it is the token embedding, and the buffers att.mask [T, T], 1 above
/// the diagonal.
std::vector<TensorToWrite> WorkshopTensors(const GPTModel& model, DType dtype);

/// What save_pretrained of transformers' GPT2LMHeadModel writes: matrices [in, out]; query, key and
/// value side by side, always with a bias (zeros for a model without); lm_head.weight only if it is
/// not the token embedding.
std::vector<TensorToWrite> HuggingFaceTensors(const GPTModel& model, DType dtype);

/// What llama.cpp loads as gpt2, of the types that its converter chooses: vectors and the position
/// embedding stay F32, and where rows are not whole blocks of `dtype`, F16 takes its place. Biases
/// as for Hugging Face.
std::vector<TensorToWrite> GgufTensors(const GPTModel& model, DType dtype);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_GPT_TENSORS_H_
