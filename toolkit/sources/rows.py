"""The rows that the readers of every kind of data fill, and the Manifest that they become."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.errors import ArgumentError, check, printable, wording
from toolkit.sources.labels import Labels, fold_names, number_names, read_labels
from toolkit.sources.tree import Entries
from toolkit.wing import Manifest, Skipped, Understood

__all__ = ["EMPTY_CLASS", "UNLISTED", "SampleRows", "source_path"]

UNLISTED = "a folder that cannot be listed"
"""How the reason begins why a folder is skipped that is closed to us."""

EMPTY_CLASS = "class folder without a sample"
"""Why a folder is skipped that names a class and holds nothing of it."""


@dataclass
class SampleRows:
    """What a reader has found so far; a column that the source does not have stays empty.

    Args:
        origin: Path relative to the manifest's root, or row, of each sample.
        label: Name of each sample's class.
        group: Name of what each sample belongs to.
        split: Index into `SPLITS`, −1 where the source says nothing.
        skipped: What can be no row, with the reason.
        note: What the user is told about the source.
        understood: What the source was taken for.
        class_names: What people call some of the classes, by class.
        labels: How the cells of a table's labels are read, as `SourceOptions.labels` has it; empty where labels are names as they stand.
    """

    origin: list[str] = field(default_factory=list)
    label: list[str] = field(default_factory=list)
    group: list[str] = field(default_factory=list)
    split: list[int] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    note: str = ""
    understood: Understood = field(default_factory=Understood)
    class_names: Mapping[str, str] = field(default_factory=dict)
    labels: str = ""

    def append(self, origin: str, label: str | None, group: str | None, split: int) -> None:
        """Append one sample; what is None has no column here, and must be None for every row."""
        self.origin.append(origin)
        self.split.append(split)
        if label is not None:
            self.label.append(label)
        if group is not None:
            self.group.append(group)

    def skip(self, path: str, reason: str) -> None:
        """List an input that becomes no row."""
        self.skipped.append(Skipped(path, reason))

    def tell(self, sentence: str) -> None:
        """Add a sentence to what the user is told."""
        self.note = " ".join(filter(None, (self.note, sentence)))

    def skip_unlisted(self, folder: str, entries: Entries) -> None:
        """List a folder that is closed to us; one that is open is passed over."""
        if entries.reason:
            self.skip(folder.removesuffix("/"), f"{UNLISTED}: {entries.reason}")

    def group_by(self, pattern: str) -> None:
        """Give each sample the group that a pattern finds in its path: its groups in brackets, or all that it finds.

        Args:
            pattern: A regular expression, searched in `origin`. A sample in which it finds nothing is a group of its own.

        Raises:
            ArgumentError: If it is no regular expression, or finds nothing in any path.
        """
        found = self._search(pattern, "group")
        missed = sum(group is None for group in found)
        self.group = [name if group is None else group for name, group in zip(self.origin, found, strict=True)]
        self.understood = replace(self.understood, groups=f"the pattern {printable(pattern)} in paths")
        if missed:
            self.tell(f"Paths in which the pattern of groups finds nothing, each a group of its own: {missed:,}.")

    def label_by(self, pattern: str) -> None:
        """Give each sample the class that a pattern finds in its path, as `group_by` does; the others are skipped.

        Args:
            pattern: A regular expression, searched in `origin`.

        Raises:
            ArgumentError: If it is no regular expression, or finds nothing in any path.
        """
        found = self._search(pattern, "classes")
        for name, label in zip(self.origin, found, strict=True):
            if not label:
                self.skip(name, "the pattern of classes finds nothing in its path")
        rows = [i for i, label in enumerate(found) if label]
        self.origin, self.split = [self.origin[i] for i in rows], [self.split[i] for i in rows]
        self.label = [str(found[i]) for i in rows]
        self.understood = replace(self.understood, labels=f"the pattern {printable(pattern)} in paths")

    def _search(self, pattern: str, option: str) -> list[str | None]:
        """What a pattern finds in each path; refused if it finds nothing in any."""
        compiled = _compile(pattern, option)
        found = [_find(compiled, name) or None for name in self.origin]
        fix = f"The first is {printable(self.origin[0])}." if self.origin else ""
        check(any(found), "read", option, "a pattern that some path has", f"regex:{pattern}", fix=fix)
        return found

    def join_groups(self, names: Sequence[str], what: str) -> None:
        """Join the groups of samples that are of one thing, such as the boxes of a picture.

        Args:
            names: Of that thing, one a row.
            what: What it is called, such as ``picture``.
        """
        repeated = len(names) - len(set(names))
        if not repeated:
            return
        before = len(set(self.group))
        self.group = _join_names(self.group or list(names), names)
        joined = f", which joined {before:,} groups to {len(set(self.group)):,}" if before > len(set(self.group)) else ""
        self.tell(f"{repeated:,} rows name a {what} again: the rows of a {what} stay in one split{joined}.")
        if not before:
            self.understood = replace(self.understood, groups=f"the rows of a {what}")

    def as_manifest(self, kind: str, root: Path, **more: Any) -> Manifest:
        """Return the rows as a manifest of a kind, with more of its fields; names become ids in their natural order."""
        label = read_labels(self.label, self.labels, self.understood.labels) if self.labels else Labels(*number_names(self.label))
        names, folded = fold_names(Counter(self.group), "groups that are one") if self.labels else ({}, [])
        for sentence in label.told + folded:
            self.tell(sentence)
        group_names, group = number_names([names[group] for group in self.group] if folded else self.group)
        imposed = any(part >= 0 for part in self.split)
        return Manifest(
            kind=kind,
            root=str(root),
            origin=self.origin,
            classes=label.classes,
            label=label.values if self.label else None,
            group=group if group_names else None,
            group_names=group_names,
            split=np.array(self.split, np.int8) if imposed else None,
            skipped=tuple(self.skipped),
            note=self.note,
            understood=self.understood,
            class_names=tuple(self.class_names.get(name, "") for name in label.classes) if self.class_names else (),
            **more,
        )


def source_path(source: str | Path) -> Path:
    """Return where a source lies, absolute; an empty text, such as a variable that was never set, does not mean the working folder."""
    check(source != "", "read", "source", "a path", source)
    return Path(source).absolute()


def _join_names(names: Sequence[str], others: Sequence[str]) -> list[str]:
    """Join what is linked by either of two names: rows of one name, or of one other name, or linked by rows between, get one name.

    Args:
        names: One a row.
        others: Likewise.

    Returns:
        One a row: of the names that were joined, that of the first row.
    """
    leader: dict[tuple[int, str], tuple[int, str]] = {}

    def find(node: tuple[int, str]) -> tuple[int, str]:
        path = []
        while (above := leader.setdefault(node, node)) != node:
            path.append(node)
            node = above
        for passed in path:
            leader[passed] = node
        return node

    for name, other in zip(names, others, strict=True):
        leader[find((1, other))] = find((0, name))
    first: dict[tuple[int, str], str] = {}
    return [first.setdefault(find((0, name)), name) for name in names]


def _compile(pattern: str, option: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ArgumentError(wording("read", option, "a regular expression", f"{pattern}: {error}")) from error


def _find(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    if found is None:
        return None
    return "/".join(part for part in found.groups() if part is not None) if pattern.groups else found[0]
