"""Classes that are a file each, a text a line, as pos.txt beside neg.txt: a tree comes in, the files with their classes go out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from toolkit.errors import DataError, check, printable
from toolkit.sources import SampleRows, Tree
from toolkit.sources.slices import find_encoding
from toolkit.text.sources.list_file import ENDINGS, TextFile
from toolkit.text.sources.options import TextReadOptions
from toolkit.text.sources.part_files import PartFiles, list_beside
from toolkit.text.sources.strays import is_stray
from toolkit.text.sources.unpack import split_name

__all__ = ["find_class_files", "given_class_files"]

_CLASSES = frozenset({
    "pos", "neg", "neu", "positive", "negative", "neutral", "ham", "spam", "fake", "real", "toxic", "subj", "subjective", "objective",
})  # fmt: skip
"""Words that name a class of texts wherever they stand."""

_WORDS = re.compile(r"[^\W\d_]+")
_HEAD_BYTES = 1 << 16
_MOST_CLASSES = 100
_SHOWN = 4


def given_class_files(tree: Tree, base: str, options: TextReadOptions) -> PartFiles:
    """Return the files of a folder that the user says hold a class each; a pattern of classes picks them, and names their classes.

    Raises:
        DataError: If there are no files.
        ArgumentError: If the pattern finds nothing in their names.
    """
    names = [name for name in tree.entries(base).files if not is_stray(name) and ENDINGS.get(split_name(name).ending, "text") == "text"]
    if not names:
        raise DataError(f"read: {printable(str(tree.root))} must hold a file a class, got none.")
    if not options.class_pattern:
        return _as_files(tree, base, _name_classes(names))
    rows = SampleRows(origin=names, split=[-1] * len(names))
    rows.label_by(options.class_pattern)
    return _as_files(tree, base, dict(zip(rows.origin, rows.label, strict=True)))


def find_class_files(tree: Tree, base: str, options: TextReadOptions) -> PartFiles | None:
    """Find classes by the names of files.

    Args:
        tree: The source.
        base: The folder to look in.
        options: The encoding of texts.

    Returns:
        The files; None if each can only be a text of its own, by names that are numbered alike or by a single line.

    Raises:
        DataError: If a file may be a class or a text.
    """
    files = tree.entries(base).files
    texts = [name for name in files if split_name(name).ending == ".txt" and not is_stray(name)]
    by_ending = [name for name in files if split_name(name).ending[1:] in _CLASSES]
    if len(by_ending) > 1 and len({split_name(name).stem for name in by_ending}) == 1:
        if texts:
            _refuse(tree, [*by_ending, *texts])
        return _as_files(tree, base, {name: split_name(name).ending[1:] for name in by_ending})
    words = {name: {word.lower() for word in _WORDS.findall(split_name(name).stem)} for name in texts}
    named = len(texts) > 1 and all(len(own & _CLASSES) == 1 for own in words.values())
    if named and len({frozenset(own - _CLASSES) for own in words.values()}) == 1:
        return _as_files(tree, base, _name_classes(texts))
    plain = [name for name in texts if not split_name(name).packed]
    numbered = len({re.sub(r"\d+", "", split_name(name).stem) for name in plain}) < 2
    if not numbered and len(plain) <= _MOST_CLASSES and all(_has_lines(tree, f"{base}{name}", options) for name in plain):
        _refuse(tree, plain)
    return None


def _name_classes(names: Sequence[str]) -> dict[str, str]:
    """Files are named by their stems, or by their endings where these alone differ."""
    stems = {split_name(name).stem for name in names}
    return {name: split_name(name).stem if len(stems) == len(names) else split_name(name).ending[1:] for name in names}


def _as_files(tree: Tree, base: str, classes: dict[str, str]) -> PartFiles:
    check(len({*classes.values()}) == len(classes), "read", "classes", "one file each", ", ".join(classes), at=str(tree.root))
    files = tuple(TextFile(f"{base}{name}", "lines", label=label) for name, label in sorted(classes.items()))
    return PartFiles(files, list_beside(tree, base, classes, "beside those of the classes"))


def _has_lines(tree: Tree, name: str, options: TextReadOptions) -> bool:
    """Tell whether a file begins with more than one line that is not blank."""
    path = tree.local(name)
    encoding = find_encoding(path, options.encoding)
    with open(path, "rb") as file:
        lines = file.read(_HEAD_BYTES).decode(encoding, "replace").splitlines()
    return sum(1 for line in lines if line.strip()) > 1


def _refuse(tree: Tree, names: Sequence[str]) -> None:
    shown = ", ".join(printable(name, 40) for name in names[:_SHOWN])
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    fix = (
        "Pass --layout class-files if each file is a class with a text a line, with --classes 'regex:…' to pick some, "
        "or --layout folder if each .txt file is one text without a label."
    )
    raise DataError(f"read: {printable(str(tree.root))} must hold files of one meaning, got {shown}{more} of several lines each. {fix}")
