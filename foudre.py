"""The front door: the `foudre` command, a table of verbs. A verb's work is imported when it is called.

Answers go to standard output as JSON where `--json` asks for it; everything that people read goes to standard error.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stdout
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

from cyclopts import App, CycloptsError, Parameter

__all__ = ["main"]

DONE, REFUSED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
REDRAW_S = 0.1
OURS = ("toolkit", "datamodules", "recipes")

Json = Annotated[
    bool, Parameter(name="--json", show_default=False, help="Print the answer as JSON on standard output, and nothing else there.")
]


class Answer(Protocol):
    """What a verb's function returns: JSON for programs, ``str()`` for people."""

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``--json`` prints."""
        ...


def _default(option: str) -> Parameter:
    """An option whose help shows the default that the library keeps; looked up only when that help is asked for."""

    def shown(_: object) -> str:
        from toolkit.options import default_of

        return default_of(option)

    return Parameter(show_default=shown)


def _version() -> str:
    from importlib.metadata import version

    return version("foudre")


app = App(
    name="foudre",
    help="Raw files → one checked dataset file → trained networks. Start with `foudre demo`; `foudre VERB --help` teaches a verb.",
    version=_version,
    version_flags=["--version"],
    default_parameter=Parameter(negative=()),
    help_format="plaintext",
    suppress_keyboard_interrupt=False,
)
preprocess = App(name="preprocess", help="Turn raw files into one checked dataset file.", sort_key=1)
app.command(preprocess)


@app.command(sort_key=0)
def demo(kind: Literal["images"] = "images", *, to: Path = Path("data/demo")) -> int:  # noqa: ARG001 - the only kind so far
    """Draw data, preprocess, train, evaluate, predict: in 3 minutes.

    Nothing is downloaded. Each step says the command that you would type for it.

    Args:
        kind: The kind of data to draw.
        to: Folder for the drawn signs, the dataset file, the run and the pictures.
    """
    with _work() as progress:
        from recipes.demo import demo as work

        work(to, progress=progress, say=partial(print, file=sys.stderr))
    return DONE


@preprocess.command
def images(
    source: Path,
    out: Path,
    /,
    *,
    size: Annotated[str | None, _default("size")] = None,
    steps: str | None = None,
    fit: Annotated[str | None, _default("fit")] = None,
    dtype: Annotated[str | None, _default("dtype")] = None,
    split: Annotated[str | None, _default("split")] = None,
    stratify: Annotated[bool | None, Parameter(negative="--no-stratify"), _default("stratify")] = None,
    balance: str | None = None,
    balance_by: Annotated[str | None, _default("balance_by")] = None,
    seed: Annotated[int | None, _default("seed")] = None,
    layout: Annotated[str | None, _default("layout")] = None,
    group: Annotated[str | None, _default("group")] = None,
    columns: str | None = None,
    workers: int | None = None,
    on_error: Annotated[str | None, _default("on_error")] = None,
    overwrite: bool | None = None,
    config: Path | None = None,
    as_json: Json = False,
) -> int:
    """Turn pictures into one dataset file.

    For example:

        foudre preprocess images GTSRB signs.h5 --size 48
        foudre preprocess images photos/ photos.h5 --fit pad --split 0.8,0.2
        foudre preprocess images list.csv list.h5 --columns path=file

    Args:
        source: A folder a class (also inside train/, val/, test/), the GTSRB distribution, or a CSV of paths and labels.
        out: The dataset file to write, OUT.h5. The same command on unchanged input does nothing.
        size: Side of all pictures, or their height,width: 48 or 48,64.
        steps: Transforms in order, with their arguments: "crop_box(margin=0.1), grayscale, clahe"; none unless given.
        fit: How a picture gets its size: stretch, or pad, which keeps its proportions.
        dtype: How pixels are stored: float16, uint8 or float32.
        split: Shares of train,val,test or of train,val. A test part that the source brings stays the test part.
        stratify: Spread every class over the parts in the same shares.
        balance: Samples that each training class is to have: max or median of the classes, or a number. Not balanced unless given.
        balance_by: How: copies of small classes, augmented; drop some of large ones; both; weights: training draws small ones more often.
        seed: Draws which samples or groups go to which part, and how copies differ.
        layout: How the source is laid out: auto, folder, gtsrb or csv.
        group: What no split may cut: track, none, or a column of the CSV.
        columns: The CSV's own column names: path=file,label=kind.
        workers: Processes that decode; one for each processor unless given.
        on_error: What a bad input does: skip lists it and goes on, fail lists all of them and writes nothing.
        overwrite: Replace whatever stands at OUT.h5.
        config: YAML file with values for these options, by name; the command line wins.
    """
    with _work() as progress:
        from toolkit.options import image_options
        from toolkit.preprocess import preprocess_images

        options = image_options(
            config,
            size=size, steps=steps, fit=fit, dtype=dtype, split=split, stratify=stratify,
            balance=balance, balance_by=balance_by, seed=seed,
            layout=layout, group=group, columns=columns, workers=workers, on_error=on_error, overwrite=overwrite,
        )  # fmt: skip
        answer = preprocess_images(source, out, **options, progress=progress)
    return _tell(answer, as_json)


@app.command(sort_key=2)
def check(
    *source: Annotated[Path, Parameter(required=True)],
    fail_on: Literal["warning", "error"] = "error",
    baseline: Path | None = None,
    predictions: Path | None = None,
    layout: Annotated[str | None, _default("layout")] = None,
    group: Annotated[str | None, _default("group")] = None,
    columns: str | None = None,
    workers: int | None = None,
    as_json: Json = False,
) -> int:
    """Find what is wrong with a data set, and say what to fix.

    Exits with 0 if nothing as bad as --fail-on was found, 1 if something was,
    2 if the data could not be checked.

    For example:

        foudre check GTSRB
        foudre check signs.h5 --fail-on warning
        foudre check signs.h5 --json > old.json
        foudre check signs.h5 --baseline old.json

    Args:
        source: A raw source, as preprocess takes it, or a dataset file, FILE.h5. The kind of data may stand before it: images.
        fail_on: The least severity that makes the exit status 1: error or warning.
        baseline: What an earlier check printed with --json: only what is new is told.
        predictions: What foudre crossval left on this dataset file, out_of_fold.npz: labels that it contradicts are told.
        layout: How a raw source is laid out: auto, folder, gtsrb or csv.
        group: What no split may cut: track, none, or a column of the CSV.
        columns: The CSV's own column names: path=file,label=kind.
        workers: Processes that measure; one for each processor unless given.
    """
    from toolkit.errors import FoudreError

    try:
        with _work() as progress:
            from toolkit.check import check_source
            from toolkit.options import image_options

            place, kind = _source(source, "check")
            read = image_options(layout=layout, group=group, columns=columns).get("read")
            answer = check_source(
                place, kind=kind, read=read, predictions=predictions, baseline=baseline, workers=workers, progress=progress
            )  # fmt: skip
    except (FoudreError, OSError) as error:
        _print(f"foudre: {_explain(error)[0]}")
        return WRONG_USE
    return _tell(answer, as_json, status=REFUSED if answer.fails(fail_on) else DONE)


@app.command(sort_key=2)
def report(
    *source: Annotated[Path, Parameter(required=True)],
    out: Path = Path("report.html"),
    predictions: Path | None = None,
    layout: Annotated[str | None, _default("layout")] = None,
    group: Annotated[str | None, _default("group")] = None,
    columns: str | None = None,
    workers: int | None = None,
    as_json: Json = False,
) -> int:
    """Show a data set on one page: verdict, findings, statistics.

    One HTML file that needs nothing else, and the same content as JSON beside it.

    For example:

        foudre report GTSRB
        foudre report signs.h5 --out signs.html

    Args:
        source: A raw source, as preprocess takes it, or a dataset file, FILE.h5. The kind of data may stand before it: images.
        out: The page to write, REPORT.html.
        predictions: What foudre crossval left on this dataset file, out_of_fold.npz: labels that it contradicts are shown.
        layout: How a raw source is laid out: auto, folder, gtsrb or csv.
        group: What no split may cut: track, none, or a column of the CSV.
        columns: The CSV's own column names: path=file,label=kind.
        workers: Processes that measure; one for each processor unless given.
    """
    with _work() as progress:
        from toolkit.options import image_options
        from toolkit.reporting import report_source

        place, kind = _source(source, "report")
        read = image_options(layout=layout, group=group, columns=columns).get("read")
        answer = report_source(place, out, kind=kind, read=read, predictions=predictions, workers=workers, progress=progress)
    return _tell(answer, as_json)


@app.command(sort_key=2)
def inspect(file: Path, /, *, verify: bool = False, as_json: Json = False) -> int:
    """Say what a dataset file holds, and whether it is sound.

    Exits with 1 if anything is damaged.

    For example:

        foudre inspect signs.h5 --verify

    Args:
        file: A dataset file, FILE.h5.
        verify: Read and check everything, and name the damaged rows.
    """
    with _work() as progress:
        from toolkit.dataset_file import inspect_dataset

        answer = inspect_dataset(file, verify=verify, progress=progress)
    return _tell(answer, as_json, status=REFUSED if answer.verified is False else DONE)


@app.command(sort_key=3)
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
    with nullcontext() if asks_for_config else redirect_stdout(sys.stderr):
        answer: Answer
        if seeds is None:
            from recipes.train import train as work

            answer = work(recipe, file, *options, run=run, resume=resume)
        else:
            from recipes.repeat import train_seeds

            answer = train_seeds(recipe, file, *options, seeds=seeds, run=run, resume=resume, say=_print)
    return _tell(answer, as_json)


@app.command(sort_key=6)
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
    predicted by the network that has not seen it. Options that are not listed here go to Lightning.

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
    with redirect_stdout(sys.stderr):
        from recipes.crossval import cross_validate

        answer = cross_validate(
            recipe, file, *options, folds=folds, cut_groups=cut_groups, seed=seed, run=run, resume=resume, say=_print
        )  # fmt: skip
    return _tell(answer, as_json)


@app.command(sort_key=4)
def evaluate(checkpoint: Path, file: Path, /, *, split: Literal["val", "test"] = "test", as_json: Json = False) -> int:
    """Measure a checkpoint on one part of a dataset file.

    For example:

        foudre evaluate best.ckpt signs.h5 --split test

    Args:
        checkpoint: What `foudre train` left, BEST.ckpt, or the folder of `foudre train --seeds`: each of its runs is measured.
        file: A dataset file, FILE.h5.
        split: The part to measure on: test or val.
    """
    with redirect_stdout(sys.stderr):
        answer: Answer
        if checkpoint.is_dir():
            from recipes.repeat import evaluate_runs

            answer = evaluate_runs(checkpoint, file, split=split, say=_print)
        else:
            from recipes.evaluate import evaluate as work

            answer = work(checkpoint, file, split=split)
    return _tell(answer, as_json)


@app.command(sort_key=5)
def predict(
    checkpoint: Path,
    /,
    *inputs: Annotated[Path, Parameter(required=True)],
    layout: Annotated[str | None, _default("layout")] = None,
    columns: str | None = None,
    device: str = "cpu",
    as_json: Json = False,
) -> int:
    """Predict the classes of raw input.

    Input is files, folders or any source that `preprocess` takes, labelled or not.
    A bad input is one line with its error; the rest go on, and the exit status is 1.

    For example:

        foudre predict best.ckpt photo.jpg folder/
        foudre predict best.ckpt folder/ --json > predictions.jsonl

    Args:
        checkpoint: What `foudre train` left; it knows how its training data was prepared.
        inputs: What to predict, at least one. With --json, one object a line comes out.
        layout: How the inputs are laid out: auto, folder, gtsrb or csv.
        columns: A CSV's own column names: path=file,label=kind.
        device: Where the network runs: cpu, cuda, or another that torch knows.
    """
    with redirect_stdout(sys.stderr):
        from recipes.predict import predict as work
        from toolkit.options import image_options

        # a row is predicted whether or not its group is known
        read = image_options(layout=layout, columns=columns, group="none")["read"]
        answers = work(checkpoint, inputs, read=read, device=device)
    failed = False
    for answer in _each(answers):
        failed |= "error" in answer
        _print(json.dumps(answer) if as_json else "  ".join(map(_plain, answer.values())), to_stdout=as_json)
    return REFUSED if failed else DONE


@app.command(sort_key=7)
def look(
    checkpoint: Path,
    file: Path | None = None,
    /,
    *,
    picture: Path | None = None,
    row: int | None = None,
    split: Literal["val", "test"] = "val",
    to: Path | None = None,
    as_json: Json = False,
) -> int:
    """Look inside a trained network.

    Tells its layers' sizes and parameters, and draws its first filters beside
    edge kernels. With a picture: what each convolution makes of it. With a
    dataset file: the worst mistakes.

    For example:

        foudre look best.ckpt
        foudre look best.ckpt --picture photo.jpg
        foudre look best.ckpt signs.h5 --row 7

    Args:
        checkpoint: What `foudre train` left.
        file: A dataset file, FILE.h5, to show the mistakes on.
        picture: A raw picture; where the pipeline cuts to boxes, a CSV of one picture with its box.
        row: A row of the file's part to take instead of a picture.
        split: The part to look at: val or test. The run's ledger notes that it was read.
        to: Folder for tables and pictures; look in the run's folder, or one beside a checkpoint without a run, unless given.
    """
    with redirect_stdout(sys.stderr):
        from recipes.look import look as work

        answer = work(checkpoint, file, picture=picture, row=row, split=split, folder=to)
    return _tell(answer, as_json)


@contextmanager
def _work() -> Iterator[Callable[[str, int, int], None]]:
    """Keep standard output clean while a verb works, and show its progress where a person looks on."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # No refreshing thread: worker processes are started while the bars are up, and a process with threads must not fork.
    bars = Progress(*columns, console=console, auto_refresh=False, disable=not console.is_terminal)
    tasks: dict[str, Any] = {}
    drawn = 0.0

    def progress(stage: str, done: int, total: int) -> None:
        nonlocal drawn
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage)
        bars.update(tasks[stage], completed=done, total=total)
        if done >= total or time.monotonic() - drawn > REDRAW_S:
            bars.refresh()
            drawn = time.monotonic()

    with redirect_stdout(sys.stderr), bars:
        yield progress


