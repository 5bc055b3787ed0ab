"""A vocabulary to learn from; in plain types and tensors, as checkpoints keep it, and back: datamodules share it with prediction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from toolkit.dataset_file import DatasetFile
from toolkit.errors import DataError, printable
from toolkit.text import Vocabulary
from toolkit.text.vocabulary import SPECIALS

__all__ = ["holds_whole_files", "load_vocabulary", "restore_vocabulary", "vocabulary_state"]


def load_vocabulary(file: DatasetFile, where: str) -> Vocabulary:
    """Take the vocabulary of a dataset file to learn from.

    Args:
        file: A dataset file of texts.
        where: Who asks, for the message.

    Raises:
        DataError: If it has none of ours, or no word beside the specials.
    """
    vocabulary = Vocabulary.load(file)
    if len(vocabulary) == len(SPECIALS):
        fix, at = "Preprocess with a lower --min-count, or more text.", printable(file.path)
        raise DataError(f"{where}: vocabulary must hold words beside its {len(SPECIALS)} specials, got none in {at}. {fix}")
    return vocabulary


def vocabulary_state(vocabulary: Vocabulary) -> dict[str, Any]:
    """Return what rebuilds a vocabulary, loadable with ``weights_only=True``.

    Args:
        vocabulary: Of a dataset file.
    """
    counts, documents = (torch.tensor(values) for values in (vocabulary.counts, vocabulary.documents))
    words = list(vocabulary.words)
    return {"words": words, "counts": counts, "documents": documents, "num_documents": vocabulary.num_documents}


def holds_whole_files(file: DatasetFile) -> bool:
    """Tell whether each text was a file of its own, not a line or a cell of one: so is what is predicted, then.

    Args:
        file: A dataset file of texts.
    """
    return all(name.lower().endswith(".txt") for name in file[file.splits[0]].source[:1])


def restore_vocabulary(state: Mapping[str, Any]) -> Vocabulary:
    """Undo `vocabulary_state`.

    Args:
        state: What it returned.
    """
    return Vocabulary(tuple(state["words"]), state["counts"].numpy(), state["documents"].numpy(), state["num_documents"])
