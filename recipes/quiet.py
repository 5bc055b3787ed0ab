"""What Lightning says that says nothing to a user of a recipe: `train` and `evaluate` run with it left out."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["quiet_lightning"]


@contextmanager
def quiet_lightning() -> Iterator[None]:
    """Leave out Lightning's news (hardware that is not there, other products) and warnings listed here; others show, a plain line each."""
    loggers = [logging.getLogger(name) for name in ("lightning", "lightning.fabric", "lightning.pytorch")]
    levels, form = [logger.level for logger in loggers], warnings.formatwarning
    for logger in loggers:
        logger.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            _ignore_warnings()
            warnings.formatwarning = lambda message, *_, **__: f"{message}\n"  # else with the line of code that gave it
            yield
    finally:
        warnings.formatwarning = form
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _ignore_warnings() -> None:
    # a memory map needs no workers, and on few cores they only take time from the training
    warnings.filterwarnings("ignore", message="The '.*_dataloader' does not have many workers")
    # Lightning calls jsonargparse and torch by names that newer versions are about to drop
    warnings.filterwarnings("ignore", message=r"\s*By default only one JsonargparseDeprecationWarning", category=DeprecationWarning)
    warnings.filterwarnings("ignore", message=r"\s*``instantiate_classes``", category=DeprecationWarning)
    warnings.filterwarnings("ignore", message=r"`isinstance\(treespec, LeafSpec\)` is deprecated", category=FutureWarning)
    # a run that is resumed goes on where its checkpoints lie
    warnings.filterwarnings("ignore", message="Checkpoint directory .* exists and is not empty")
    # where val is trained on, there is nothing to validate
    warnings.filterwarnings("ignore", message="Total length of `list` across ranks is zero")
    # small data sets have few batches; every epoch is logged all the same
    warnings.filterwarnings("ignore", message="The number of training batches .* is smaller than the logging interval")
    # a rank that was left without samples has nothing to add when metrics are summed over all ranks
    warnings.filterwarnings("ignore", message="The ``compute`` method of metric .* was called before the ``update``")
