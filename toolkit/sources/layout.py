"""Folders of samples: a tree comes in, which folders are parts and which are classes goes out, or a refusal with what to type.

Readers of pictures and of texts list the files of the folders found. Where two readings are possible, none is taken.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from toolkit.errors import AmbiguousSourceError, DataError, check, printable, wording
from toolkit.shell import quote_word
from toolkit.sources.beside import CLASS_PATTERN, find_lists, find_tables, names_sample, tell_classes_by_name
from toolkit.sources.parts import UNLABELLED, find_parts, is_container
from toolkit.sources.tree import Tree, holds_samples, list_files
from toolkit.wing import SPLITS, Skipped, Understood

__all__ = ["ClassFolder", "FolderLayout", "FolderQuestion", "find_layout"]

_SHOWN = 4


@dataclass(frozen=True)
class ClassFolder:
    """A folder whose samples have one class.

    Args:
        name: The class; None for a folder of samples without one.
        folder: Where they lie, ending in a slash.
        split: Index into `SPLITS` of the part that it lies in, −1 outside parts.
        deep: Whether those of the folders inside it belong to it, too.
    """

    name: str | None
    folder: str
    split: int
    deep: bool = True


@dataclass(frozen=True)
class FolderLayout:
    """What a tree of folders was understood as.

    Args:
        base: The folder that holds parts or classes: empty, or the one folder that everything lies in.
        parts: The folder of each part → its split; ``""`` → −1 where there are no parts.
        classes: The folders to list, in order of parts and names.
        skipped: Folders beside them, with the reason.
        notes: Sentences to tell the user.
        understood: The same as people read it.
    """

    base: str
    parts: Mapping[str, int]
    classes: tuple[ClassFolder, ...]
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    understood: Understood = field(default_factory=Understood)

    @property
    def around(self) -> list[str]:
        """Folders whose own samples belong to no class, sorted."""
        return sorted({self.base, *self.parts} - {found.folder for found in self.classes})


@dataclass(frozen=True)
class FolderQuestion:
    """What is asked of a tree of folders.

    Args:
        is_sample: Tells by a file's name whether it can be a sample.
        what: What samples are called, such as ``pictures``.
        classes: ``"auto"``; ``"leaf"``: each folder with samples is a class; ``"top"``: each folder of a part is one, whatever lies inside.
        parts: The folder of each part → its split, as the user gave them, with or without a slash; empty finds them by their names.
        labelled: Whether classes are wanted: without, the folders of a part say nothing.
        flat: Whether samples that lie in no folder at all may be read without classes.
        more: A sentence that says what else can be typed where parts have no class folders.
    """

    is_sample: Callable[[str], bool]
    what: str
    classes: str = "auto"
    parts: Mapping[str, int] = field(default_factory=dict)
    labelled: bool = True
    flat: bool = False
    more: str = ""


def find_layout(tree: Tree, question: FolderQuestion) -> FolderLayout:
    """Tell which folders are parts and which are classes.

    Args:
        tree: The source.
        question: What samples are, and what the user said of them.

    Returns:
        At least one folder of samples.

    Raises:
        DataError: If there is none, or no class for them.
        AmbiguousSourceError: If two readings are possible; it names what to type for each.
        ArgumentError: If a part that the user named holds none.
    """
    return _Search(tree, question).run()


@dataclass
class _Search:
    tree: Tree
    ask: FolderQuestion
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _parts: Mapping[str, int] = field(default_factory=dict)

    def run(self) -> FolderLayout:
        parts = {f"{folder.rstrip('/')}/" if folder.strip("./") else "": split for folder, split in self.ask.parts.items()}
        base = ""
        for folder in parts:
            check(self._holds(folder), "read", "parts", f"folders that hold {self.ask.what}", folder or ".", at=str(self.tree.root))
        if parts:
            parts = {self._unwrap(folder): split for folder, split in parts.items()}
        else:
            base = self._descend("")
            parts = self._find_parts(base)
        self._parts = parts
        classes = [found for folder, split in parts.items() for found in self._find_classes(folder, split)]
        if not classes:
            if {*parts.values()} != {-1}:
                self._refuse_unlabelled(parts)
            rule = f"hold a folder a class with {self.ask.what} in it"
            raise DataError(f"read: {self._shown()} must {rule}, got none.")
        self._refuse_linked(base, parts, classes)
        self._compare_parts(classes)
        self._tell_beside(base, parts)
        return FolderLayout(base, parts, tuple(classes), tuple(self.skipped), tuple(self.notes), self._describe(parts, classes))

    def _describe(self, parts: Mapping[str, int], classes: Sequence[ClassFolder]) -> Understood:
        places: dict[int, list[str]] = {}
        for folder, split in parts.items():
            places.setdefault(split, []).append(folder or ".")
        inside = {found.split: ["inside each class"] for found in classes if found.split not in places}
        told = {SPLITS[split] if split >= 0 else "": " + ".join(folders) for split, folders in (places | inside).items()}
        labelled = any(found.name is not None for found in classes)
        labels = (f"each folder that holds {self.ask.what}" if self.ask.classes == "leaf" else "folders") if labelled else ""
        return Understood("a folder a class" if labelled else f"folders of {self.ask.what}", told, labels, passed_over=tuple(self.skipped))

    def _shown(self) -> str:
        return printable(str(self.tree.root))

    def _holds(self, folder: str, *, deep: bool = True) -> bool:
        return holds_samples(self.tree, folder, self.ask.is_sample, deep=deep)

    def _inner(self, folder: str) -> list[str]:
        """Names of the folders in a folder, links to folders among them."""
        entries = self.tree.entries(folder)
        return sorted((*entries.folders, *entries.links))

    def _filled(self, folder: str) -> list[str]:
        """Names of those that hold a sample."""
        return [name for name in self._inner(folder) if self._holds(f"{folder}{name}/")]

    def _descend(self, folder: str) -> str:
        """Go down while everything lies in a single folder that is no class."""
        while not self._holds(folder, deep=False) and len(filled := self._filled(folder)) == 1:
            below = f"{folder}{filled[0]}/"
            if find_parts(filled) or not self._filled(below) or self._holds(below, deep=False):
                break
            self._pass_over(
                folder, [name for name in self._inner(folder) if name != filled[0]], "folder beside the one that holds the data"
            )
            folder = below
        if folder:
            self.notes.append(f"Everything lies in {folder}, which is read.")
        return folder

    def _find_parts(self, base: str) -> dict[str, int]:
        """The folders of the parts, each with its split; the base itself with −1 where there are none."""
        filled = self._filled(base)
        named = find_parts(filled)
        lead_on = any(self._filled(f"{base}{name}/") for name in named)
        classes = not lead_on and (self.ask.classes != "auto" or len(named) < 2 <= len(filled))  # a class may be called "train"
        if not named or (classes and self.ask.labelled):
            return {base: -1}
        self._refuse_twice(base, named)
        self._refuse_unnamed_part(base, filled, named)
        parts = {self._unwrap(f"{base}{name}/"): split for name, split in sorted(named.items(), key=lambda part: (part[1], part[0]))}
        self._pass_over(base, [name for name in self._inner(base) if name not in named], "folder beside train, val and test")
        return parts

    def _unwrap(self, folder: str) -> str:
        """Go down from a part's folder to the one that holds its classes, as in ``seg_train/seg_train/`` and ``train/images/``."""
        while not self._holds(folder, deep=False) and len(filled := self._filled(folder)) == 1:
            name, outer = filled[0], f"/{folder}".split("/")[-2]
            if not (name == outer or is_container(name) or find_parts([name])):
                break
            folder += f"{name}/"
        return folder

    def _find_classes(self, folder: str, split: int) -> list[ClassFolder]:
        names = self._inner(folder)
        if not self.ask.labelled or (self.ask.flat and split < 0 and not names):
            return [ClassFolder(None, folder, split)]
        if split >= 0 and not self._filled(folder):
            self._tell_unlabelled_part(folder)
            return []
        if self.ask.classes == "auto":
            self._refuse_neutral(folder, self._filled(folder))
            names = self._leave_out_unlabelled(folder, names)
        return [found for name in names for found in self._find_class(folder, name, split)]

    def _find_class(self, folder: str, name: str, split: int) -> list[ClassFolder]:
        below = f"{folder}{name}/"
        inner = [inside for inside in self.tree.entries(below).folders if self._holds(f"{below}{inside}/")]
        if inner and split < 0 and self.ask.classes == "auto" and set(found := find_parts(inner)) == set(inner):
            return [ClassFolder(name, f"{below}{part}/", found[part]) for part in inner]  # cat/train, cat/test
        nested = inner and not (len(inner) == 1 and is_container(inner[0]))
        if self.ask.classes == "leaf":
            leaves = [name] if self._holds(below, deep=False) or not inner else []
            leaves += [f"{name}/{leaf}" for leaf in self._leaves(below)]
            return [ClassFolder(leaf, f"{folder}{leaf}/", split, deep=False) for leaf in leaves]
        if nested and self.ask.classes == "auto":
            self._refuse_nested(folder, name, inner)
        return [ClassFolder(name, below, split)]

    def _leaves(self, folder: str) -> list[str]:
        """Folders inside a folder that hold samples themselves, relative to it."""
        found = []
        for name in self.tree.entries(folder).folders:
            if self._holds(f"{folder}{name}/", deep=False):
                found.append(name)
            found += [f"{name}/{leaf}" for leaf in self._leaves(f"{folder}{name}/")]
        return found

    def _pass_over(self, folder: str, names: Sequence[str], reason: str) -> None:
        for name in names:
            count = self._count(f"{folder}{name}/")
            told = f"{reason}, with {count:,} {self.ask.what}" if count else reason
            self.skipped.append(Skipped(f"{folder}{name}", told))

    def _count(self, folder: str) -> int:
        return sum(map(self.ask.is_sample, list_files(self.tree, folder)))

    def _leave_out_unlabelled(self, folder: str, names: list[str]) -> list[str]:
        out = [name for name in names if name.lower() in UNLABELLED and self._holds(f"{folder}{name}/")]
        for name in out:
            count = self._count(f"{folder}{name}/")
            self.skipped.append(
                Skipped(f"{folder}{name}", f"{count:,} {self.ask.what} without a class, by its name; --classes top makes it one")
            )
        return [name for name in names if name not in out]

    def _tell_unlabelled_part(self, folder: str) -> None:
        first = next(filter(self.ask.is_sample, list_files(self.tree, folder)), "")
        outer = folder[: folder.rstrip("/").rfind("/") + 1]
        for table in (*self._tables(folder), *self._tables(outer)):
            if names_sample(self.tree, table, first):
                fix = f"Give that table: {quote_word(str(self.tree.root / table))}."
                others = {name: split for name, split in self._parts.items() if name != folder and split >= 0 and self._filled(name)}
                if others:
                    fix += f" Or leave the part out: --parts {quote_word(_type_parts(others))}."
                got = f"none, while {table} names them"
                raise self._doubt(f"{self.ask.what} of {folder}", "in class folders", got, fix)
        told = f"{folder} holds {self._count(folder):,} {self.ask.what} without class folders: they have no labels, and are left out."
        self.notes.append(told)

    def _tables(self, folder: str) -> list[str]:
        return [table for table in find_tables(self.tree, folder) if not self.ask.is_sample(table)]

    def _tell_beside(self, base: str, parts: Mapping[str, int]) -> None:
        """Tell of tables beside the folders, which are not read, and of lists that may impose parts."""
        around = {base[:i] for i in range(len(base) + 1) if not i or base[i - 1] == "/"} | set(parts)
        tables = [table for folder in sorted(around) for table in self._tables(folder)]
        lists = sorted({found for folder in around for found in find_lists(self.tree, folder)}) if {*parts.values()} == {-1} else []
        if lists:
            self.notes.append(f"Lists of parts that are not read, so that the split is drawn anew: {_shorten(lists)}.")
        if others := [table for table in tables if table not in lists]:
            self.notes.append(f"Tables beside the folders that are not read: {_shorten(others)}.")

    def _compare_parts(self, classes: Sequence[ClassFolder]) -> None:
        """Tell of classes that training lacks: folders of other parts may mean something else."""
        if self.ask.classes == "leaf" or len({found.split for found in classes}) < 2:
            return
        trained = {found.name for found in classes if found.split == 0}
        for split in (1, 2):
            more = sorted({str(found.name) for found in classes if found.split == split} - {str(name) for name in trained})
            if trained and more:
                self.notes.append(f"Classes of {SPLITS[split]} that train has no folder for: {_shorten(more)}.")

    # what is refused, each with what to type

    def _doubt(self, what: str, rule: str, got: str, fix: str) -> AmbiguousSourceError:
        return AmbiguousSourceError(wording("read", what, rule, got, at=str(self.tree.root), fix=fix))

    def _refuse_unlabelled(self, parts: Mapping[str, int]) -> None:
        rule = f"have class folders in {' and '.join(parts)}, which are parts of a data set by their names"
        fix = (
            f"List the {self.ask.what} with their labels in a table, put each class into a folder of its own, "
            f"or pass --classes top if these are the classes.{' ' + self.ask.more if self.ask.more else ''}"
        )
        names = ([*filter(self.ask.is_sample, list_files(self.tree, folder))] for folder in parts)
        if classes := next(filter(None, map(tell_classes_by_name, names)), []):
            fix = f"Pass --classes {quote_word(f'regex:{CLASS_PATTERN}')} if names begin with the class, such as {_shorten(classes)}. {fix}"
        raise AmbiguousSourceError(f"read: {self._shown()} must {rule}, got {self.ask.what} without. {fix}{self._name_tables('', *parts)}")

    def _name_tables(self, *folders: str) -> str:
        tables = [table for folder in folders for table in self._tables(folder)]
        return f" There is {_shorten(tables)}." if tables else ""

    def _refuse_twice(self, base: str, named: Mapping[str, int]) -> None:
        for split, part in enumerate(SPLITS):
            same = sorted(name for name, found in named.items() if found == split)
            if len(same) > 1:
                others = {f"{base}{name}/": found for name, found in named.items() if found != split}
                typed = _type_parts({f"{base}{same[0]}/": split, **others})
                got, fix = " and ".join(f"{base}{name}/" for name in same), f"Say which: --parts {quote_word(typed)}."
                raise self._doubt(f"the {part} part", "one folder", got, fix)

    def _refuse_unnamed_part(self, base: str, filled: Sequence[str], named: Mapping[str, int]) -> None:
        """Refuse a folder beside the parts that has their classes: it may be a part by a name that is not known."""
        classes = {name for part in named for name in self._filled(self._unwrap(f"{base}{part}/"))}
        for name in filled:
            known = name in named or name.lower() in UNLABELLED
            inner = set() if known else set(self._filled(self._unwrap(f"{base}{name}/")))
            if inner and 2 * len(inner & classes) >= len(inner):
                missing = next((split for split in (0, 1, 2) if split not in named.values()), 0)
                parts = {f"{base}{part}/": split for part, split in named.items()}
                with_it, without = _type_parts({f"{base}{name}/": missing, **parts}), _type_parts(parts)
                fix = f"If it is a part, name it: --parts {quote_word(with_it)}. If not: --parts {quote_word(without)}."
                raise self._doubt("folders with the same classes", "parts by their names", f"{base}{name}/", fix)

    def _refuse_linked(self, base: str, parts: Mapping[str, int], classes: Sequence[ClassFolder]) -> None:
        """Refuse one folder that stands for two by a link: its samples would be learned from and tested on."""
        if not any(self.tree.entries(folder).links for folder in {base, *parts}):
            return
        seen: dict[str, str] = {}
        for found in classes:
            first = seen.setdefault(os.path.realpath(self.tree.local(found.folder)), found.folder)
            if first != found.folder:
                fix = "Remove the link, or name the folders to read: --parts train=FOLDER,test=FOLDER."
                raise self._doubt("folders", "different ones", f"{first} and {found.folder}, which are one by a link", fix)

    def _refuse_neutral(self, folder: str, filled: Sequence[str]) -> None:
        neutral = [name for name in filled if is_container(name)]
        if not neutral and all(is_container(name, alone=False) for name in filled):
            neutral = list(filled)
        if neutral:
            fix = "Give the folder that holds the classes, list the samples in a table, or pass --classes top if these are the classes."
            got = " and ".join(f"{folder}{name}/" for name in neutral[:_SHOWN])
            raise self._doubt("folders", "named for classes", got, f"{fix}{self._name_tables(folder)}")

    def _refuse_nested(self, folder: str, name: str, inner: Sequence[str]) -> None:
        got = _shorten([f"{folder}{name}/{inside}/" for inside in inner])
        tops = self._filled(folder)
        leaves = [f"{top}/{leaf}" for top in tops for leaf in self._leaves(f"{folder}{top}/")]
        own = [top for top in tops if self._holds(f"{folder}{top}/", deep=False)]
        fix = (
            f"Pass --classes top for {len(tops)} classes such as {printable(name)}, "
            f"or --classes leaf for {len(leaves) + len(own)} such as {printable(leaves[0])}. If the inner folders are people or tracks, "
            f"add --group {quote_word(f'regex:^{re.escape(folder)}([^/]+/[^/]+)/')} to --classes top."
        )
        raise self._doubt("class folders", "without folders of samples inside", got, fix)


def _type_parts(parts: Mapping[str, int]) -> str:
    """Parts as `--parts` takes them, several folders of one joined."""
    found: dict[int, list[str]] = {}
    for folder, split in sorted(parts.items(), key=lambda part: part[1]):
        found.setdefault(split, []).append(folder.removesuffix("/"))
    return ",".join(f"{SPLITS[split]}={'+'.join(folders)}" for split, folders in found.items())


def _shorten(names: Sequence[str]) -> str:
    shown = ", ".join(printable(name, 60) for name in names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else shown
