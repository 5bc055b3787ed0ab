"""The pictures that a table names: its paths come in, names of files beside it go out, and what had to be read differently is told.

Paths are tried as they stand first. Those of another machine, in other cases, without ending, or relative to another folder are found by
what lies beside or below the table, where that leaves no choice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import commonpath

from toolkit.errors import DataError, printable
from toolkit.images.sources.listing import is_picture
from toolkit.sources import FolderTree

__all__ = ["PathFinder"]

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_MOST_FOLDERS = 2000
_DEEP = 3
_BELOW = "below"


@dataclass
class PathFinder:
    """Finds files by listing each folder once: much faster than asking for each file.

    Args:
        folder: The table's own, absolute.
        root: What paths start from, absolute or relative to that folder; empty finds it.
        manners: How many paths were found in each way that is to be told.
        as_they_stand: Whether relative paths mean what they say, as some were found so: then others are not looked for elsewhere.
    """

    folder: Path
    root: str = ""
    manners: Counter[str] = field(default_factory=Counter)
    as_they_stand: bool = False
    _tree: FolderTree = field(init=False, repr=False)
    _names: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)
    _loose: dict[str, dict[str, list[str]]] = field(default_factory=dict, repr=False)
    _rules: list[tuple[str, str]] = field(default_factory=list, repr=False)
    _taken: dict[str, str] = field(default_factory=dict, repr=False)
    _below: dict[str, list[str]] | None = field(default=None, repr=False)
    _deep: set[str] = field(default_factory=set, repr=False)

    def __post_init__(self) -> None:
        self._tree = FolderTree(self.folder)
        self.root = f"{self.root.rstrip('/') or '/'}/".replace("//", "/") if self.root else ""

    def find(self, path: str) -> str | None:
        """Return the name of the file that a path means, relative to the table's folder; None if there is none.

        Raises:
            DataError: If it lies in several folders beside the table.
        """
        name = self.root + path
        if self._holds(name):
            return name
        plain = path.strip()
        name = plain.replace("\\", "/")
        for prefix, base in self._rules:
            if name.startswith(prefix) and self._holds(found := base + name.removeprefix(prefix)):
                return self._note(found, path, prefix, base)
        return self._search(plain, name, path) if name else None

    def holds(self, path: str) -> bool:
        """Tell whether a path is that of a file as it stands."""
        return self._holds(self.root + path)

    def _search(self, plain: str, name: str, path: str) -> str | None:
        parts = [part for part in _DRIVE.sub("/", name).split("/") if part not in ("", ".")]
        absolute = name.startswith("/") or _DRIVE.match(name) is not None
        fixed = ".." in parts or (self.as_they_stand and not absolute)
        longest = 1 if fixed else len(parts) if absolute or self.root else max(1, len(parts) - 1)
        for exact in (True, False):
            for skip in range(longest):
                rest = "/".join(parts[skip:])
                bases = [base for base in self._bases()[: 1 if fixed else None] if self._match(base + rest, exact=exact)]
                if len(bases) > 1 and "" not in bases:
                    shown = " and ".join(printable(base) for base in bases[:2])
                    fix = f"Say which: --root {printable(bases[0].rstrip('/'))}."
                    raise DataError(f"read: {printable(plain)} must lie in one folder beside the table, got {shown}. {fix}")
                if bases:
                    base = "" if "" in bases else bases[0]
                    found = self._match(base + rest, exact=exact)
                    prefix = name[: len(name) - len(rest)] if name.endswith(rest) else ""
                    if exact and (prefix, base) != ("", ""):
                        self._rules.append((prefix, base))
                    return self._note(found, path, prefix, base)
        rests = ["/".join(parts[skip:]) for skip in range(0 if fixed else longest)]
        return next((below for rest in rests if (below := self._search_below(rest, name, path))), None)

    def _search_below(self, rest: str, name: str, path: str) -> str | None:
        """Return the one file of any folder below whose path ends as a table says, but for cases or its own ending if none does."""
        if self._below is None:
            self._below = {}
            for folder, files in self._walk(self.root, _DEEP):
                for file in files:
                    for key in {file.casefold(), _loose_name(file)}:
                        self._below.setdefault(key, []).append(folder + file)
        alike, wanted = self._below.get(rest.rpartition("/")[2].casefold(), []), f"/{rest}"
        fitting = [found for found in alike if f"/{found}".endswith(wanted)]
        fitting = fitting or [found for found in alike if f"/{found}".casefold().endswith(wanted.casefold())]
        fitting = fitting or [found for found in alike if _loose_name(f"/{found}").endswith(wanted.casefold())]
        if len(fitting) > 1:
            (first, second), start = fitting[:2], len(commonpath(["/" + each for each in fitting]))
            root = first[: first.find("/", start)] if first.find("/", start) > 0 else first.rpartition("/")[0]
            got = f"{printable(first)} and {printable(second)}"
            raise DataError(f"read: {printable(path)} must lie in one folder below, got {got}. Say which: --root {printable(root)}.")
        if not fitting:
            return None
        base = "".join(f"{part}/" for part in fitting[0].split("/")[: -len(rest.split("/"))])
        self._deep.add(base)
        return self._note(fitting[0], path, name[: len(name) - len(rest)] if name.endswith(rest) else "", base)

    def _note(self, found: str, path: str, prefix: str, base: str) -> str | None:
        """Count how a file was found; None if another path means it already."""
        plain = path.strip().replace("\\", "/")
        if self._taken.setdefault(found, plain) != plain:
            return None
        self.manners["with spaces around them"] += path != path.strip()
        self.manners["with backslashes"] += "\\" in path
        self.manners[f"without {printable(prefix)}"] += prefix not in ("", "./")
        self.manners[_BELOW if base in self._deep else f"in {printable(base)}"] += base not in ("", self.root)
        rest = base + plain.removeprefix(prefix)
        if rest.casefold() == found.casefold():
            self.manners["in other cases"] += rest != found
        else:
            self.manners["with the ending that they lack"] += 1
        return found

    def _bases(self) -> Sequence[str]:
        """Folders that paths may start from: the one asked for, or the table's own and those in it."""
        return [self.root] if self.root else ["", *(f"{name}/" for name in self._tree.entries("").folders)]

    def _match(self, name: str, *, exact: bool) -> str:
        """Return the one file of a name, or, if it need not be exact, of a name in other cases or without an ending; empty if none is."""
        if exact or self._holds(name):
            return name if self._holds(name) else ""
        place = "/" if name.startswith("/") else ""
        *folders, last = name.removeprefix("/").split("/")
        for part in folders:
            entries = self._tree.entries(place)
            alike = [each for each in (*entries.folders, *entries.links) if each.casefold() == part.casefold()]
            if part != ".." and len(alike) != 1 and part not in alike:
                return ""
            place += f"{part if part in alike or part == '..' else alike[0]}/"
        found = self._loosely(place).get(last.casefold(), [])
        return place + found[0] if len(found) == 1 else ""

    def _loosely(self, folder: str) -> dict[str, list[str]]:
        """The files of a folder by their names without regard to case, pictures without their endings, too."""
        if folder not in self._loose:
            self._loose[folder] = {}
            for name in self._tree.entries(folder).files:
                for key in {name.casefold(), _loose_name(name)}:
                    self._loose[folder].setdefault(key, []).append(name)
        return self._loose[folder]

    def _holds(self, path: str) -> bool:
        folder, slash, name = path.rpartition("/")
        if folder not in self._names:
            self._names[folder] = frozenset(self._tree.entries(folder + slash).files)
        return name in self._names[folder]

    def tell(self) -> str:
        """Say how paths were found that are not there as they stand; empty if all are."""
        below = f"in {len(self._deep):,} folders below" if len(self._deep) > 1 else f"in {printable(''.join(self._deep))}"
        ways = ", ".join(f"{count:,} {below if manner == _BELOW else manner}" for manner, count in self.manners.items() if count)
        return f"Paths that are not there as they stand were found: {ways}; --root says where they start from." if ways else ""

    def suggest(self, path: str) -> str:
        """Say what to type so that a path is found: the nearest folder around which a file of its name lies as the path says."""
        parts = [part for part in re.split(r"[\\/]+", path.strip()) if part and part not in (".", "..")]
        for above in ("", "../"):
            for folder, files in self._walk(above, _DEEP):
                if parts and parts[-1] in files:
                    inside = folder.rstrip("/").split("/")
                    for part in reversed(parts[:-1]):
                        if inside[-1:] != [part]:
                            break
                        inside.pop()
                    return f"--root {printable('/'.join(inside) or '.')}"
        return "--root FOLDER, the one that paths start from"

    def _walk(self, folder: str, deep: int) -> Iterator[tuple[str, Sequence[str]]]:
        entries = self._tree.entries(folder)
        yield folder, entries.files
        for name in entries.folders if deep and len(self._names) < _MOST_FOLDERS else ():
            yield from self._walk(f"{folder}{name}/", deep - 1)


def _loose_name(name: str) -> str:
    """A file's name in lower case, a picture's without its ending."""
    return (name.rpartition(".")[0] if is_picture(name) else name).casefold()
