"""ZIP and TAR archives as trees: a path comes in, a tree like that of a folder goes out, whose files are read in place.

A plain TAR's files are slices of it, a ZIP's its entries; a compressed TAR is unpacked once into a spool. What an entry's name, kind or
size forbids to read is listed, never unpacked. An entry costs about 200 bytes of memory.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from toolkit.contents import MAX_BYTES
from toolkit.errors import DataError, printable, wording
from toolkit.sources.compressed import read_pieces
from toolkit.sources.entries import ArchiveEntry
from toolkit.sources.open_rows import read_place
from toolkit.sources.spool import SpoolFile, make_folder
from toolkit.sources.tar_list import list_tar
from toolkit.sources.tree import EMPTY, HIDDEN, Entries, FolderTree, Tree
from toolkit.sources.zip_list import list_zip
from toolkit.wing import Manifest, Skipped

__all__ = ["ARCHIVES", "NOT_READ", "ArchiveTree", "archive_stem", "open_tree"]

_COMPRESSED = (".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2", ".tbz", ".tar.zst", ".tzst")
ARCHIVES = (".zip", ".tar", *_COMPRESSED)
"""Endings of the archives that are read."""

NOT_READ = (".7z", ".rar")
"""Endings of those that are not."""

_BESIDE = (".csv", ".tsv", ".json", ".jsonl", ".md", ".pdf", ".yaml", ".yml", ".xml")
_SPOOLED = -1


@dataclass
class _Folder:
    folders: dict[str, _Folder] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)


class ArchiveTree:
    """One archive; or several that lie in a folder, each as a folder of its name without ending.

    Args:
        root: The archive, or the folder.
        archives: Names of the archives in the folder; none if the root is one itself.

    Raises:
        DataError: If one is damaged, cut short, or of no form that is read.
    """

    def __init__(self, root: Path, archives: Sequence[str] = ()) -> None:
        self.root = root
        self._around = FolderTree(root if archives else root.parent)
        self._archives, self._beside = tuple(archives or (root.name,)), bool(archives)
        self._top, self._spool = _Folder(), SpoolFile() if any(map(_is_compressed, self._archives)) else None
        self._start, self._stop, self._crc, self._file = array("q"), array("q"), array("q"), array("h")
        self._skipped: list[Skipped] = []
        self._passed_over: list[Skipped] = []
        self._names: dict[str, str] = {}
        self._listed: dict[str, Entries] = {}
        self._unpacked: Path | None = None
        for number, entries in enumerate(self._list_all()):
            self._add_archive(number, entries)
        if self._skipped and not self._start:
            first = f"The first is {printable(self._skipped[0].path)}: {self._skipped[0].reason}."
            got = f"none, and {len(self._skipped):,} that cannot"
            raise DataError(wording("read", "archive", "one with entries that can be read", got, at=str(root), fix=first))

    @property
    def tars(self) -> tuple[str, ...]:
        """The folder that each TAR archive stands for."""
        tars = [name for name in self._archives if not name.lower().endswith(".zip")]
        return tuple(f"{archive_stem(name)}/" if self._beside else "" for name in tars)

    def entries(self, folder: str) -> Entries:
        """Return what lies in a folder; nothing if there is no such folder."""
        if folder not in self._listed and (found := self._find(folder)) is not None:
            loose = self._around.entries("").files if self._beside and not folder else ()
            files = sorted((*found.files, *(name for name in loose if name not in self._archives)))
            self._listed[folder] = Entries(tuple(sorted(found.folders)), files=tuple(files))
        return self._listed.get(folder, EMPTY)

    def local(self, name: str) -> Path:
        """Return a file that has the contents of one of the tree's; it is removed with the tree."""
        if self._is_beside(name):
            return self._around.local(name)
        self._unpacked = self._unpacked or make_folder(self)
        path = self._unpacked / str(self._row(name)) / name.rpartition("/")[2][-100:]
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(self.read(name))
        return path

    def read(self, name: str) -> bytes:
        """Return a file's contents."""
        if self._is_beside(name):
            return self._around.read(name)
        row = self._row(name)
        try:
            file = os.open(self._path(self._file[row]), os.O_RDONLY)
            try:
                return read_place(file, (self._start[row], self._stop[row]), self._crc[row], MAX_BYTES)
            finally:
                os.close(file)
        except (OSError, DataError) as error:
            shown, reason = printable(f"{self.root}/{name}"), getattr(error, "strerror", None) or str(error)
            raise DataError(f"read: {shown} must be a file that can be read, got: {reason}.") from error

    def place(self, manifest: Manifest) -> Manifest:
        """Return a manifest whose rows are slices of the archives, or of what was unpacked of them, here or by a reader with a spool."""
        told = replace(manifest.understood, passed_over=(*manifest.understood.passed_over, *self._passed_over))
        manifest = replace(
            manifest,
            root=str(self._around.root),
            skipped=(*manifest.skipped, *self._skipped),
            files=self._archives,
            file="" if self._beside else self.root.name,
            understood=told,
        )
        if manifest.spool is not None:
            return manifest
        rows = np.fromiter((self._row(name) for name in manifest.origin), np.int64, len(manifest))
        named = {"start": self._start, "stop": self._stop, "crc": self._crc, "file": self._file}
        columns = {name: np.array(column)[rows] for name, column in named.items()}
        if (columns["crc"] < 0).all():
            columns.pop("crc")
        return replace(
            manifest,
            origin=[self._address(name) for name in manifest.origin],
            columns={**manifest.columns, **columns},
            reading={**manifest.reading, "files": list(self._archives)},
            spool=self._spool,
        )

    def _list_all(self) -> list[Iterator[ArchiveEntry]]:
        """The entries of each archive; what is compressed as a whole is unpacked first."""
        places: list[tuple[int, int] | None] = []
        for name in self._archives:
            spooled = self._spool is not None and _is_compressed(name)
            places.append(self._spool.fill(read_pieces(self._around.root / name)) if spooled and self._spool else None)
        if self._spool:
            self._spool.close()
        return [self._list(number, place) for number, place in enumerate(places)]

    def _list(self, number: int, place: tuple[int, int] | None) -> Iterator[ArchiveEntry]:
        path = self._around.root / self._archives[number]
        try:
            with open(path if place is None or self._spool is None else self._spool.path, "rb") as file:
                if path.suffix.lower() == ".zip":
                    yield from list_zip(path, file)
                else:
                    yield from list_tar(path, file.fileno(), *(place or (0, os.fstat(file.fileno()).st_size)))
        except OSError as error:
            raise DataError(f"read: {printable(str(path))} must be a file that can be read, got: {error.strerror}.") from error

    def _add_archive(self, number: int, entries: Iterator[ArchiveEntry]) -> None:
        name = self._archives[number]
        top, prefix = self._top, ""
        if self._beside:
            stem = archive_stem(name)
            if stem in self._names:
                got, fix = f"{self._names[stem]} and {name}", "Move one of them elsewhere."
                raise DataError(wording("read", "archives", "of different names", got, at=str(self.root), fix=fix))
            self._names[stem], prefix = name, f"{stem}/"
            top = self._top.folders.setdefault(stem, _Folder())
        file = _SPOOLED if _is_compressed(name) else number
        known: dict[str, _Folder | None] = {"": top}
        for entry in entries:
            self._add(known, prefix, entry, file)

    def _add(self, known: dict[str, _Folder | None], prefix: str, entry: ArchiveEntry, file: int) -> None:
        if entry.reason:
            if not any(map(_is_hidden, entry.name.split("/"))):
                self._skipped.append(Skipped(prefix + entry.name, entry.reason))
            return
        above, _, name = entry.name.rpartition("/")
        if above not in known:
            known[above] = _make_folder(known[""], above)
        folder = known[above]
        if folder is None or _is_hidden(name):
            return
        if name.lower().endswith((*ARCHIVES, *NOT_READ)):
            self._passed_over.append(Skipped(prefix + entry.name, "an archive inside the archive; unpack it to read it"))
        elif name:
            if name in folder.files:
                self._skipped.append(Skipped(prefix + entry.name, "named twice: the last is read, as unpacking would leave it"))
            folder.files[name] = len(self._start)
            for column, value in ((self._start, entry.start), (self._stop, entry.stop), (self._crc, entry.crc), (self._file, file)):
                column.append(value)

    def _path(self, number: int) -> str:
        return self._spool.path if number == _SPOOLED and self._spool else str(self._around.root / self._archives[number])

    def _address(self, name: str) -> str:
        """Where people find a file: the archive's name, and the entry's."""
        if not self._beside:
            return f"{self._archives[0]}/{name}"
        stem, _, rest = name.partition("/")
        return f"{self._names[stem]}/{rest}"

    def _is_beside(self, name: str) -> bool:
        return self._beside and "/" not in name

    def _find(self, folder: str) -> _Folder | None:
        found: _Folder | None = self._top
        for name in folder.split("/")[:-1]:
            found = found and found.folders.get(name)
        return found

    def _row(self, name: str) -> int:
        folder, slash, file = name.rpartition("/")
        found = self._find(folder + slash)
        if found is None or file not in found.files:
            raise DataError(f"read: {printable(f'{self.root}/{name}')} must be an entry of the archive, got none of that name.")
        return found.files[file]


