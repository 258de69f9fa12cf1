"""The text stage: which words the masked texts of a month hold, as model.word_count."""

from pipeline.text.dictionary import read as dictionary_of
from pipeline.text.run import count_words

__all__ = ["count_words", "dictionary_of"]
