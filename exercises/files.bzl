"""The source files with exercises, chapter by chapter in the order of the workshop.

Of each file the library in the same package has the file's name without `.cc`.
"""

EXERCISE_FILES = [
    "ch02_data/bpe_tokenizer.cc",
    "ch02_data/bpe_trainer.cc",
    "ch02_data/byte_symbols.cc",
    "ch02_data/character_tokenizer.cc",
    "ch02_data/data_loader.cc",
    "ch02_data/input_embeddings.cc",
    "ch02_data/merge_piece.cc",
    "ch02_data/sliding_window_dataset.cc",
    "ch02_data/word_tokenizer.cc",
]
