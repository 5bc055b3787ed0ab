"""MNIST's idx files: come in in a tree, go out as a Manifest; so do EMNIST's, turned upright, and others of these names.

Source: LeCun, Cortes, Burges, The MNIST database of handwritten digits, "File formats"; Cohen et al., EMNIST, 2017.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import DataError, printable, wording
from toolkit.images.pixels import check_size
from toolkit.images.sources.options import ReadOptions
from toolkit.images.sources.part_files import find_files, pass_over
from toolkit.images.sources.spooled import SpooledRows
from toolkit.shell import quote_word
from toolkit.sources import FileTree, Tree, read_pieces, split_of
from toolkit.wing import SPLITS, Manifest, Understood

__all__ = ["find_idx", "read_idx"]

_IMAGES = re.compile(r"(?P<stem>.*?)images[-.]idx3[-.]ubyte(?P<packed>\.gz)?", re.IGNORECASE)
_TEST = ("t10k", "t60k")


@dataclass(frozen=True)
class _Idx:
    """A file of pictures: its name, that of its labels if they are there, the set it is of, and its split."""

    images: str
    labels: str | None
    family: str
    split: int


def find_idx(tree: Tree) -> tuple[str, ...] | None:
    """Find files of pictures by their names; None if there is none."""
    return find_files(tree, _is_idx) or None


def _is_idx(name: str) -> bool:
    return _IMAGES.fullmatch(name) is not None


def read_idx(tree: Tree, options: ReadOptions) -> Manifest:
    """List the pictures of idx files.

    Args:
        tree: The folder of the files, or one of them in its folder.
        options: `parts` names the file of each part where several sets lie side by side.

    Returns:
        A manifest; rows are numbered from 0 in each file. Labels are numbers, named where EMNIST's mapping lies beside.

    Raises:
        DataError: If a file is damaged, cut short or of another kind; or several sets are there.
    """
    rows = SpooledRows()
    files = _choose(tree, options, rows)
    unlabelled = [file for file in files if file.labels is None]
    for file in unlabelled:
        if len(unlabelled) < len(files):
            rows.skip(file.images, "its labels are not beside it")
    for file in files if len(unlabelled) == len(files) else [file for file in files if file.labels]:
        _add_file(rows, tree, file)
    emnist = any("emnist" in file.family.lower() for file in files)
    if emnist:
        rows.tell("EMNIST stores its pictures on their side: they were turned upright.")
    rows.class_names = _load_mapping(tree, files[0])
    parts = {SPLITS[file.split] if file.split >= 0 else "": file.images for file in files}
    labels = "the idx files of labels" if len(unlabelled) < len(files) else ""
    layout, passed_over = f"{'EMNIST' if emnist else 'MNIST'}'s idx files", pass_over(tree, _is_idx, [file.images for file in files])
    rows.understood = Understood(layout, parts, labels, passed_over=passed_over)
    return rows.close(tree, options, [name for file in files for name in (file.images, file.labels) if name])


def _choose(tree: Tree, options: ReadOptions, rows: SpooledRows) -> list[_Idx]:
    """The files to read: those of one set, or those that the user named."""
    named = options.part_folders()
    files = [_look_beside(tree, name) for name in named or find_idx(tree) or ()]
    if not files:
        raise DataError(f"read: {printable(str(tree.root))} must hold idx files of pictures, got none, such as train-images-idx3-ubyte.")
    if named:
        return [_Idx(file.images, file.labels, file.family, named[file.images]) for file in files]
    files, packed = _leave_out_packed(tree, files)
    if packed:
        rows.tell(f"Packed files that hold the same as those beside them, left out: {', '.join(map(printable, packed))}.")
    families = {file.family for file in files}
    parts = [(file.family, file.split) for file in files]
    twice = [file for file in files if parts.count((file.family, file.split)) > 1]
    if len(families) == 1 and not twice:
        return sorted(files, key=lambda file: file.split)
    first = [file for file in files if file.family == files[0].family]
    typed = ",".join({SPLITS[max(file.split, 0)]: f"{SPLITS[max(file.split, 0)]}={file.images}" for file in first}.values())
    got = ", ".join(file.images for file in files)
    fix = f"Say which, such as --layout idx --parts {quote_word(typed)}."
    raise DataError(wording("read", "idx files", "of one set, one a part", got, at=str(tree.root), fix=fix))


def _leave_out_packed(tree: Tree, files: Sequence[_Idx]) -> tuple[list[_Idx], list[str]]:
    """Return the files without packed ones that lie beside the same unpacked, labels among them; and the names of those."""
    plain = {file.images: file for file in files}
    packed = [
        file.images
        for file in files
        if file.images.endswith(".gz")
        and (twin := plain.get(file.images.removesuffix(".gz")))
        and _digest(tree, file.images) == _digest(tree, twin.images)
        and (file.labels == twin.labels or _digest(tree, file.labels) == _digest(tree, twin.labels))
    ]
    return [file for file in files if file.images not in packed], packed


def _digest(tree: Tree, name: str | None) -> str:
    digest = hashlib.sha256()
    for piece in read_pieces(tree.local(name)) if name else ():
        digest.update(piece)
    return digest.hexdigest()


def _look_beside(tree: Tree, images: str) -> _Idx:
    folder, slash, name = images.rpartition("/")
    found = _IMAGES.fullmatch(name)
    if found is None:
        raise DataError(f"read: {printable(images)} must be a file of pictures, such as train-images-idx3-ubyte, got another name.")
    stem, packed = found["stem"], found["packed"] or ""
    fits = re.compile(rf"{re.escape(stem)}labels[-.]idx1[-.]ubyte(\.gz)?", re.IGNORECASE)
    there = sorted(filter(fits.fullmatch, tree.entries(folder + slash).files), key=lambda file: file.endswith(".gz") != bool(packed))
    labels = there[0] if there else None
    test = stem.lower().startswith(_TEST)
    family = re.sub(r"(?i)(t10k|t60k|training|train|testing|test|validation|valid|val|dev)[-_.]*$", "", stem)
    split = -1 if isinstance(tree, FileTree) else SPLITS.index("test") if test else split_of(stem.removeprefix(family) or folder)
    return _Idx(images, labels and folder + slash + labels, family, split)


def _add_file(rows: SpooledRows, tree: Tree, file: _Idx) -> None:
    labels = None if file.labels is None else np.concatenate([np.empty(0, np.uint8), *_read_idx(tree, file.labels, 1)])
    shown = file.images.removesuffix(".gz")
    upright = "emnist" in file.family.lower()
    number = 0
    for batch in _read_idx(tree, file.images, 3):
        if labels is not None and number + len(batch) > len(labels):
            break
        for pixels in batch.transpose(0, 2, 1) if upright else batch:
            rows.add_pixels(f"{shown} {number}", pixels, label=None if labels is None else str(labels[number]), split=file.split)
            number += 1
    if labels is not None and number != len(labels):
        got = f"{len(labels):,} in {file.labels}, and another number of pictures"
        raise DataError(wording("read", "labels", "as many as pictures", got, at=file.images))


def _read_idx(tree: Tree, name: str, dimensions: int) -> Iterator[NDArray[np.uint8]]:
    """Yield what a file holds in batches along its first axis, as it is unpacked.

    Raises:
        DataError: If it is not of bytes, of another shape, or has fewer or more of them than it says.
    """
    pieces, shown = read_pieces(tree.local(name)), printable(name)
    head = 4 + 4 * dimensions
    held = b"".join(_take(pieces, head))
    if len(held) < head or held[:4] != bytes((0, 0, 8, dimensions)):
        rule = f"an idx file of bytes with {dimensions} dimension{'s' * (dimensions > 1)}"
        raise DataError(f"read: {shown} must be {rule}, got one that begins with {held[:4].hex(' ') or 'nothing'}.")
    count, *shape = struct.unpack_from(f">{dimensions}I", held, 4)
    if dimensions == 3:
        try:
            check_size(shape[1], shape[0])
        except DataError as error:
            raise DataError(f"read: {shown}: {error}.") from error
    size, held, left = int(np.prod(shape, dtype=np.int64)), held[head:], count
    while left:
        piece = next(pieces, b"")
        held += piece
        whole = min(left, len(held) // size)
        if not piece and not whole:
            raise DataError(f"read: {shown} must hold {count:,} items as it says, got {count - left:,}: it is cut short.")
        yield np.frombuffer(held, np.uint8, whole * size).reshape(whole, *shape)
        held, left = held[whole * size :], left - whole
    if held or next(pieces, b""):
        raise DataError(f"read: {shown} must hold {count:,} items as it says, got more bytes.")


def _take(pieces: Iterator[bytes], count: int) -> Iterator[bytes]:
    while count > 0 and (piece := next(pieces, b"")):
        count -= len(piece)
        yield piece


def _load_mapping(tree: Tree, file: _Idx) -> Mapping[str, str]:
    """The characters of each class, as EMNIST's mapping files have them: a class, then code points."""
    folder, slash, _ = file.images.rpartition("/")
    mapping = f"{file.family}mapping.txt"
    if mapping not in tree.entries(folder + slash).files:
        return {}
    lines = tree.read(folder + slash + mapping).decode("ascii", "replace").split("\n")
    cells = [line.split() for line in lines if line.strip()]
    return {row[0]: "/".join(chr(int(code)) for code in row[1:] if code.isdecimal() and int(code) < 0x110000) for row in cells}
