"""WebDataset's TAR shards, where files of one key are one sample: come in as a tree, go out as a Manifest.

Source: WebDataset, "The WebDataset Format": a key is a path up to the first dot of its last part, the rest says what the file is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from toolkit.errors import DataError, printable
from toolkit.images.sources.listing import is_picture
from toolkit.images.sources.options import ReadOptions
from toolkit.images.sources.rows import Rows
from toolkit.sources import ArchiveTree, Tree, find_parts, list_files
from toolkit.wing import SPLITS, Manifest, Understood

__all__ = ["find_webdataset", "read_webdataset"]

_LABELS = ("cls", "json", "txt")
_JSON_LABELS = ("label", "cls", "class", "class_id", "category", "target")
_LOOKED_AT = 256
_LONGEST_LABEL = 100


def find_webdataset(tree: Tree) -> tuple[str, ...] | None:
    """Find shards by the keys of their first files; None if the source is no TAR archive, or has no such keys."""
    told = {shard: _LABELS[: 1 if _holds_several(tree, shard) else None] for shard in _list_shards(tree)}
    return tuple(shard for shard, kinds in told.items() if _has_keys(tree, shard, kinds)) or None


def _list_shards(tree: Tree) -> tuple[str, ...]:
    return tree.tars if isinstance(tree, ArchiveTree) else ()


def _holds_several(tree: Tree, folder: str) -> bool:
    """Whether there are folders that could be classes: several, or one beside files."""
    entries = tree.entries(folder)
    if len(entries.folders) == 1 and not entries.files:
        return _holds_several(tree, f"{folder}{entries.folders[0]}/")
    return bool(entries.folders)


def _has_keys(tree: Tree, shard: str, told: Sequence[str]) -> bool:
    """Whether most pictures have a companion that labels, of kinds that are no others' there, as .json and .txt in class folders may be."""
    keys = [kinds for kinds in _group_keys(islice(list_files(tree, shard), _LOOKED_AT)) if any(map(_is_plain, kinds))]
    return 2 * sum(any(kind in kinds for kind in told) for kinds in keys) > len(keys) > 0


def _is_plain(kind: str) -> bool:
    """Whether a file of this kind is a sample's picture: ``jpg`` is, ``seg.png`` is another."""
    return "." not in kind and is_picture(f"x.{kind}")


def _group_keys(names: Iterable[str]) -> Iterable[Mapping[str, str]]:
    """Return the files of each key, by their kind."""
    keys: dict[str, dict[str, str]] = {}
    for name in names:
        folder, slash, file = name.rpartition("/")
        key, _, kind = file.partition(".")
        keys.setdefault(folder + slash + key, {})[kind.lower()] = name
    return keys.values()


def read_webdataset(tree: Tree, options: ReadOptions) -> Manifest:
    """List the pictures of shards.

    Args:
        tree: One TAR archive, or a folder of them.
        options: How it is read.

    Returns:
        A manifest; names of shards make the splits. Labels are what .cls files hold, or .json files under label, or .txt files where few
        different short ones stand for many pictures; samples that lack one are among the skipped, and so are shards of no part.

    Raises:
        DataError: If there are no keys with a picture and what could label it.
    """
    shards = find_webdataset(tree) or tuple(shard for shard in _list_shards(tree) if _has_keys(tree, shard, _LABELS))
    names = [shard.removesuffix("/") for shard in shards]
    parts = find_parts(names) if len(names) > 1 else {}
    rows, pictures = Rows(), list[tuple[str, Mapping[str, str], int]]()
    for shard, name in zip(shards, names, strict=True):
        if parts and name not in parts:
            rows.skip(name, "a shard beside those of train, val and test")
            continue
        for kinds in _group_keys(list_files(tree, shard)):
            picture = next(filter(_is_plain, kinds), None)
            if picture:
                pictures.append((kinds[picture], kinds, parts.get(name, -1)))
    if not pictures:
        wanted = ", ".join(f".{kind}" for kind in _LABELS)
        raise DataError(f"read: {printable(str(tree.root))} must hold TAR archives of pictures with {wanted} beside most, got none.")
    told, labels = _find_labels(tree, [kinds for _, kinds, _ in pictures])
    for (name, _, split), label in zip(pictures, labels, strict=True):
        if told and not label:
            rows.skip(name, f"no label in a file {told}")
        else:
            rows.add(name, label=label if told else None, split=split)
    if not told:
        rows.tell("What lies beside the pictures is different for most, as captions are: they are unlabelled.")
    places = {SPLITS[split]: " + ".join(name for name in names if parts.get(name) == split) for split in sorted({*parts.values()})}
    rows.understood = Understood("WebDataset's shards", places, told and f"the files {told} of the same key")
    return rows.finish(tree, options)


def _find_labels(tree: Tree, samples: list[Mapping[str, str]]) -> tuple[str, list[str]]:
    """The kind of file that labels, and the label of each sample, empty where it lacks; no kind if none labels."""
    for kind in _LABELS:
        if not any(kind in kinds for kinds in samples):
            continue
        labels = [_read_label(tree, kinds[kind]) if kind in kinds else "" for kinds in samples]
        few = 2 * len({*labels}) <= len(labels) and max(map(len, labels)) <= _LONGEST_LABEL
        if any(labels) and (kind != "txt" or few):
            return f".{kind}", labels
    return "", [""] * len(samples)


def _read_label(tree: Tree, name: str) -> str:
    text = tree.read(name).decode("utf-8", "surrogateescape").strip()
    if not name.lower().endswith(".json"):
        return text
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    value = next((found[key] for key in _JSON_LABELS if key in found), "") if isinstance(found, dict) else found
    return str(value) if isinstance(value, (str, int)) else ""
