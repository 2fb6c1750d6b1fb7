"""The source files with exercises, chapter by chapter in the order of the workshop.

Of each file the library in the same package has the file's name without `.cc`.
"""

EXERCISE_FILES = [
    "tensor/kernels/layer_norm.cc",
    "tensor/kernels/softmax.cc",
    "tensor/ops/matmul.cc",
    "ch02_data/bpe_tokenizer.cc",
    "ch02_data/bpe_trainer.cc",
    "ch02_data/byte_symbols.cc",
    "ch02_data/character_tokenizer.cc",
    "ch02_data/data_loader.cc",
    "ch02_data/input_embeddings.cc",
    "ch02_data/merge_piece.cc",
    "ch02_data/pretokenizer.cc",
    "ch02_data/sliding_window_dataset.cc",
    "ch02_data/word_tokenizer.cc",
    "ch03_attention/causal_attention.cc",
    "ch03_attention/causal_mask.cc",
    "ch03_attention/fused_multi_head_attention.cc",
    "ch03_attention/multi_head_attention.cc",
    "ch03_attention/multi_head_attention_wrapper.cc",
    "ch03_attention/self_attention.cc",
    "ch03_attention/simplified_self_attention.cc",
    "ch04_model/feed_forward.cc",
    "ch04_model/generate.cc",
    "ch04_model/gpt_model.cc",
    "ch04_model/layer_norm.cc",
    "ch04_model/model_summary.cc",
    "ch04_model/shortcut_network.cc",
    "ch04_model/transformer_block.cc",
    "ch05_pretrain/generate.cc",
    "ch05_pretrain/learning_rate.cc",
    "ch05_pretrain/loss.cc",
    "ch05_pretrain/sampling.cc",
    "ch05_pretrain/trainer.cc",
]
