"""What a folder of training runs is known by: a path comes in, whether it is one goes out, before anything slow is imported."""

from __future__ import annotations

from pathlib import Path

__all__ = ["is_run"]


def is_run(path: Path) -> bool:
    """Whether a folder is what a training left: one run's, or that of several seeds or folds.

    Args:
        path: Any path.
    """
    left = any((path / name).exists() for name in ("logs", "checkpoints", "ledger.jsonl", "metrics.json"))
    return (path / "runs.json").is_file() or (left and (path / "config.yaml").is_file())
