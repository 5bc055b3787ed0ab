"""Texts for any Lightning project: the words of a dataset file become padded rows, n-gram ids, windows, or words in context."""

from datamodules.text.contexts import ContextDraw, Contexts
from datamodules.text.module import TextDataModule
from datamodules.text.ngrams import Ngrams
from datamodules.text.sequences import Sequences
from datamodules.text.stretches import StretchDataset
from datamodules.text.window import WindowDataModule, WindowDataset
from datamodules.text.word_context import WordContextDataModule
from datamodules.text.word_state import restore_vocabulary, vocabulary_state

__all__ = [
    "ContextDraw",
    "Contexts",
    "Ngrams",
    "Sequences",
    "StretchDataset",
    "TextDataModule",
    "WindowDataModule",
    "WindowDataset",
    "WordContextDataModule",
    "restore_vocabulary",
    "vocabulary_state",
]