def _each(answers: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Pass answers on as they come, with standard output kept clean while each is made."""
    source = iter(answers)
    while True:
        with redirect_stdout(sys.stderr):
            answer = next(source, None)
        if answer is None:
            return
        yield answer


def _source(typed: Sequence[Path], verb: str) -> tuple[Path, str]:
    """Tell a source from the kind that may stand before it."""
    from toolkit.errors import ArgumentError

    if len(typed) > 2:
        raise ArgumentError(f"{verb}: sources must be 1, a kind before it or not, got {len(typed)}. Take them one by one.")
    return typed[-1], str(typed[0]) if len(typed) == 2 else ""


def _plain(value: object) -> str:
    from toolkit.errors import printable

    return f"{value:.4f}" if isinstance(value, float) else printable(str(value))


def _tell(answer: Answer, as_json: bool, *, status: int = DONE) -> int:
    _print(json.dumps(answer.to_json()) if as_json else str(answer), to_stdout=as_json)
    return status


def _print(text: str, *, to_stdout: bool = False) -> None:
    """Print a line; under several processes rank 0 alone speaks."""
    if os.environ.get("LOCAL_RANK", "0") == "0":
        print(text, file=sys.stdout if to_stdout else sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: What was typed after ``foudre``; None takes it from the process.

    Returns:
        0 done, 1 findings or refused input, 2 wrong use, 130 interrupted.
    """
    try:
        status = app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except (Exception, KeyboardInterrupt) as error:
        message, status = _explain(error)
        if not message:
            raise
        _print(f"foudre: {message}")
    return status if isinstance(status, int) else DONE


def _explain(error: BaseException) -> tuple[str, int]:
    """One line and the exit status for what a user can cause; no line for what only a programmer can."""
    if isinstance(error, CycloptsError):
        return " ".join(str(error).split()), WRONG_USE
    if isinstance(error, KeyboardInterrupt):
        return f"interrupted; {error}" if str(error) else "interrupted", INTERRUPTED
    if isinstance(error, ImportError):
        return _shadow(), REFUSED
    from toolkit.errors import ArgumentError, FoudreError, printable

    if isinstance(error, FoudreError):
        return str(error), WRONG_USE if isinstance(error, ArgumentError) else REFUSED
    if isinstance(error, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains once more when it closes it
        return "nobody reads the answer any more", REFUSED
    if isinstance(error, OSError):
        return f"{error.strerror or error}{f': {printable(str(error.filename))}' if error.filename else ''}", REFUSED
    return "", REFUSED


def _shadow() -> str:
    """Say where a user's folder of one of our names hides ours; empty if none does."""
    here = Path(__file__).resolve().parent
    for name in OURS:
        spec = importlib.util.find_spec(name)
        found = [Path(place).resolve() for place in (spec.submodule_search_locations or [spec.origin or ""])] if spec else []
        if found and here / name not in found:
            return f"{name} must be Foudre's own package at {here / name}, got {found[0]}. Rename that one, or work in another folder."
    return ""


if __name__ == "__main__":
    sys.exit(main())
