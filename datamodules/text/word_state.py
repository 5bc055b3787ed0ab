"""A vocabulary in plain types and tensors, as checkpoints keep it, and back; datamodules of texts share it with prediction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from toolkit.text import Vocabulary

__all__ = ["restore_vocabulary", "vocabulary_state"]


def vocabulary_state(vocabulary: Vocabulary) -> dict[str, Any]:
    """Return what rebuilds a vocabulary, loadable with ``weights_only=True``.

    Args:
        vocabulary: Of a dataset file.
    """
    counts, documents = (torch.tensor(values) for values in (vocabulary.counts, vocabulary.documents))
    words = list(vocabulary.words)
    return {"words": words, "counts": counts, "documents": documents, "num_documents": vocabulary.num_documents}


def restore_vocabulary(state: Mapping[str, Any]) -> Vocabulary:
    """Undo `vocabulary_state`.

    Args:
        state: What it returned.
    """
    return Vocabulary(tuple(state["words"]), state["counts"].numpy(), state["documents"].numpy(), state["num_documents"])
