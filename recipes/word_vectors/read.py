"""A file of word vectors comes in, of whichever format; `WordVectors` go out, and what the file was found to hold."""

from __future__ import annotations

import lzma
import re
import struct
import zipfile
import zlib
from codecs import BOM_UTF8
from collections.abc import Collection
from io import BufferedReader, FileIO
from itertools import chain, islice
from pathlib import Path

from recipes.word_vectors.binary import read_binary
from recipes.word_vectors.collect import Collector
from recipes.word_vectors.fasttext import MAGIC, read_fasttext
from recipes.word_vectors.lines import count_numbers, each_line, read_lines
from recipes.word_vectors.opened import open_bytes
from recipes.word_vectors.vectors import WordVectors
from toolkit.errors import DataError, printable, wording

__all__ = ["read_vectors"]

_HEAD_LINES, _MAX_SIZE = 100, 100_000
_BINARY = re.compile(r"\.bin(?:\.(?:gz|xz|zst|zip))?$", re.IGNORECASE)


def read_vectors(path: str | Path, words: Collection[str] | None = None) -> WordVectors:
    """Read a file of word vectors, as word2vec, GloVe or fastText write them.

    Args:
        path: A text in UTF-8: a word and its numbers a line, which words may contain spaces in, under a first line of two numbers
            (word2vec, fastText's .vec) or none (GloVe); word2vec's binary format, named .bin; or fastText's, told by how it begins. All
            but the last may be compressed by gz, xz or zst, or be alone in a zip.
        words: The words wanted; None wants all. Memory holds the vectors of these alone. To those that a fastText model lacks, the mean
            of their parts' vectors is given, as fastText does.

    Returns:
        The vectors, in the file's order, and as `file` what it was found to hold. A damaged word, or one whose numbers are not all
        finite, is skipped and told; of a word that comes twice the first counts: published files have such words. A word's vector in
        fastText's format is the mean of its own and its parts', as ``fasttext print-word-vectors`` prints it.

    Raises:
        DataError: If the file is missing, is none of these, is cut off, is a quantised fastText model, or more than a tenth of its words
            is damaged.
    """
    path, found = Path(path), Collector(words)
    try:
        with open_bytes(path) as file:
            form, size = _read(file, path, found)
    except (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(f"open: vectors must be readable, got this from {printable(str(path))}: {printable(reason)}.") from error
    except (ValueError, struct.error) as error:
        reason = printable(" ".join(str(error).split()))
        raise DataError(f"open: vectors must be as their programs write them, got this from {printable(str(path))}: {reason}.") from error
    return found.conclude(form, size, str(path))


def _read(file: BufferedReader, path: Path, found: Collector) -> tuple[str, int]:
    """Tell the format by the file's beginning, and read it; return its name and the size of its vectors."""
    if file.peek().startswith(MAGIC):
        return "fastText binary", read_fasttext(path, found)
    lines = each_line(file)
    first = next(lines, b"").removeprefix(BOM_UTF8)
    header = first.split()
    if len(header) == 2 and all(field.isdigit() for field in header):
        count, size = map(int, header)
        _check_header(file, count, size, path)
        if _BINARY.search(path.name):
            read_binary(file, count, size, found)
            return "word2vec binary", size
        read_lines(lines, size, found, first=2, count=count)
        return "word2vec text", size
    head = [first, *islice(lines, _HEAD_LINES)]
    size = count_numbers(head)
    if not size:
        got = b" ".join(header[:4])[:40].decode(errors="replace")
        rule = "two numbers, of words and of their size, or a word and its numbers"
        raise DataError(wording("open", "first line", rule, got, at=str(path)))
    read_lines(chain(head, lines), size, found)
    return "GloVe text", size


def _check_header(file: BufferedReader, count: int, size: int, path: Path) -> None:
    """Refuse a first line that promises more than can be, or, where nothing is compressed, than the file can hold."""
    if not 1 <= size <= _MAX_SIZE:
        raise DataError(wording("open", "numbers of a word", f"from 1 to {_MAX_SIZE:,}", size, at=str(path)))
    least, whole = count * (2 * size + 1), path.stat().st_size  # a letter or a digit, and a space, for each
    if isinstance(file.raw, FileIO) and least > whole:
        rule = f"at least {least:,} bytes for {count:,} words of {size} numbers"
        raise DataError(wording("open", "file", rule, f"{whole:,}", at=str(path)))
