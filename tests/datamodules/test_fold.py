"""Folds deal all rows of train and val: each is held out once, groups stay whole, copies stay with their originals."""

import numpy as np
import pytest

from datamodules import Fold
from toolkit import BalanceOptions, ImageOptions, ReadOptions, SplitOptions, open_dataset, preprocess_images
from toolkit.errors import ArgumentError


@pytest.fixture(scope="module")
def balanced(raw, tmp_path_factory):
    """Groups of four pictures a class, some trained on, some not, and copies beside the originals."""
    folder = tmp_path_factory.mktemp("fold")
    names = sorted(path.relative_to(raw) for path in raw.glob("*/*/*.png") if path.parts[-3] != "test")
    rows = [f"{raw / name},{name.parts[1]},{name.parts[1]}-{i // 4}" for i, name in enumerate(sorted(names, key=lambda n: n.parts[1]))]
    (folder / "list.csv").write_text("\n".join(["path,label,driver", *rows]))
    read, split = ReadOptions(group="driver"), SplitOptions(fractions=(0.8, 0.2))
    balance = BalanceOptions(target=40)
    preprocess_images(folder / "list.csv", folder / "a.h5", read=read, images=ImageOptions(size=(8, 8)), split=split, balance=balance)
    return open_dataset(folder / "a.h5")


@pytest.mark.parametrize("grouped", [True, False])
def test_each_original_is_held_out_once_and_trains_otherwise(balanced, grouped):
    pool = balanced["train+val"]
    held_out = []
    for number in range(3):
        joined, train, val = Fold(number, 3, grouped=grouped).cut(balanced)
        assert joined == "train+val"
        assert not set(train) & set(val)
        held_out.extend(val.tolist())
        copies = np.setdiff1d(np.arange(len(pool)), np.concatenate([train, val]))  # of held-out originals: in neither
        assert (pool.parent[copies] >= 0).all()
        assert set(pool.parent[copies]) <= set(val)
        assert set(pool.parent[train]) - {-1} <= set(train)
    assert sorted(held_out) == np.flatnonzero(pool.parent < 0).tolist()


def test_groups_stay_whole_unless_they_are_to_be_cut(balanced):
    group = balanced["train+val"].group
    cut = {}
    for grouped in (True, False):
        _, train, val = Fold(0, 3, grouped=grouped).cut(balanced)
        cut[grouped] = len(np.intersect1d(group[train], group[val]))
    assert cut[True] == 0
    assert cut[False] > 10


def test_classes_are_spread_evenly(balanced):
    label = balanced["train+val"].y
    _, _, val = Fold(0, 3, grouped=False).cut(balanced)
    originals = label[balanced["train+val"].parent < 0]
    assert np.abs(np.bincount(label[val], minlength=3) - np.bincount(originals, minlength=3) / 3).max() <= 1


@pytest.mark.parametrize(
    ("options", "message"), [((3, 3), r"number must be in \[0, 3\), got 3"), ((0, 1), "of must be from 2 to 100, got 1")]
)
def test_folds_out_of_range_are_refused(options, message):
    with pytest.raises(ArgumentError, match=message):
        Fold(*options)
