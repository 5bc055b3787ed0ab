"""What a folder of training runs is known by, and which of its checkpoints counts; nothing slow is imported."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["find_checkpoint", "find_run", "is_run"]


def find_checkpoint(path: Path) -> Path:
    """Return the checkpoint that counts in a run folder: the one chosen, or the last where nothing was; any other path as it is.

    Args:
        path: A run folder or a checkpoint.
    """
    found = [path / "checkpoints" / name for name in ("best.ckpt", "last.ckpt")]
    return next((checkpoint for checkpoint in found if checkpoint.is_file()), path)


def find_run(path: Path) -> Path | None:
    """Return the run that a path means: itself, the one that a checkpoint lies in, the first of those in a folder; None if there is none.

    Args:
        path: Any path.
    """
    inner = sorted(left.parent for name in ("config.yaml", "runs.json") for left in path.glob(f"*/{name}"))
    meant = [path.absolute().parent.parent] if path.suffix == ".ckpt" else [path, *inner]
    return next((folder for folder in meant if is_run(folder)), None)


def is_run(path: Path) -> bool:
    """Whether a folder is what a training left: one run's, or that of several seeds or folds.

    Args:
        path: Any path.
    """
    if not os.access(path, os.X_OK):  # nothing there, or closed to us
        return False
    left = any((path / name).exists() for name in ("logs", "checkpoints", "ledger.jsonl", "metrics.json"))
    return (path / "runs.json").is_file() or (left and (path / "config.yaml").is_file())
