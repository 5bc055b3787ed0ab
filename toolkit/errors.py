"""Every error a user can meet, and the one place that words them.

Sources, splits, transforms, export and the dataset file raise these; the command turns them into one line and an exit status.
"""

from __future__ import annotations

__all__ = [
    "AmbiguousSourceError",
    "ArgumentError",
    "DataError",
    "DatasetFileError",
    "ExportError",
    "FoudreError",
    "SplitError",
    "UnlikeFileError",
    "WorkerError",
    "check",
    "printable",
    "wording",
]


class FoudreError(Exception):
    """The root of what Foudre raises on purpose.

    FoudreError
    ├── ArgumentError (also a ValueError)   an argument or option breaks its rule
    ├── DataError                           raw input or a file of ours cannot be used
    │   ├── AmbiguousSourceError            a source can be read in two ways
    │   ├── DatasetFileError                a dataset file is damaged, foreign or hostile
    │   ├── UnlikeFileError                 a file of a folder is of another kind than the others
    │   └── SplitError                      no split can keep the promises asked of it
    ├── ExportError                         writing cannot start or go on: busy, disk full, a worker died
    └── WorkerError                         no worker process can be started
    """


class ArgumentError(FoudreError, ValueError):
    """An argument breaks its rule; the message tells the rule and the value got."""


class DataError(FoudreError):
    """Data cannot be used; the message names the path or the row."""


class AmbiguousSourceError(DataError):
    """A source can be read in two ways; the message says what to type for each."""


class DatasetFileError(DataError):
    """A dataset file fails a check; the message names the file and the reason."""


class UnlikeFileError(DataError):
    """A file can be read, but is of another kind than the first of its folder; the message names both."""


class SplitError(DataError):
    """A split would cut a group or leave a part empty; the message names the groups or the part."""


class ExportError(FoudreError):
    """A dataset file cannot be written now; the message says why and what keeps."""


class WorkerError(FoudreError):
    """The processes that were to do the work cannot be started."""


def check(ok: bool, where: str, name: str, rule: str, got: object, *, at: str = "", fix: str = "") -> None:
    """Raise unless a rule about an argument holds.

    Args:
        ok: Whether the rule holds.
        where: Who asks, e.g. ``"Resize"``.
        name: The argument's name.
        rule: What it must be, e.g. ``"at least 1"``.
        got: The value that came instead.
        at: The file or row it came from, if any.
        fix: A whole sentence that says what to do, if there is something.

    Raises:
        ArgumentError: If `ok` is false, worded by `wording`.
    """
    if not ok:
        raise ArgumentError(wording(where, name, rule, got, at=at, fix=fix))


def wording(where: str, name: str, rule: str, got: object, *, at: str = "", fix: str = "") -> str:
    """Word an error as the whole house does, e.g. ``Resize: height must be at least 1, got 0 in a.png. Do this.``."""
    value = printable(got) if isinstance(got, str) else printable(repr(got))
    return f"{where}: {name} must be {rule}, got {value or repr(got)}{' in ' + printable(at) if at else ''}.{' ' + fix if fix else ''}"


def printable(text: str, limit: int = 160) -> str:
    """Return `text` on one line: control, bidirectional and undecodable characters escaped, the middle cut beyond `limit`."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)
    return shown if len(shown) <= limit else f"{shown[: limit * 2 // 3]}…{shown[-limit // 4 :]}"
