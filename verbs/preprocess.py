"""The verbs `preprocess KIND`: raw files come in, one dataset file goes out. What each is told, the kind's wing declares."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import App

from toolkit.wings import WINGS
from verbs.answer import Json, progress_bars, say, tell
from verbs.command import as_command

if TYPE_CHECKING:
    from toolkit.declaration import Option

__all__ = ["app"]


def _make(kind: str) -> App:
    """The command that makes dataset files of a kind."""

    def work(source: str, out: Path, /, *, config: Path | None = None, as_json: Json = False, **options: Any) -> int:
        with _listed(as_json), progress_bars() as progress:
            from toolkit.options import options_of
            from toolkit.preprocess import preprocess_kind

            objects = options_of(kind, config, **options)
            answer = preprocess_kind(kind, source, out, **objects, tell=lambda told: say(str(told)), progress=progress)
        return tell(answer, as_json)

    return as_command(work, lambda: _options(kind), describe=lambda: _describe(kind), name=kind)


def _options(kind: str) -> Mapping[str, Option]:
    from toolkit.options import known_options

    return known_options(kind)


def _describe(kind: str) -> str:
    """The command's docstring, of the words that the kind declares."""
    declared = WINGS.declaration(kind)
    examples = "\n".join(f"    foudre preprocess {kind} {example}" for example in declared.examples)
    return f"""{declared.title}

For example:

{examples}

Args:
    source: {declared.source}
    out: The dataset file to write, OUT.h5. The same command on unchanged input does nothing.
    config: YAML file with values for these options, by name; the command line wins.
"""


@contextmanager
def _listed(as_json: bool) -> Iterator[None]:
    """Where `--on-error fail` refuses inputs, have `--json` list them all, as it lists those that are skipped."""
    from toolkit.errors import DataError

    try:
        yield
    except DataError as error:
        from toolkit.dataset_file import list_skipped
        from toolkit.export import FailedInputsError

        if as_json and isinstance(error, FailedInputsError):
            say(json.dumps({"path": None, "skipped": list_skipped(error.skipped)}), to_stdout=True)
        raise


app = App(name="preprocess", help="Turn raw files into one checked dataset file.")
for kind in WINGS:
    app.command(_make(kind))
