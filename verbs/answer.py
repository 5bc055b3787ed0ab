"""What all verbs share: how they answer, show progress, word errors and end. The only module that prints.

Answers go to standard output as JSON where `--json` asks for it; everything that people read goes to standard error.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, redirect_stdout
from pathlib import Path
from typing import Annotated, Any, Protocol

from cyclopts import CycloptsError, Parameter

__all__ = [
    "DONE", "INTERRUPTED", "REFUSED", "WRONG_USE",
    "Answer", "Json", "each", "explain", "plain", "progress_bars", "quiet", "say", "tell",
]  # fmt: skip


DONE, REFUSED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
REDRAW_S = 0.1
OURS = ("toolkit", "datamodules", "recipes", "verbs")

Json = Annotated[
    bool, Parameter(name="--json", show_default=False, help="Print the answer as JSON on standard output, and nothing else there.")
]


class Answer(Protocol):
    """What a verb's function returns: JSON for programs, ``str()`` for people."""

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``--json`` prints."""
        ...


def quiet() -> AbstractContextManager[object]:
    """Keep standard output clean while a verb works: what libraries print there goes to standard error."""
    return redirect_stdout(sys.stderr)


@contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int], None]]:
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

    with quiet(), bars:
        yield progress


def each(answers: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Pass answers on as they come, with standard output kept clean while each is made."""
    source = iter(answers)
    while True:
        with quiet():
            answer = next(source, None)
        if answer is None:
            return
        yield answer


def plain(value: object) -> str:
    """Return a value as people read it: four decimals, control characters as symbols."""
    from toolkit.errors import printable

    return f"{value:.4f}" if isinstance(value, float) else printable(str(value))


def tell(answer: Answer, as_json: bool, *, status: int = DONE) -> int:
    """Print an answer, as JSON on standard output or in words on standard error, and hand the exit status on."""
    say(json.dumps(answer.to_json()) if as_json else str(answer), to_stdout=as_json)
    return status


def say(text: str, *, to_stdout: bool = False) -> None:
    """Print a line; under several processes rank 0 alone speaks."""
    if os.environ.get("LOCAL_RANK", "0") == "0":
        print(text, file=sys.stdout if to_stdout else sys.stderr, flush=True)


def explain(error: BaseException) -> tuple[str, int]:
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
    here = Path(__file__).resolve().parent.parent
    for name in OURS:
        spec = importlib.util.find_spec(name)
        found = [Path(place).resolve() for place in (spec.submodule_search_locations or [spec.origin or ""])] if spec else []
        if found and here / name not in found:
            return f"{name} must be Foudre's own package at {here / name}, got {found[0]}. Rename that one, or work in another folder."
    return ""
