"""Parts of a data set that are a file each, as train.tsv beside dev.tsv: a tree comes in, the files and what they are go out."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from toolkit.errors import DataError, check, printable, wording
from toolkit.shell import quote_word
from toolkit.sources import Tree, find_parts
from toolkit.text.sources.list_file import ENDINGS, TextFile
from toolkit.text.sources.options import TextReadOptions
from toolkit.text.sources.strays import is_stray
from toolkit.text.sources.unpack import split_name
from toolkit.wing import SPLITS, Skipped

__all__ = ["PartFiles", "find_base", "find_part_files", "given_part_files", "is_data", "list_beside"]

_SHARD = re.compile(r"-\d{5}-of-\d{5}$")
"""How the Hugging Face libraries number the files of a part."""


@dataclass(frozen=True)
class PartFiles:
    """Files that are parts, and what lies beside them."""

    files: tuple[TextFile, ...]
    passed_over: tuple[Skipped, ...] = ()


def is_data(name: str) -> bool:
    """Tell by a file's name whether it can hold texts, one by one."""
    return split_name(name).ending in ENDINGS and not is_stray(name)


def find_base(tree: Tree) -> str:
    """Return the folder that files of texts lie in: the source's own, or the one that everything lies in."""
    folder = ""
    while True:
        entries = tree.entries(folder)
        if any(map(is_data, entries.files)) or len(entries.folders) != 1 or entries.links:
            return folder
        folder += f"{entries.folders[0]}/"


def given_part_files(tree: Tree, options: TextReadOptions) -> PartFiles | None:
    """Return the files that the user named as parts; None if folders were named.

    Raises:
        ArgumentError: If both were, or a file is not there.
    """
    given = options.part_folders()
    files = [name for name in given if name.rpartition("/")[2] in tree.entries(_folder(name)).files]
    if not files:
        return None
    other = [name for name in given if name not in files]
    check(not other, "read", "parts", "files or folders, not both", ", ".join(other), at=str(tree.root))
    return PartFiles(tuple(TextFile(name, _layout(tree, name, options), split) for name, split in sorted(given.items(), key=_by_split)))


def find_part_files(tree: Tree, base: str, options: TextReadOptions) -> PartFiles | None:
    """Find parts by the names of files, whatever their endings.

    Args:
        tree: The source.
        base: From `find_base`.
        options: Which layout they have.

    Returns:
        The parts in order, at least that for training; None if there are none.

    Raises:
        DataError: If several files are of one meaning.
    """
    parts = _find_parts([name for name in tree.entries(base).files if is_data(name)])
    if options.layout != "auto":  # which files of other endings may not have
        endings = {split_name(name).ending for name, split in parts.items() if split == 0}
        parts = {name: split for name, split in parts.items() if split_name(name).ending in endings}
    if 0 not in parts.values():
        return None
    _refuse_twice(tree, base, parts)
    files = tuple(TextFile(f"{base}{name}", _layout(tree, name, options), split) for name, split in sorted(parts.items(), key=_by_split))
    return PartFiles(files, list_beside(tree, base, parts, "beside the parts"))


def list_beside(tree: Tree, base: str, taken: Collection[str], where: str) -> tuple[Skipped, ...]:
    """List what lies in a folder beside the files that are read."""
    entries = tree.entries(base)
    files = [Skipped(f"{base}{name}", f"a file {where}") for name in entries.files if name not in taken]
    return (*files, *(Skipped(f"{base}{name}/", f"a folder {where}") for name in (*entries.folders, *entries.links)))


def _by_split(part: tuple[str, int]) -> tuple[int, str]:
    return part[1], part[0]


def _folder(name: str) -> str:
    return name[: name.rfind("/") + 1]


def _layout(tree: Tree, name: str, options: TextReadOptions) -> str:
    if options.layout != "auto":
        return options.layout
    ending = split_name(name).ending
    if ending not in ENDINGS:
        fix = "Name what it holds with --layout."
        rule = f"end in {', '.join(ENDINGS)}"
        raise DataError(f"read: {printable(f'{tree.root}/{name}')} must {rule}, got {ending or 'no ending'}. {fix}")
    return ENDINGS[ending]


def _stem(name: str) -> str:
    return _SHARD.sub("", split_name(name).stem)


def _find_parts(names: Sequence[str]) -> dict[str, int]:
    splits = find_parts({_stem(name) for name in names})
    return {name: splits[_stem(name)] for name in names if _stem(name) in splits}


def _refuse_twice(tree: Tree, base: str, parts: Mapping[str, int]) -> None:
    """Refuse several files of one meaning, unless they are the numbered shards of one."""
    for split, part in enumerate(SPLITS):
        own = [name for name, found in parts.items() if found == split]
        shards = {(_stem(name), split_name(name).ending) if _SHARD.search(split_name(name).stem) else name for name in own}
        if len(shards) > 1:
            typed = _type_parts(base, parts)
            fix = f"Say which: --parts {quote_word(typed)}."
            raise DataError(wording("read", f"the {part} part", "one file", " and ".join(own), at=str(tree.root), fix=fix))


def _type_parts(base: str, parts: Mapping[str, int]) -> str:
    """The first file of each part, as `--parts` takes them."""
    first: dict[int, str] = {}
    for name, split in sorted(parts.items(), key=_by_split):
        first.setdefault(split, f"{base}{name}")
    return ",".join(f"{SPLITS[split]}={name}" for split, name in first.items())
