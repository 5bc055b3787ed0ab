"""Which pictures annotations are of: names as annotations have them come in, names in the tree and their splits go out to readers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from toolkit.errors import DataError, printable, wording
from toolkit.images.sources.annotations import shorten, split_in
from toolkit.images.sources.listing import is_picture
from toolkit.sources import Tree, list_files, split_of

__all__ = ["PictureNames", "read_lists"]

_MASKS = frozenset({"mask", "masks", "segmentationclass", "segmentationobject"})


def read_lists(tree: Tree, folder: str) -> Mapping[str, tuple[int, str]]:
    """Read the lists of pictures, a line each, that say the splits.

    Args:
        tree: Where they lie.
        folder: That of ``train.txt``, ``val.txt`` and ``test.txt``; ``trainval.txt`` counts where there is no list of train.

    Returns:
        Picture without its ending → its split, −1 if that is still to be cut, and the list that says so.

    Raises:
        DataError: If a picture is in two splits.
    """
    names = [name for name in tree.entries(folder).files if name.endswith(".txt")]
    lists = {name: split for name in names if (split := split_of(name.removesuffix(".txt"))) >= 0}
    if 0 not in lists.values() and "trainval.txt" in names:
        lists["trainval.txt"] = -1
    found: dict[str, tuple[int, str]] = {}
    for name, split in lists.items():
        text = tree.read(f"{folder}{name}").decode("utf-8-sig", "surrogateescape")
        for stem in (line.split()[0] for line in text.splitlines() if line.strip()):
            known, listed = found.setdefault(stem, (split, f"{folder}{name}"))
            if known != split:
                got = f"{printable(stem)} in {printable(listed)} and {name}"
                raise DataError(wording("read", "each picture", "in one list", got, at=str(tree.root), fix="Take it out of one of them."))
    return found


class PictureNames:
    """Tells where the pictures lie that annotations name, by listing each folder once.

    Args:
        tree: Where to look.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._listed: dict[str, Mapping[str, Sequence[str]]] = {}
        self._anywhere: dict[str, list[str]] = {}

    def find(self, name: str, folders: Iterable[str], *, split: int = -1, below: str = "") -> str:
        """Return a picture's name in the tree.

        Args:
            name: As an annotation has it: a path, perhaps of another machine, or without an ending.
            folders: Where it may lie, the likeliest first; else the only one of its name is taken, wherever that is.
            below: The folder that is searched then.
            split: That of the annotation: what lies in another split's folder is not meant.

        Raises:
            DataError: If there is none, or several that could be meant.
        """
        *way, last = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")] or [""]
        for start in range(len(way) + 1):  # paths of another machine end as ours do
            inner = "".join(f"{part}/" for part in way[start:])
            for place in folders if ".." not in way[start:] else ():
                if here := self._inside(f"{place}{inner}").get(last):
                    return _only(here)
        found = [path for path in self._search(last) if path.startswith(below)]
        return _only([path for path in found if split < 0 or split_in(path) in (-1, split)])

    def _inside(self, folder: str) -> Mapping[str, Sequence[str]]:
        """A folder's pictures by their names, and by these without the ending."""
        if folder not in self._listed:
            names = [name for name in self._tree.entries(folder).files if is_picture(name)]
            found: dict[str, list[str]] = {}
            for name in names:
                found.setdefault(name.rpartition(".")[0], []).append(f"{folder}{name}")
            self._listed[folder] = {**found, **{name: [f"{folder}{name}"] for name in names}}
        return self._listed[folder]

    def _search(self, name: str) -> Sequence[str]:
        if not self._anywhere:
            for path in filter(is_picture, list_files(self._tree, "")):
                if _MASKS & {part.lower() for part in path.split("/")[:-1]}:
                    continue
                last = path.rpartition("/")[2].lower()
                for key in {last, last.rpartition(".")[0]}:
                    self._anywhere.setdefault(key, []).append(path)
        return self._anywhere.get(name.lower(), ())


def _only(found: Sequence[str]) -> str:
    if not found:
        raise DataError("its picture is missing")
    if len(found) > 1:
        raise DataError(f"its picture may be each of {shorten(found)}")
    return found[0]
