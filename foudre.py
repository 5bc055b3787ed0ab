"""The front door: the `foudre` command, a table of verbs. What a verb works with is imported when it is called."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from cyclopts import App, Parameter

from verbs.answer import DONE, explain, say
from verbs.command import as_command
from verbs.examine import check, inspect, report
from verbs.train import crossval, train
from verbs.upgrade import upgrade
from verbs.use import evaluate, generate, look, predict

__all__ = ["main"]


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

LAZY = {
    "demo": "Draw data, preprocess, train, evaluate, predict: in 3 minutes.",
    "preprocess": "Turn raw files into one checked dataset file.",
}
"""Verbs that look at the kinds of data, and are imported when they are asked for; what the list of verbs says of them."""
for place, (kinds, title) in enumerate(LAZY.items()):
    app.command(f"verbs.{kinds}:app", name=kinds, help=title, sort_key=place)

VERBS: dict[Callable[..., int], int] = {
    inspect: 2,
    check: 3,
    report: 4,
    train: 5,
    evaluate: 6,
    predict: 7,
    crossval: 8,
    look: 9,
    generate: 10,
    upgrade: 11,
}
"""Each with its place in the help."""
for verb, place in VERBS.items():
    app.command(as_command(verb, sort_key=place, version=_version, version_flags=app.version_flags))


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
        message, status = explain(error)
        if not message:
            raise
        say(f"foudre: {message}")
    return status if isinstance(status, int) else DONE


if __name__ == "__main__":
    sys.exit(main())
