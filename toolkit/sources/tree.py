"""What lies in a source, folder by folder: a folder or an archive comes in, names go out; every reader of folders looks through it.

A reader sees the same tree whether files lie in a folder or in an archive (`toolkit.sources.archive`), and never asks which.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from toolkit.contents import read_file
from toolkit.errors import DataError, printable
from toolkit.wing import Manifest

__all__ = ["EMPTY", "HIDDEN", "Entries", "FileTree", "FolderTree", "Tree", "holds_samples", "list_files"]

HIDDEN = ("__MACOSX", "@eaDir")
"""Names of folders that systems make for themselves; they are passed over, as are names that begin with a dot."""


class Entries(NamedTuple):
    """What lies in a folder, hidden names left out, each list sorted.

    Args:
        folders: Names of the folders.
        links: Names of links to folders elsewhere.
        circles: Names of links to this folder, or to one around it.
        files: Names of everything else.
        reason: Why nothing is listed, if the folder is closed to us.
    """

    folders: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    reason: str = ""


EMPTY = Entries()
"""A folder without anything."""


class Tree(Protocol):
    """Names of folders end in a slash, that of the root is empty; names of files are relative to the root."""

    @property
    def root(self) -> Path:
        """The folder that the names start from, or the archive; absolute."""
        ...

    def entries(self, folder: str) -> Entries:
        """Return what lies in a folder; nothing if there is no such folder."""
        ...

    def local(self, name: str) -> Path:
        """Return a file of this machine's that has the contents of one of the tree's."""
        ...

    def read(self, name: str) -> bytes:
        """Return a file's contents.

        Raises:
            DataError: If it cannot be read.
        """
        ...

    def place(self, manifest: Manifest) -> Manifest:
        """Return a manifest whose origins are names in the tree with all that says where their contents lie."""
        ...


@dataclass(frozen=True)
class FolderTree:
    """A folder on the disk; each of its folders is listed once.

    Args:
        root: The folder, absolute.
    """

    root: Path
    _listed: dict[str, Entries] = field(default_factory=dict, repr=False, compare=False)

    def entries(self, folder: str) -> Entries:
        """Return what lies in a folder, as it was when it was first asked for."""
        if folder not in self._listed:
            self._listed[folder] = _scan(self.root / folder)
        return self._listed[folder]

    def local(self, name: str) -> Path:
        """Return the file itself."""
        return self.root / name

    def read(self, name: str) -> bytes:
        """Return a file's contents."""
        try:
            return read_file(str(self.root / name))
        except OSError as error:
            raise DataError(f"read: {printable(str(self.root / name))} must be a file that can be read, got: {error.strerror}.") from error

    def place(self, manifest: Manifest) -> Manifest:
        """Return the manifest as it is: each name is that of a file."""
        return manifest


@dataclass(frozen=True)
class FileTree(FolderTree):
    """A file that is a source by itself, in its folder: what lies beside it is there for a reader that knows it by name.

    Args:
        only: The file's name.
    """

    only: str = ""


def _scan(folder: Path) -> Entries:
    folders: list[str] = []
    links: list[str] = []
    circles: list[str] = []
    files: list[str] = []
    try:
        with os.scandir(folder) as entries:  # says what is a folder without asking for each; pathlib asks
            for entry in entries:
                name = entry.name
                if name.startswith(".") or name in HIDDEN:
                    continue
                if not entry.is_symlink():
                    (folders if entry.is_dir(follow_symlinks=False) else files).append(name)
                elif _leads_back(entry):
                    circles.append(name)
                else:
                    (links if os.path.isdir(entry.path) else files).append(name)  # noqa: PTH112  # a path would have to be made for each
    except (OSError, ValueError) as error:  # closed, missing, or a null byte in its name
        return Entries(reason=getattr(error, "strerror", None) or str(error))
    return Entries(tuple(sorted(folders)), tuple(sorted(links)), tuple(sorted(circles)), tuple(sorted(files)))


def _leads_back(entry: os.DirEntry[str]) -> bool:
    return Path(entry.path).parent.resolve().is_relative_to(os.path.realpath(entry.path))


def list_files(tree: Tree, folder: str) -> Iterator[str]:
    """Yield the names of all files in a folder and in those inside it, links to folders not followed."""
    entries = tree.entries(folder)
    for name in entries.files:
        yield folder + name
    for name in entries.folders:
        yield from list_files(tree, f"{folder}{name}/")


def holds_samples(tree: Tree, folder: str, is_sample: Callable[[str], bool], *, deep: bool = True) -> bool:
    """Tell whether a folder holds a file that can be a sample, itself or in folders inside it.

    Args:
        tree: Where to look.
        folder: The folder.
        is_sample: Tells it by a file's name.
        deep: Whether to look into the folders inside it, too.
    """
    entries = tree.entries(folder)
    if any(map(is_sample, entries.files)):
        return True
    return deep and any(holds_samples(tree, f"{folder}{name}/", is_sample) for name in entries.folders)
