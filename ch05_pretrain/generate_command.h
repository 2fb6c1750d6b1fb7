// `generate`: continues prompts with a trained model.
#ifndef GOKART_CH05_PRETRAIN_GENERATE_COMMAND_H_
#define GOKART_CH05_PRETRAIN_GENERATE_COMMAND_H_

#include "workshop/command_line.h"

namespace gokart {

Command GenerateCommand();

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_GENERATE_COMMAND_H_
