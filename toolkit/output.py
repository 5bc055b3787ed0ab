"""Files that answers are written to: a path comes in and is tried before there is any work; the file appears complete, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from os.path import realpath
from pathlib import Path
from tempfile import NamedTemporaryFile

from toolkit.errors import ExportError, check, printable, wording

__all__ = ["check_output", "write_whole"]


def check_output(path: Path, where: str, *, ours: Callable[[Path], bool], spare: Iterable[str | Path | None] = ()) -> None:
    """Refuse a path where nothing can be written, or where something that is not ours would be lost.

    Args:
        path: As it was typed.
        where: Who asks, e.g. ``"table"``.
        ours: Whether a file is an earlier answer, which may be replaced; it is none, too, if that cannot be read.
        spare: Files and folders that are read, and may be neither replaced nor added to; None is passed over.

    Raises:
        ArgumentError: If the path is or lies in what is to be spared, or a file of another make stands there.
        ExportError: If no file can be written there.
    """
    for read in (each for each in spare if each):
        apart = not Path(realpath(path)).is_relative_to(realpath(read))
        check(apart, where, "path", f"neither {printable(str(read))}, which is read, nor inside it", str(path), fix="Name another place.")
    if reason := _try_writing(path):
        raise ExportError(wording(where, "path", "where a file can be written", reason, at=str(path)))
    free = not path.exists() or not path.stat().st_size or _is_ours(path, ours)
    rule = "free, or that of an earlier answer, which is replaced"
    check(free, where, "path", rule, "a file of another make", at=str(path), fix="Take another name, or move that file away.")


def _try_writing(path: Path) -> str:
    """Make a file in the deepest folder that is there already, and take it away again; say why that cannot be, if it cannot."""
    try:
        if path.exists() and not path.is_file():
            return "a folder" if path.is_dir() else "a device or the like"
        folder = path.absolute().parent
        while not folder.exists() and not folder.is_symlink():
            folder = folder.parent
        with NamedTemporaryFile(dir=folder, prefix=path.name):  # a name as long as the one in `write_whole`
            return ""
    except OSError as error:
        return error.strerror or str(error)


def _is_ours(path: Path, ours: Callable[[Path], bool]) -> bool:
    try:
        return ours(path)
    except (OSError, ValueError, RecursionError):
        return False


@contextmanager
def write_whole(path: Path) -> Iterator[Path]:
    """Give another name to write under, and the file its own when all is written: it is complete, or the old one.

    Args:
        path: Where the file is to be; folders on the way are made.

    Raises:
        ExportError: If it cannot be written.
    """
    partial = path.with_name(f"{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        raise ExportError(wording("write", "path", "where a file can be written", error.strerror or str(error), at=str(path))) from error
