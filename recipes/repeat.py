"""One recipe, trained several times: options that differ come in, a folder of runs with one summary goes out. What is done stays done."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from lightning.pytorch.utilities import rank_zero_only

from recipes.cli import claim_folder
from recipes.evaluate import evaluate
from recipes.run_folder import find_checkpoint
from recipes.spread import Spread, write_spread
from recipes.train import TrainResult, recipe_path, train
from toolkit.dataset_file import open_dataset
from toolkit.errors import ArgumentError, check, wording

__all__ = ["PLAN", "evaluate_runs", "run_folders", "summarise", "train_each", "train_seeds"]

PLAN = "runs.json"
"""In a folder of runs: the recipe, and the options of all runs and of each."""


def train_seeds(
    recipe: str,
    path: str | Path,
    *lightning_args: str,
    seeds: int = 5,
    run: str | Path | None = None,
    resume: str | Path | None = None,
    say: Callable[[str], None] | None = None,
) -> Spread:
    """Train a recipe from several seeds, one after another: what the choice of a seed is worth shows in the spread.

    Args:
        recipe: As `train` takes it.
        path: A dataset file.
        lightning_args: As `train` takes them; the same for all.
        seeds: How many; the seeds are 0, 1, 2, …
        run: Folder for the runs ``seed_0``, ``seed_1``, …; None makes ``runs/<recipe>/<number>``.
        resume: Folder of an earlier call with the same arguments to go on in: finished runs stay, a stopped one goes on.
        say: Told each run's result as it comes.

    Returns:
        Mean and standard deviation of the runs' metrics. The folder holds ``summary.json`` and, unless val was trained on,
        ``classes.csv``.

    Raises:
        ArgumentError: If an option is wrong, or `resume` was begun with others.
    """
    check(seeds >= 1, "train", "seeds", "at least 1", seeds)
    named = [option for option in lightning_args if option.startswith("--seed_everything")]
    check(not named, "train", "--seed_everything", "left out with seeds, which are 0, 1, 2, …", " ".join(named))
    variants = {f"seed_{seed}": ["--seed_everything", str(seed)] for seed in range(seeds)}
    folder, results = train_each(recipe, path, variants, *lightning_args, run=run, resume=resume, say=say)
    return summarise(folder, results)


def train_each(
    recipe: str,
    path: str | Path,
    variants: Mapping[str, Sequence[str]],
    *lightning_args: str,
    run: str | Path | None = None,
    resume: str | Path | None = None,
    say: Callable[[str], None] | None = None,
) -> tuple[Path, dict[str, TrainResult]]:
    """Train a recipe once for each variant of its options.

    Args:
        recipe: As `train` takes it.
        path: A dataset file.
        variants: Each run's name and its own options.
        lightning_args: The options of all runs.
        run: Folder for the runs; None makes ``runs/<recipe>/<number>``.
        resume: Folder of an earlier call to go on in.
        say: Told each run's result as it comes.

    Returns:
        The folder, and each run's result by its name.

    Raises:
        ArgumentError: If an option is wrong, or `resume` was begun with others.
    """
    config = recipe_path(recipe)
    runs = {name: list(own) for name, own in variants.items()}
    plan = {"recipe": config.stem, "checksum": open_dataset(path).digest, "options": list(lightning_args), "runs": runs}
    if resume is not None:
        folder: Path | None = _go_on(Path(resume), plan)
    else:  # where several processes train, the others have no folder of their own: they follow rank 0
        folder = claim_folder(None if run is None else Path(run), Path("runs") / config.stem)
    if resume is None and folder is not None:
        (folder / PLAN).write_text(json.dumps(plan, indent=2) + "\n", encoding="utf-8")
    # looked up before any training: other processes start while the first run trains, and must decide alike
    states = {name: _state(folder, name) for name in variants}
    results: dict[str, TrainResult] = {}
    try:
        for name, own in variants.items():
            place, done, begun = states[name]
            options = [*lightning_args, *own]
            if done is not None:
                results[name] = done
                continue
            results[name] = train(recipe, path, *options, resume=place) if begun else train(recipe, path, *options, run=place)
            if say is not None:
                say(f"{name}: {results[name]}")
    except KeyboardInterrupt as stopped:
        raise KeyboardInterrupt(f"go on with --resume {folder}") from stopped
    except Exception:
        if resume is None and folder is not None and not any(folder.glob("*/checkpoints/*")):
            shutil.rmtree(folder)
        raise
    return Path(next(iter(results.values())).run).parent, results


def summarise(folder: Path, results: Mapping[str, TrainResult], **facts: Any) -> Spread:
    """Sum up what runs reached on what they were validated on.

    Args:
        folder: Where they lie.
        results: Each run's result.
        facts: What else to keep.
    """
    runs = {name: result.metrics for name, result in results.items()}
    totals: dict[str, Any] = {
        "flops": sum(result.flops for result in results.values()),
        "seconds": sum(result.seconds for result in results.values()),
    }
    tables = [table for name in runs if (table := folder / name / "val_classes.csv").is_file()]
    return write_spread(folder, runs, tables=tables, **totals, **facts)


def run_folders(folder: Path) -> list[Path]:
    """List the run folders of several trainings in their order; empty if the folder is none of `train_each`.

    Args:
        folder: Any path.
    """
    if not (folder / PLAN).is_file():
        return []
    return [folder / name for name in json.loads((folder / PLAN).read_text(encoding="utf-8"))["runs"]]


def _go_on(folder: Path, plan: Mapping[str, Any]) -> Path:
    """Refuse to mix runs of different options in one folder."""
    known = folder / PLAN
    check(known.is_file(), "train", "resume", f"a folder of several runs, with {PLAN}", str(folder))
    begun = json.loads(known.read_text(encoding="utf-8"))
    for name, value in plan.items():
        if begun.get(name) != value:
            raise ArgumentError(
                wording(
                    "train", name, f"{_named(begun.get(name))}, as they began", _named(value), at=str(folder), fix="Begin a new folder."
                )
            )
    return folder


def _named(value: Any) -> Any:
    """Runs by their names alone, options as they were typed."""
    return ", ".join(value) if isinstance(value, dict) else " ".join(value) if isinstance(value, list) else value


def _state(folder: Path | None, name: str) -> tuple[Path | None, TrainResult | None, bool]:
    """Where a run lies, its result if it is finished, and whether it can go on; a run stopped before its first checkpoint is begun anew."""
    if folder is None:
        return None, None, False
    place = folder / name
    if (place / "metrics.json").is_file():
        return place, TrainResult(**json.loads((place / "metrics.json").read_text(encoding="utf-8"))), True
    begun = (place / "checkpoints" / "last.ckpt").is_file()
    if place.exists() and not begun:
        rank_zero_only(shutil.rmtree)(place)
    return place, None, begun


def evaluate_runs(
    folder: Path, path: str | Path, *, split: Literal["val", "test"] = "test", say: Callable[[str], None] | None = None
) -> Spread:
    """Measure each run of a folder on a split, as `evaluate` does, and sum up.

    Args:
        folder: What `train_seeds` left.
        path: A dataset file that fits the checkpoints.
        split: ``"val"`` or ``"test"``.
        say: Told each result as it comes.

    Returns:
        Mean and standard deviation; the folder then holds ``<split>_summary.json`` and ``<split>_classes.csv``.

    Raises:
        ArgumentError: If the folder holds no such runs.
        DataError: If a run has no checkpoint yet.
    """
    if not run_folders(folder):
        raise ArgumentError(wording("evaluate", "checkpoint", f"a checkpoint, or a folder of several runs, with {PLAN}", str(folder)))
    runs, tables, reads = {}, [], []
    for run in run_folders(folder):
        result = evaluate(run, path, split=split)
        runs[run.name] = result.metrics
        reads.append(result.reads)
        table = run / (f"{split}_classes.csv" if find_checkpoint(run).stem == "best" else f"{split}_last_classes.csv")
        tables += [table] if table.is_file() else []
        if say is not None:
            say(f"{run.name}: {result}")
    return write_spread(folder, runs, prefix=f"{split}_", tables=tables, split=split, samples=result.samples, reads=max(reads))
