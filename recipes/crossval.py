"""The verb `crossval`: a recipe and a dataset file come in; a model for each fold, a prediction of every sample and their spread go out."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from lightning.pytorch.utilities import rank_zero_only
from numpy.typing import NDArray

from datamodules import Fold
from recipes.callbacks import LAST
from recipes.checkpoint import load_checkpoint
from recipes.precision import full_float32
from recipes.repeat import run_folders, summarise, train_each
from recipes.spread import Spread
from recipes.tasks import Classifier
from toolkit.dataset_file import DatasetFile, open_dataset

__all__ = ["cross_validate"]

PREDICTIONS = "out_of_fold"


def cross_validate(
    recipe: str,
    path: str | Path,
    *lightning_args: str,
    folds: int = 5,
    cut_groups: bool = False,
    seed: int = 0,
    run: str | Path | None = None,
    resume: str | Path | None = None,
    say: Callable[[str], None] | None = None,
) -> Spread:
    """Train a recipe once for each fold of train and val, and judge it on the fold held out. Test is never read.

    Every fold trains the recipe's full number of epochs and is judged by its last checkpoint: nothing is chosen by the fold held
    out. Whatever is fitted, such as channel means, is fitted anew on the other folds. Copies go with the sample that they were made
    from and are never judged.

    Args:
        recipe: As `train` takes it.
        path: A dataset file.
        lightning_args: As `train` takes them; the same for all folds.
        folds: How many, from 2 to 100.
        cut_groups: Deal single samples, though groups are known: shows what a leaking split would claim.
        seed: Draws the folds; the recipe's own seed stays.
        run: Folder for the runs ``fold_0``, ``fold_1``, …; None makes ``runs/<recipe>/<number>``.
        resume: Folder of an earlier call with the same arguments to go on in.
        say: Told each fold's result as it comes.

    Returns:
        Mean and standard deviation of the folds' metrics. Of classes, also the accuracy over all samples, among the facts; the folder
        then holds ``out_of_fold.csv``, a line a sample, and ``out_of_fold.npz``: probability float32 (N, K), label, fold and row int64
        (N,). Of forecasts, and whatever else has no classes, each fold's metrics and run are all that is left.

    Raises:
        ArgumentError: If an option is wrong.
        SplitError: If there are fewer groups than folds.
    """
    file = open_dataset(path)
    Fold(0, folds, grouped=not cut_groups, seed=seed).cut(file)  # refused before the first training
    cuts = [Fold(number, folds, grouped=not cut_groups, seed=seed) for number in range(folds)]
    variants = {
        f"fold_{fold.number}": [f"--data.fold={{number: {fold.number}, of: {folds}, grouped: {str(fold.grouped).lower()}, seed: {seed}}}"]
        for fold in cuts
    }
    folder, results = train_each(recipe, path, variants, *lightning_args, run=run, resume=resume, say=say)
    classes = isinstance(load_checkpoint(run_folders(folder)[0] / "checkpoints" / LAST).task, Classifier)
    facts = {"out_of_fold_accuracy": _predict_all(folder, path, file, cuts)} if classes else {}
    groups = "none" if file["train"].group is None else "cut" if cut_groups else "whole"
    return summarise(folder, results, **facts, folds=folds, groups=groups)


@rank_zero_only
def _predict_all(folder: Path, path: str | Path, file: DatasetFile, cuts: list[Fold]) -> float:
    """Predict every sample by the network that has not seen it; returns the accuracy over all."""
    parts = []
    for fold, run in zip(cuts, run_folders(folder), strict=True):
        rows, probability = _predict_fold(run, path, fold)
        parts.append((rows, np.full(len(rows), fold.number), probability))
    rows, fold_of, probability = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.argsort(rows)
    rows, fold_of, probability = rows[order], fold_of[order], probability[order]
    pool = file[cuts[0].cut(file)[0]]
    label, predicted = (np.full(len(pool), -1) if pool.y is None else pool.y)[rows], probability.argmax(axis=1)
    np.savez(folder / f"{PREDICTIONS}.npz", probability=probability, label=label, fold=fold_of, row=rows)
    with open(folder / f"{PREDICTIONS}.csv", "w", newline="", encoding="utf-8", errors="surrogateescape") as table:
        writer = csv.writer(table)
        writer.writerow(["source", "fold", "label", "predicted", "probability"])
        for i, row in enumerate(rows):
            best = predicted[i]
            writer.writerow([pool.source[row], fold_of[i], file.classes[label[i]], file.classes[best], f"{probability[i, best]:.6g}"])
    return float((label == predicted).mean())


@torch.inference_mode()
def _predict_fold(run: Path, path: str | Path, fold: Fold) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Score the samples held out: their rows, and each one's probabilities."""
    restored = load_checkpoint(run / "checkpoints" / LAST)
    rows, scores = [], []
    with full_float32():
        for batch in restored.open(path, batch_size=256, fold=fold).loader("val"):
            rows.append(batch.index)
            scores.append(restored.task.predict_step(restored.view.finish(batch)))
    return torch.cat(rows).numpy(), torch.cat(scores).numpy()