def open_tree(path: Path) -> Tree:
    """Return the tree of a folder or an archive.

    A folder that holds archives only, and tables or notes beside them, is a tree in which each archive is a folder.

    Args:
        path: Absolute. A file that is no archive becomes the root of a tree without anything in it.

    Raises:
        DataError: If an archive is damaged, cut short, or of no form that is read.
    """
    if path.is_file():
        return ArchiveTree(path) if archive_stem(path.name) else FolderTree(path)
    tree = FolderTree(path)
    entries = tree.entries("")
    archives = [name for name in entries.files if archive_stem(name)]
    rest = [name for name in entries.files if name not in archives]
    if archives and not (entries.folders or entries.links) and all(map(_may_stand_beside, rest)):
        return ArchiveTree(path, archives)
    return tree


def archive_stem(name: str) -> str:
    """Return an archive's name without its ending; empty if it is no archive that is read."""
    ending = next((ending for ending in ARCHIVES if name.lower().endswith(ending)), "")
    return name[: -len(ending)] if ending else ""


def _make_folder(top: _Folder | None, name: str) -> _Folder | None:
    """Return the folder of that name, made if it is not there; None if it is hidden."""
    folder = top
    for part in name.split("/"):
        if _is_hidden(part):
            return None
        if part not in ("", ".") and folder:
            folder = folder.folders.setdefault(part, _Folder())
    return folder


def _is_hidden(name: str) -> bool:
    return (name.startswith(".") and name not in (".", "..")) or name in HIDDEN


def _is_compressed(name: str) -> bool:
    return name.lower().endswith(_COMPRESSED)


def _may_stand_beside(name: str) -> bool:
    return name.lower().endswith(_BESIDE) or name.lower().startswith(("readme", "license", "licence"))
