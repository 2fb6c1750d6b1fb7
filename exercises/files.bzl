"""The source files with exercises, chapter by chapter in the order of the workshop.

Of each file the library in the same package has the file's name without `.cc`.
"""

EXERCISE_FILES = [
    "ch02_data/merge_piece.cc",
    "ch02_data/sliding_window_dataset.cc",
]
