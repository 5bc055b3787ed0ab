"""Files of vectors are opened, those compressed as what is in them: a path comes in, bytes go out to the readers of each format."""

from __future__ import annotations

import gzip
import lzma
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO, Any

from recipes.word_vectors.zst import ReadZst
from toolkit.errors import DataError, printable

__all__ = ["open_bytes"]


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
        if start.startswith(b"PK\x03\x04"):
            archive = stack.enter_context(zipfile.ZipFile(file))
            found: Any = archive.open(_only_member(archive, path))
        elif start.startswith(b"\x1f\x8b"):
            found = gzip.GzipFile(fileobj=file)
        elif start.startswith(b"\xfd7zXZ\0"):
            found = lzma.LZMAFile(file)  # noqa: SIM115  # closed with the stack
        elif start.startswith(b"\x28\xb5\x2f\xfd"):
            found = _open_zst(file, path)
        else:
            yield file
            return
        yield BufferedReader(stack.enter_context(found))


def _only_member(archive: zipfile.ZipFile, path: Path) -> str:
    names = [name for name in archive.namelist() if not name.endswith("/")]
    if len(names) != 1:
        shown, at = printable(", ".join(names)), printable(str(path))
        raise DataError(f"open: vectors must be the only file in an archive, got {shown} in {at}. Unpack it, and name one.")
    return names[0]


def _open_zst(file: IO[bytes], path: Path) -> ReadZst:
    try:
        return ReadZst(file)
    except ImportError as error:
        fix = f"Unpack it with `unzstd {printable(path.name)}`, or install the package zstandard."
        raise DataError(f"open: vectors must be plain or compressed by gz, xz or zip, got zst in {printable(str(path))}. {fix}") from error
