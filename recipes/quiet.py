"""Warnings of Lightning's that say nothing to a user of a recipe, each named with its reason: `train` and `evaluate` run inside."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["quiet_lightning"]


@contextmanager
def quiet_lightning() -> Iterator[None]:
    """Leave out the warnings listed here while the block runs; all others show as ever."""
    with warnings.catch_warnings():
        # a memory map needs no workers, and on few cores they only take time from the training
        warnings.filterwarnings("ignore", message="The '.*_dataloader' does not have many workers")
        # Lightning calls jsonargparse and torch by names that newer versions are about to drop
        warnings.filterwarnings("ignore", message=r"\s*By default only one JsonargparseDeprecationWarning", category=DeprecationWarning)
        warnings.filterwarnings("ignore", message=r"\s*``instantiate_classes``", category=DeprecationWarning)
        warnings.filterwarnings("ignore", message=r"`isinstance\(treespec, LeafSpec\)` is deprecated", category=FutureWarning)
        yield
