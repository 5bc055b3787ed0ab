"""One file that holds several texts: its name in a tree and what it is come in, its rows and how to read them again go out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.errors import DataError, printable
from toolkit.sources import SpoolFile, Tree
from toolkit.sources.slices import find_encoding
from toolkit.text.sources.corpus import list_corpus
from toolkit.text.sources.fasttext import count_labelled, list_fasttext
from toolkit.text.sources.json_shapes import refuse_shape
from toolkit.text.sources.options import TextReadOptions
from toolkit.text.sources.parquet import unpack_parquet
from toolkit.text.sources.pieces import list_pieces
from toolkit.text.sources.rows import TextRows
from toolkit.text.sources.strays import lists_pictures
from toolkit.text.sources.tables import list_table
from toolkit.text.sources.unpack import open_plain, show_place
from toolkit.wing import Skipped

__all__ = ["ENDINGS", "ListedFile", "TextFile", "list_file"]

ENDINGS = {
    ".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".parquet": "parquet", ".txt": "text",
}  # fmt: skip
"""Layouts of files by their ending; ``"text"``: lines, with or without fastText's labels, as the file itself tells."""

_LIST: Mapping[str, Callable[..., dict[str, Any]]] = {
    "csv": list_table, "jsonl": list_table, "parquet": list_table,
    "lines": list_corpus, "paragraphs": list_corpus, "pieces": list_pieces, "fasttext": list_fasttext,
}  # fmt: skip
"""What lists the texts of a file of each layout."""

_HEAD_BYTES = 1 << 16


@dataclass(frozen=True)
class TextFile:
    """A file that holds texts.

    Args:
        name: Its name in the tree.
        layout: How it is read: one of the layouts of single files, or ``"text"``.
        split: Index into `SPLITS` of the part that it is, −1 if it is none.
        label: The class of all its texts; None if it does not say.
    """

    name: str
    layout: str
    split: int = -1
    label: str | None = None


@dataclass
class ListedFile:
    """What a file holds.

    Args:
        file: The file.
        layout: What it was recognised as.
        rows: Its texts.
        reading: What `toolkit.text.documents` must know of it.
        spool: Where it was unpacked to; None if its texts are read in place.
    """

    file: TextFile
    layout: str
    rows: TextRows
    reading: dict[str, Any]
    spool: SpoolFile | None


def list_file(tree: Tree, file: TextFile, options: TextReadOptions) -> ListedFile:
    """List the texts of a file.

    Args:
        tree: Where it lies.
        file: Its name, and what it is.
        options: How it is read.

    Raises:
        DataError: If it cannot be read, lacks a column, or may be something else than texts.
        ArgumentError: If an option means nothing in the layout that it is recognised as.
    """
    path, spool = open_plain(tree, file.name)
    rows = TextRows()
    shown = show_place(tree, file.name)
    try:
        if file.layout == "parquet":
            path, spool = unpack_parquet(path, file.name.rpartition("/")[2], options, rows)
        layout = file.layout
        if layout == "text":
            layout = _tell_layout(path, options)
            options.check_layout(layout)
        reading = _LIST[layout](path, options, "jsonl" if layout == "parquet" else layout, rows, split=file.split)
    except DataError as error:  # what was unpacked lies elsewhere
        if file.layout == "jsonl":
            refuse_shape(path, options.encoding, f"{tree.root}/{file.name}")
        message = str(error).replace(printable(str(path)), shown)
        raise DataError(message) from error
    if file.layout == "jsonl" and not rows.origin:
        refuse_shape(path, options.encoding, f"{tree.root}/{file.name}")
    if file.label is not None and options.label != "none":
        rows.label = [file.label] * len(rows.origin)
    folder = file.name.rpartition("/")[0]
    if folder:
        rows.origin = [f"{folder}/{name}" for name in rows.origin]
        rows.skipped = [Skipped(f"{folder}/{skip.path}", skip.reason) for skip in rows.skipped]
    return ListedFile(file, layout, rows, reading, spool)


def _tell_layout(path: Path, options: TextReadOptions) -> str:
    """Tell labelled lines from plain ones by how a file begins; lists of pictures are no texts."""
    encoding, shown = find_encoding(path, options.encoding), printable(str(path))
    with open(path, "rb") as file:
        head = file.read(_HEAD_BYTES).decode(encoding, "replace")
    if lists_pictures(head):
        raise DataError(f"read: {shown} must hold texts, got a list of pictures. --layout lines reads its lines as texts.")
    labelled, lines = count_labelled(head)
    if 0 < 2 * labelled < lines:
        got = f"{labelled} of {lines} lines"
        fix = "Pass --layout fasttext to read only these, or --layout lines to read all as unlabelled texts."
        raise DataError(f"read: {shown} must have __label__ at the beginning of most lines or of none, got it in {got}. {fix}")
    return "fasttext" if labelled else "lines"
