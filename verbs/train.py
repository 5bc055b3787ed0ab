"""The verbs that train: `train`, and `crossval` for all folds; a recipe and a dataset file come in, run folders go out."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from verbs.answer import Answer, Json, quiet, say, tell

__all__ = ["crossval", "train"]


def train(
    recipe: str,
    file: Path,
    /,
    *options: Annotated[str, Parameter(allow_leading_hyphen=True, show=False)],
    seeds: int | None = None,
    run: Path | None = None,
    resume: Path | None = None,
    as_json: Json = False,
) -> int:
    """Train a recipe's network on a dataset file.

    Options that are not listed here go to Lightning.

    For example:

        foudre train signs signs.h5
        foudre train signs signs.h5 --trainer.max_epochs 5 --data.batch_size 256
        foudre train signs signs.h5 --resume runs/signs/001
        foudre train signs signs.h5 --seeds 5
        foudre train signs signs.h5 --data.train_on train+val
        foudre train signs signs.h5 --print_config > mine.yaml

    Args:
        recipe: A recipe's name, such as signs, or the path of a recipe's YAML file.
        file: A dataset file, FILE.h5.
        options: Any Lightning option.
        seeds: Train this often, from the seeds 0, 1, 2, …, each in a folder of its own, with one summary.
        run: Folder for checkpoints, logs and metrics; a new one under runs/RECIPE unless given.
        resume: Run folder to go on in from its last checkpoint, with the options that it began with.
    """
    asks_for_config = any(option.startswith("--print_config") for option in options)  # an answer, not chatter
    with nullcontext() if asks_for_config else quiet():
        answer: Answer
        if seeds is None:
            from recipes.train import train as work

            answer = work(recipe, file, *options, run=run, resume=resume)
        else:
            from recipes.repeat import train_seeds

            answer = train_seeds(recipe, file, *options, seeds=seeds, run=run, resume=resume, say=say)
    return tell(answer, as_json)


def crossval(
    recipe: str,
    file: Path,
    /,
    *options: Annotated[str, Parameter(allow_leading_hyphen=True, show=False)],
    folds: int = 5,
    cut_groups: bool = False,
    seed: int = 0,
    run: Path | None = None,
    resume: Path | None = None,
    as_json: Json = False,
) -> int:
    """Train a recipe on all folds but one, for each fold.

    All of train and val is dealt into folds; test is never read. Every sample is
    predicted by the network that has not seen it; of forecasts, each fold's metrics are left alone.
    Options that are not listed here go to Lightning.

    For example:

        foudre crossval signs signs.h5 --folds 5
        foudre crossval signs signs.h5 --folds 5 --cut-groups

    Args:
        recipe: A recipe's name, such as signs, or the path of a recipe's YAML file.
        file: A dataset file, FILE.h5.
        options: Any Lightning option.
        folds: How many folds.
        cut_groups: Deal single samples though groups are known: shows what a leaking split would claim.
        seed: Draws the folds; the recipe keeps its own seed.
        run: Folder for the folds' runs and the predictions; a new one under runs/RECIPE unless given.
        resume: Folder of an earlier call with the same options to go on in.
    """
    with quiet():
        from recipes.crossval import cross_validate

        answer = cross_validate(
            recipe, file, *options, folds=folds, cut_groups=cut_groups, seed=seed, run=run, resume=resume, say=say
        )  # fmt: skip
    return tell(answer, as_json)
