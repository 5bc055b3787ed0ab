"""Files that hold several texts each, in one or several parts: their names in a tree come in, one Manifest of all goes out.

Each file may have a form of its own: the column ``form`` says which of `reading`'s ``forms`` a row has, where there are several.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.errors import DataError, printable
from toolkit.shell import quote_word
from toolkit.sources import SpoolFile, Tree, name_classes, read_pieces, row_slices
from toolkit.text.sources.fasttext import SEPARATOR, number_sets
from toolkit.text.sources.list_file import ListedFile, TextFile, list_file
from toolkit.text.sources.options import TextReadOptions
from toolkit.wing import SPLITS, Manifest, Skipped, Understood

__all__ = ["read_files"]

_CALLED = {
    "csv": "a table", "jsonl": "JSON, a line a text", "parquet": "Parquet, a row a text", "lines": "a text a line",
    "paragraphs": "a text between blank lines", "pieces": "one text, cut at white space", "fasttext": "fastText's labelled lines",
}  # fmt: skip
_NO_LABELS = "it has no labels, which other parts have"
_NAMES = ("classes.txt", "labels.txt")


def read_files(
    tree: Tree, files: Sequence[TextFile], options: TextReadOptions, *, passed_over: Sequence[Skipped] = (), single: bool = False
) -> Manifest:
    """List the texts of some files.

    Args:
        tree: Where they lie.
        files: In the order of their rows.
        options: How they are read.
        passed_over: What lies beside them.
        single: Whether the one file is the source, not the folder around it.

    Returns:
        A manifest. Parts without labels, where others have some, are told and left out.

    Raises:
        DataError: If a file cannot be read, no row of it can be used, or there is no text.
    """
    listed = [_list(tree, file, files, options) for file in files]
    kept = [each for each in listed if each.rows.label or not each.rows.origin or not any(other.rows.label for other in listed)]
    left = [Skipped(each.file.name, _NO_LABELS) for each in listed if each not in kept]
    gathered = _Gathered(kept)
    rows = gathered.rows
    for skip in left:
        rows.tell(f"{printable(skip.path)} is left out: {skip.reason}; --label none reads all without labels.")
    rows.check_any(tree.root / files[0].name if single else tree.root)
    if options.label == "auto" and not rows.label and any(each.layout in options.TABLES for each in listed):
        rows.tell("No column is named label, so the texts are unlabelled; name one with --label COLUMN.")
    rows.understood = gathered.understand((*passed_over, *left))
    if options.group_pattern:
        rows.group_by(options.group_pattern)
    return _name_from_beside(tree, gathered.finish(tree, single=single), options)


def _list(tree: Tree, file: TextFile, files: Sequence[TextFile], options: TextReadOptions) -> ListedFile:
    """List the texts of a file; a part that has no column of labels, which training has, is read without, and a part must not vanish."""
    try:
        try:
            listed = list_file(tree, file, options)
        except DataError:
            if file.split <= 0 or "label" not in (asked := options.column_names()):
                raise
            columns = {meaning: name for meaning, name in asked.items() if meaning != "label"}
            listed = list_file(tree, file, replace(options, label="none", columns=columns))
        if listed.rows.skipped:
            listed.rows.check_any(tree.root / file.name)
        return listed
    except DataError as error:
        others: dict[str, list[str]] = {}
        for other in files:
            if other.split != file.split:
                others.setdefault(SPLITS[other.split], []).append(other.name)
        if file.split <= 0 or not others:
            raise
        typed = ",".join(f"{part}={'+'.join(names)}" for part, names in others.items())
        raise DataError(f"{error} Or leave it out: --parts {quote_word(typed)}.") from error


class _Gathered:
    """The rows of several files, and where the texts of each row stand.

    Args:
        files: At least one.
    """

    def __init__(self, files: Sequence[ListedFile]) -> None:
        self.files = files
        self.forms: list[dict[str, Any]] = []
        self.row_form: list[int] = []
        self.row_file: list[int] = []
        self.in_place: list[str] = []
        self.spool, shifts = self._join_spools()
        self.rows = replace(files[0].rows, origin=[], label=[], group=[], split=[], skipped=[], place=[], note="")
        for each, shift in zip(files, shifts, strict=True):
            self._add(each, shift)
        if self.spool:
            names = ", ".join(each.file.name for each in files if each.spool)
            self.rows.tell(f"Unpacked for reading: {printable(names)}, {self.spool.size / 1e6:,.1f} MB.")
        if without := [each.file.name for each in files if each.rows.origin and not each.rows.group and self.rows.group]:
            self.rows.tell(f"Texts without a group, each a group of its own: those of {printable(', '.join(without))}.")

    def _add(self, each: ListedFile, shift: int) -> None:
        rows, own, count = self.rows, each.rows, len(each.rows.origin)
        rows.origin += own.origin
        rows.label += own.label
        rows.split += own.split
        rows.skipped += own.skipped
        rows.place += [(start + shift, stop + shift) for start, stop in own.place] if shift else own.place
        rows.class_names = {**rows.class_names, **own.class_names}
        if any(other.rows.group for other in self.files):
            rows.group += own.group or own.origin
        if own.note not in rows.note:
            rows.tell(own.note)
        if not (count or own.skipped):
            rows.skip(each.file.name, "holds no text")
        if each.reading not in self.forms:
            self.forms.append(each.reading)
        self.row_form += [self.forms.index(each.reading)] * count
        self.row_file += [-1 if each.spool else len(self.in_place)] * count
        if not each.spool:
            self.in_place.append(each.file.name)

    def _join_spools(self) -> tuple[SpoolFile | None, list[int]]:
        """Bring what was unpacked into one file; return it, and by how much the texts of each file moved."""
        if sum(each.spool is not None for each in self.files) < 2:
            return next((each.spool for each in self.files if each.spool), None), [0] * len(self.files)
        whole, shifts = SpoolFile(), []
        for each in self.files:
            if each.spool:
                shifts.append(whole.fill(read_pieces(Path(each.spool.path), ""))[0])
                each.spool = whole  # the other is removed
            else:
                shifts.append(0)
        whole.close()
        return whole, shifts

    def understand(self, passed_over: Sequence[Skipped]) -> Understood:
        first = self.files[0]
        parts: dict[str, str] = {}
        for each in self.files:
            split = SPLITS[each.file.split] if each.file.split >= 0 else ""
            parts[split] = " + ".join(filter(None, (parts.get(split, ""), each.file.name)))
        told = first.rows.understood
        form = ", ".join(dict.fromkeys(_call(each) for each in self.files))
        if first.file.label is not None:
            layout, labels = f"a file a class, {form}", "the names of files"
        else:
            layout = form if set(parts) == {""} else f"a file a part, {form}"
            labels = told.labels or ("__label__" if first.layout == "fasttext" else "the column of labels")
        alone = "All is one text, which no split can cut: --layout pieces cuts it at white space."
        return replace(
            told,
            layout=layout,
            parts=parts if set(parts) != {""} or len(self.files) > 1 else told.parts,
            labels=labels if self.rows.label else "",
            passed_over=(*told.passed_over, *passed_over),
            suggestion=told.suggestion or (alone if len(self.rows.origin) == 1 and first.layout == "lines" else ""),
        )

    def finish(self, tree: Tree, *, single: bool) -> Manifest:
        columns: dict[str, Any] = row_slices(self.rows.place)
        if len(self.forms) > 1:
            columns["form"] = np.array(self.row_form, np.int16)
        if len({*self.row_file}) > 1:
            columns["file"] = np.array(self.row_file, np.int32)
        reading = {**(self.forms[0] if len(self.forms) == 1 else {"forms": self.forms}), "files": self.in_place}
        names = tuple(each.file.name for each in self.files)
        more: dict[str, Any] = {"columns": columns, "files": names, "file": names[0] if single else "", "reading": reading}
        manifest = self.rows.as_manifest("text", tree.root, spool=self.spool, **more)
        if any(SEPARATOR in label for label in self.rows.label):
            classes, label = number_sets(self.rows.label)
            manifest = replace(manifest, classes=classes, label=label)
        return tree.place(manifest)


def _call(each: ListedFile) -> str:
    own = each.rows.understood.layout if each.layout in ("csv", "jsonl") else ""
    return own or _CALLED[each.layout]


def _name_from_beside(tree: Tree, manifest: Manifest, options: TextReadOptions) -> Manifest:
    """Give classes that are numbers the names that a file beside the parts has for just so many."""
    told, classes = manifest.understood, manifest.classes
    beside = [skip for skip in told.passed_over if skip.path.rpartition("/")[2] in _NAMES]
    numbers = bool(classes) and all(name.isascii() and name.isdigit() for name in classes)
    if options.names or not numbers or len(beside) != 1:
        return manifest
    lines = tree.read(beside[0].path).decode("utf-8", "replace").splitlines()
    if sum(bool(line.strip()) for line in lines) != len(classes):
        return manifest
    named = name_classes(manifest, str(tree.local(beside[0].path)))
    note = " ".join(filter(None, (named.note, f"{printable(beside[0].path)} names the classes.")))
    return replace(named, note=note, understood=replace(told, passed_over=tuple(skip for skip in told.passed_over if skip not in beside)))
