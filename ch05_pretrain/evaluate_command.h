// `eval` and `logits`: what a trained model thinks of a text.
#ifndef GOKART_CH05_PRETRAIN_EVALUATE_COMMAND_H_
#define GOKART_CH05_PRETRAIN_EVALUATE_COMMAND_H_

#include "workshop/command_line.h"

namespace gokart {

Command EvaluateCommand();
Command LogitsCommand();

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_EVALUATE_COMMAND_H_
