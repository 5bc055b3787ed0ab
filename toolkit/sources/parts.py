"""The names that people give to the parts of a data set: names of folders or files come in, the splits that they mean go out."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["NEUTRAL", "SPLIT_NAMES", "UNLABELLED", "find_parts", "split_of"]

SPLIT_NAMES = {
    "train": 0, "training": 0, "trn": 0, "trainset": 0,
    "val": 1, "valid": 1, "validation": 1, "validate": 1, "dev": 1, "development": 1, "valset": 1, "devset": 1,
    "test": 2, "testing": 2, "tst": 2, "testset": 2,
}  # fmt: skip
"""How people spell the splits, and each one's place in `toolkit.wing.SPLITS`."""

NEUTRAL = frozenset({
    "images", "image", "imgs", "img", "pictures", "photos", "jpegimages", "pngimages", "png", "jpg", "jpeg", "labels", "label",
    "annotations", "annotation", "imagesets", "masks", "mask",
    "segmentationclass", "segmentationobject", "data", "dataset", "files", "meta", "metadata", "frames", "crops", "txt", "text", "texts",
})  # fmt: skip
"""Names of folders that say what kind of file is inside, never what class."""

UNLABELLED = frozenset({
    "unsup", "unsupervised", "unlabeled", "unlabelled", "unlabel", "nolabel", "extra", "pred", "predict", "prediction",
})  # fmt: skip
"""Names of folders whose samples have no class."""

_MORE = frozenset({
    "set", "sets", "image", "images", "img", "imgs", "data", "dataset", "folder", "split", "part", "final", "official",
})  # fmt: skip
"""Words beside a split's name that change nothing: ``training_set``, ``train_images``, ``Final_Training``."""

_WORDS = re.compile(r"[^\W\d_]+")


def split_of(name: str) -> int:
    """Return the split that a name means by itself, as ``Train``, ``train2017``, ``training_set`` and ``val_images`` do; −1 if none."""
    found, others = _take_apart(name)
    return found if others <= _MORE else -1


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
