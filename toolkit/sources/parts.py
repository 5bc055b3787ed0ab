"""The names that people give to the parts of a data set: names of folders or files come in, the splits that they mean go out."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["SPLIT_NAMES", "UNLABELLED", "find_parts", "is_container", "split_of"]

SPLIT_NAMES = {
    "train": 0, "training": 0, "trn": 0, "trainset": 0,
    "val": 1, "valid": 1, "validation": 1, "validate": 1, "vali": 1, "dev": 1, "development": 1, "valset": 1, "devset": 1,
    "test": 2, "tests": 2, "testing": 2, "tst": 2, "testset": 2,
}  # fmt: skip
"""How people spell the splits, and each one's place in `toolkit.wing.SPLITS`."""

_NEUTRAL = frozenset({
    "images", "image", "imgs", "img", "pictures", "photos", "jpegimages", "pngimages", "png", "jpg", "jpeg", "labels", "label",
    "annotations", "annotation", "imagesets", "masks", "mask",
    "segmentationclass", "segmentationobject", "data", "dataset", "files", "meta", "metadata", "frames", "crops", "txt", "text", "texts",
})  # fmt: skip
"""Words that say what kind of file is inside a folder, never what class."""

_CHUNKS = frozenset({"part", "parts", "batch", "chunk", "shard"})
"""Words that number the pieces of what was too large for one folder."""

UNLABELLED = frozenset({
    "unsup", "unsupervised", "unlabeled", "unlabelled", "unlabel", "nolabel", "extra", "pred", "predict", "prediction",
})  # fmt: skip
"""Names of folders whose samples have no class."""

_MORE = frozenset({
    "set", "sets", "image", "images", "img", "imgs", "data", "dataset", "folder", "split", "part", "final", "official",
    "mini", "small", "full", "public",
})  # fmt: skip
"""Words beside a split's name that change nothing: ``training_set``, ``train_images``, ``Final_Training``."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+")


def split_of(name: str) -> int:
    """Return the split that a name means by itself, as ``Train``, ``train2017``, ``training_set`` and ``val_images`` do; −1 if none."""
    found, others = _take_apart(name)
    return found if others <= _MORE else -1


def is_container(name: str, *, alone: bool = True) -> bool:
    """Tell whether a folder's name says what kind of file is inside, and not what class: ``images``, ``JPEGImages``.

    Args:
        name: The folder's.
        alone: Whether that must be all that it says. Without, ``images_001``, ``img_align_celeba`` and ``HAM_images_part_1`` are such,
            too, which counts only where all folders beside have them.
    """
    words = {word.lower() for word in _WORDS.findall(name)}
    if alone:
        return name.lower() in _NEUTRAL
    return bool(words & (_NEUTRAL | _CHUNKS))


def find_parts(names: Iterable[str]) -> dict[str, int]:
    """Tell which of some folders or files that lie side by side are parts of a data set.

    Args:
        names: Of the folders, or of the files without their endings.

    Returns:
        Each part's name → the place of its split in `toolkit.wing.SPLITS`. A name counts by itself as `split_of` has it, or together
        with another that differs from it by the split alone, as ``seg_train`` and ``seg_test`` do.
    """
    taken = {name: _take_apart(name) for name in names}
    alike: dict[frozenset[str], set[int]] = {}
    for found, others in taken.values():
        if found >= 0:
            alike.setdefault(others, set()).add(found)
    return {
        name: found
        for name, (found, others) in taken.items()
        if found >= 0 and (others <= _MORE or len(alike[others]) > 1)
    }  # fmt: skip


def _take_apart(name: str) -> tuple[int, frozenset[str]]:
    """Return the one split that a name's words mean, −1 if none or several do, and its other words."""
    words = [word.lower() for word in _WORDS.findall(name)]
    splits = {SPLIT_NAMES[word] for word in words if word in SPLIT_NAMES}
    others = frozenset(word for word in words if word not in SPLIT_NAMES)
    return (splits.pop() if len(splits) == 1 else -1), others
