// What `train` does where no flag says otherwise.
#ifndef GOKART_CH05_PRETRAIN_DEFAULT_RUNS_H_
#define GOKART_CH05_PRETRAIN_DEFAULT_RUNS_H_

#include "ch05_pretrain/pretrain_options.h"

namespace gokart {

/// For a text of one's own: the workshop's settings (section 5.2) on the laptop model.
PretrainOptions TextRunOptions();

/// Without a text: the laptop model on stories from the grammar, one pass, about three minutes on
/// two cores. Ends close to the stories' entropy.
PretrainOptions StoryRunOptions();

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_DEFAULT_RUNS_H_
