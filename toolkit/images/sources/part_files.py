"""Files that hold many pictures each: a tree comes in, which of them are read and the split of each go out to their readers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from toolkit.errors import DataError, check, wording
from toolkit.images.sources.annotations import split_in
from toolkit.images.sources.listing import is_picture
from toolkit.images.sources.options import ReadOptions
from toolkit.shell import quote_word
from toolkit.sources import Entries, FileTree, Tree, find_parts, list_files
from toolkit.wing import SPLITS, Skipped

__all__ = ["file_name", "find_files", "named_files", "pass_over", "say_parts", "split_files", "walk_levels"]

_DEEP = 3
"""Folders around files of a known name that unpacking may have made."""


def file_name(path: str) -> str:
    """Return a path's last part."""
    return path.rpartition("/")[2]


def find_files(tree: Tree, fits: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the files whose names fit, of all folders of the level nearest to the root that has some; folders of pictures left out."""
    if isinstance(tree, FileTree):
        return (tree.only,) if fits(tree.only) else ()
    return next(_find_levels(tree, fits), ())


def pass_over(tree: Tree, fits: Callable[[str], bool], read: Collection[str]) -> tuple[Skipped, ...]:
    """Return the files whose names fit, on any level, that are not among those read."""
    found = () if isinstance(tree, FileTree) else [name for level in _find_levels(tree, fits) for name in level]
    return tuple(Skipped(name, "another file of this layout; --parts names those to read") for name in found if name not in read)


def _find_levels(tree: Tree, fits: Callable[[str], bool]) -> Iterator[tuple[str, ...]]:
    found: dict[int, list[str]] = {}
    for folder, entries in walk_levels(tree):
        files = entries.files
        if files and not (is_picture(files[0]) and is_picture(files[-1])):
            found.setdefault(folder.count("/"), []).extend(folder + name for name in files if fits(name))
    yield from (tuple(names) for names in found.values() if names)


def walk_levels(tree: Tree) -> Iterator[tuple[str, Entries]]:
    """Yield folders and what lies in them, level by level, a few levels down."""
    level = [""]
    for _ in range(_DEEP + 1):
        below = []
        for folder in level:
            entries = tree.entries(folder)
            yield folder, entries
            below += [f"{folder}{name}/" for name in entries.folders]
        level = below


def named_files(tree: Tree, options: ReadOptions, fits: Callable[[str], bool]) -> dict[str, int]:
    """Return the files of the parts that the user named, files or folders, each with its split; nothing if none are named.

    Raises:
        ArgumentError: If one holds no such file.
    """
    splits: dict[str, int] = {}
    for part, split in options.part_folders().items():
        folder, slash, name = part.rpartition("/")
        alone = name in tree.entries(folder + slash).files
        files = [file for file in ([part] if alone else list_files(tree, f"{part}/")) if fits(file_name(file))]
        check(bool(files), "read", "parts", f"files of the layout {options.layout} or folders of them", part, at=str(tree.root))
        splits |= dict.fromkeys(files, split)
    return splits


def split_files(tree: Tree, layout: str, files: Sequence[str], stem: Callable[[str], str], *, shards: bool = False) -> dict[str, int]:
    """Tell the split of each file by its name, or else by its folder's.

    Args:
        tree: Where they lie.
        layout: Their layout.
        files: Their paths.
        stem: What of a file's own name tells its part.
        shards: Whether the files of one folder may be of one part, and files of no part lie beside those of parts, which are left out.

    Returns:
        File → index into `SPLITS`, −1 where there are no parts.

    Raises:
        DataError: If files cannot be told apart; it names what to type.
    """
    if len(files) == 1:
        return {files[0]: -1}
    folders = {name: name.rpartition("/")[0] for name in files}
    stems = {name: stem(file_name(name)) for name in files}
    told, parts = stems, find_parts(stems.values())
    if not parts:
        named = {folders[name]: split for name in files if (split := split_in(name)) >= 0}
        told, parts = folders, named | find_parts(folders.values())
    splits = {name: parts[told[name]] for name in files if told[name] in parts}
    if shards:
        splits = splits or dict.fromkeys(files, -1)
        apart = len({(split, folders[name]) for name, split in splits.items()}) == len({*splits.values()})
    else:
        apart = len(files) == len(splits) == len({*splits.values()})
    if not apart:
        _refuse(tree, layout, {(shards and folders[name]) or name: splits.get(name, -1) for name in files})
    return splits


def _refuse(tree: Tree, layout: str, places: Mapping[str, int]) -> None:
    typed = {SPLITS[split]: place for place, split in reversed([*places.items()]) if split >= 0}
    for place in (place for place, split in places.items() if split < 0):
        if free := next((part for part in ("train", "test", "val") if part not in typed), ""):
            typed[free] = place
    parts = quote_word(",".join(f"{part}={typed[part]}" for part in SPLITS if part in typed))
    fix = f"Give the one that you mean, or say which, such as --layout {layout} --parts {parts}."
    what = "tables of pixels" if layout == "pixels" else f"files of the layout {layout}"
    raise DataError(wording("read", what, "one, or one a part by their names", " and ".join(places), at=str(tree.root), fix=fix))


def say_parts(splits: Mapping[str, int], call: Callable[[str], str] = str) -> dict[str, str]:
    """Return what each split comes from, as `Understood.parts` has it; files are called by their paths, or as `call` says."""
    places: dict[str, dict[str, None]] = {}
    for name, split in splits.items():
        places.setdefault(SPLITS[split] if split >= 0 else "", {})[call(name)] = None
    return {part: " + ".join(names) for part, names in sorted(places.items())}
