"""What preprocessing and balancing are worth: a source goes in, errors on tracks held out, each with its spread over seeds, come out.

Every choice trains the recipe `signs` for a few epochs on three quarters of the tracks, and is judged on the last quarter; test is
not read. Not among the groups that run unless named: it trains for long.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from statistics import mean, stdev

from scipy.stats import ttest_ind

from benchmarks.measure import Figure, Report, ratio
from recipes.repeat import train_seeds
from toolkit.export import ExportOptions
from toolkit.images import ImageOptions, parse_steps
from toolkit.preprocess import preprocess_images
from toolkit.splits import SplitOptions

__all__ = ["measure"]

PLAIN = "as it is"
STEPS = {
    PLAIN: "",
    "histogram stretch": "stretch(low=0.01, high=0.99)",
    "equalize": "equalize",
    "CLAHE": "clahe",
    "grayscale": "grayscale",
}
BALANCE = {
    "classes to the median by copies": "copies",
    "classes to the median by drop": "drop",
    "classes to the median by weights": "weights",
}
HELD_OUT = "--data.fold={number: 0, of: 4}"
CHANCE = 0.05
"""A difference that chance alone makes more often than this is none."""


def measure(source: Path, scratch: Path, *, workers: int, repeats: int, quick: bool) -> Report:
    """Train every choice from several seeds.

    Args:
        source: A folder in GTSRB's layout.
        scratch: An empty folder on a disk with room for an array and the runs.
        workers: Processes that decode.
        repeats: Seeds of each choice.
        quick: One epoch instead of two, and not every choice.
    """
    epochs = 1 if quick else 2
    options = ["--trainer.max_epochs", str(epochs), HELD_OUT, "--data.balance=null", "--trainer.enable_progress_bar", "false"]
    found: dict[str, tuple[Figure, Figure]] = {}
    for name, steps in list(STEPS.items())[: 2 if quick else None]:
        file = scratch / "signs.h5"
        images = ImageOptions(steps=parse_steps(", ".join(filter(None, ["crop_box(margin=0.1)", steps]))))
        write = ExportOptions(workers=workers, overwrite=True)
        preprocess_images(source, file, images=images, split=SplitOptions(fractions=(0.9, 0.1)), write=write)
        found[name] = _train(name, file, options, scratch, seeds=repeats)
        if name == PLAIN:
            for choice, by in list(BALANCE.items())[: 1 if quick else None]:
                balance = f"--data.balance={{target: median, by: {by}}}"
                found[choice] = _train(choice, file, [*options, balance], scratch, seeds=repeats)
    plain = found[PLAIN][0]
    errors = [error for error, _ in found.values()]
    verdicts = [_verdict(error, plain) for error in errors if error is not plain]
    figures = [figure for pair in found.values() for figure in pair]
    ratios = [ratio(f"error: {name} / {PLAIN}", error, plain) for name, (error, _) in found.items() if name != PLAIN]
    about = f"{epochs} epochs, {repeats} seeds, cut to the signs' boxes; mean ± standard deviation of the error on tracks held out:"
    return Report("Choices", tuple(figures), tuple(ratios), (about, f"{_told(plain)}.", *verdicts))


def _train(name: str, file: Path, options: list[str], scratch: Path, *, seeds: int) -> tuple[Figure, Figure]:
    """Error in percent and loss on the tracks held out, one value a seed."""
    with contextlib.redirect_stdout(sys.stderr):
        spread = train_seeds("signs", file, *options, seeds=seeds, run=scratch / name.replace(" ", "-"))
    runs = spread.runs.values()
    error = Figure(f"{name}: error, %", tuple(100 * (1 - run["val/accuracy"]) for run in runs))
    return error, Figure(f"{name}: loss", tuple(run["val/loss"] for run in runs))


def _verdict(error: Figure, plain: Figure) -> str:
    """Say whether a choice differs from none by more than chance: Welch's t-test over seeds."""
    chance = ttest_ind(error.values, plain.values, equal_var=False).pvalue if len(error.values) > 1 else 1.0
    told = "distinguishable" if chance < CHANCE else "not distinguishable"
    return f"{_told(error)}: {told} from {PLAIN} (p = {chance:.2g})."


def _told(error: Figure) -> str:
    spread = stdev(error.values) if len(error.values) > 1 else 0.0
    return f"{error.name.partition(':')[0]}: {mean(error.values):.2f} ± {spread:.2f} %"
