"""The text stage: which words the masked texts of a month hold, as model.word_count."""

from pipeline.text.dictionary import cutter_of_names
from pipeline.text.run import count_words

__all__ = ["count_words", "cutter_of_names"]
