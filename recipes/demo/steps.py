"""What the demos do alike, step by step: options and files come in; commands said, trained networks and their figures go out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from recipes.evaluate import evaluate
from recipes.train import TrainResult, train
from toolkit.shell import join_words

__all__ = ["command", "fit", "indented", "judge"]


def indented(text: object) -> str:
    """Move lines to the right, below what led to them."""
    return "\n".join(f"   {line}" for line in str(text).splitlines())


def command(*words: object) -> str:
    """Write what a user would type after `foudre`, whatever stands in the words, on an indented line."""
    return indented(f"$ foudre {join_words(map(str, words))}")


def fit(recipe: str, dataset: Path, *options: str, run: Path, say: Callable[[str], None]) -> TrainResult:
    """Train, and say how long it took.

    The command that is said leaves out the run folder: this one is the demo's, and typed, it would be refused as one in use.
    """
    say(command("train", recipe, dataset, *options))
    trained = train(recipe, dataset, *options, run=run)
    accuracy = trained.metrics.get("val/accuracy")
    measured = "" if accuracy is None else f", accuracy on val {accuracy:.1%}"
    say(indented(f"{trained.epochs} epochs in {trained.seconds:.0f} s{measured}"))
    return trained


def judge(checkpoint: Path, dataset: Path, *, say: Callable[[str], None]) -> float:
    """Say and return a classifier's accuracy on the test part, in [0, 1]."""
    say(command("evaluate", checkpoint, dataset))
    accuracy = evaluate(checkpoint, dataset).metrics["accuracy"]
    say(indented(f"accuracy on test {accuracy:.1%}"))
    return accuracy
