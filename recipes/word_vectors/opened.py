"""Files of vectors are opened, those compressed as what is in them: a path comes in, bytes go out to the readers of each format."""

from __future__ import annotations

import gzip
import importlib
import lzma
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO, Any

from toolkit.errors import DataError, printable

__all__ = ["open_bytes"]

_MAGIC = {b"\x1f\x8b": "gz", b"\xfd7zXZ\0": "xz", b"\x28\xb5\x2f\xfd": "zst", b"PK\x03\x04": "zip"}


@contextmanager
def open_bytes(path: Path) -> Iterator[BufferedReader]:
    """Open a file to read its bytes, decompressed where it begins as .gz, .xz, .zst or .zip files do.

    Raises:
        DataError: If an archive has several members, or nothing at hand reads its compression.
        OSError: If it cannot be opened.
    """
    with ExitStack() as stack:
        file = stack.enter_context(open(path, "rb"))
        start = file.peek()
        kind = next((kind for magic, kind in _MAGIC.items() if start.startswith(magic)), "")
        if kind == "zip":
            archive = stack.enter_context(zipfile.ZipFile(file))
            yield BufferedReader(stack.enter_context(archive.open(_only_member(archive, path))))  # type: ignore[arg-type]
        elif kind:
            opened: Callable[[IO[bytes]], Any] = _find_zst(path) if kind == "zst" else gzip.open if kind == "gz" else lzma.open
            yield BufferedReader(stack.enter_context(opened(file)))
        else:
            yield file


def _only_member(archive: zipfile.ZipFile, path: Path) -> str:
    names = [name for name in archive.namelist() if not name.endswith("/")]
    if len(names) != 1:
        shown, at = printable(", ".join(names)), printable(str(path))
        raise DataError(f"open: vectors must be the only file in an archive, got {shown} in {at}. Unpack it, and name one.")
    return names[0]


def _find_zst(path: Path) -> Callable[[IO[bytes]], Any]:
    """Return what opens zst: Python 3.14's own module, or the package zstandard."""
    for name in ("compression.zstd", "zstandard"):
        try:
            found: Callable[[IO[bytes]], Any] = importlib.import_module(name).open
        except ImportError:
            continue
        return found
    fix = f"Unpack it with `unzstd {printable(path.name)}`, or install the package zstandard."
    raise DataError(f"open: vectors must be plain or compressed by gz, xz or zip, got zst in {printable(str(path))}. {fix}")
