#include "ch05_pretrain/default_runs.h"

#include "ch04_model/gpt_config.h"

namespace gokart {

PretrainOptions TextRunOptions() {
  PretrainOptions o;
  o.model = *FindGptConfig("laptop");
  o.batch_size = 2;
  o.num_epochs = 10;
  return o;
}

PretrainOptions StoryRunOptions() {
  PretrainOptions o;
  o.model = *FindGptConfig("laptop");
  o.model.emb_dim = 128;  // a million weights, which learn more per minute than two million
  o.model.n_heads = 4;
  o.model.context_length = 160;  // holds the longest story
  o.model.drop_rate = 0;         // every story is new: there is nothing to overfit
  o.rows = "documents";
  o.story_characters = 20000000;
  o.tokenizer = "bpe:1500";  // nearly every word is one token
  o.train_ratio = 0.99;
  o.batch_size = 24;
  o.num_epochs = 1;
  o.learning_rate = 4e-3;
  o.warmup_steps = 50;
  o.min_learning_rate = 0;
  o.max_grad_norm = 1;
  o.eval_freq = 100;
  o.start_context = "<|endoftext|>";
  return o;
}

}  // namespace gokart
