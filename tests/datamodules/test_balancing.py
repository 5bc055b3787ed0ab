"""Training follows the balance that it is told, or that the file was preprocessed with; nothing else does."""

import json

import numpy as np
import pytest
from PIL import Image

from datamodules import Fold, ImageDataModule
from toolkit import BalanceOptions, DataError, ImageOptions, SplitOptions, open_dataset, preprocess_images

COUNTS = {"many": 40, "some": 12, "few": 4}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("uneven")
    rng = np.random.default_rng(3)
    for name, count in COUNTS.items():
        (folder / name).mkdir()
        for number in range(count):
            Image.fromarray(rng.integers(0, 256, (8, 8, 3), np.uint8)).save(folder / name / f"{number:02d}.png")
    return folder


def write(folder, path, *, balance=None, **options):
    images, split = ImageOptions(size=(8, 8), dtype="uint8", **options), SplitOptions(fractions=(0.75, 0.25, 0.0))
    preprocess_images(folder, path, images=images, split=split, balance=balance)
    return path


@pytest.fixture(scope="module")
def uneven(folder):
    return write(folder, folder.parent / "uneven.h5")


def classes(data, epochs=1):
    """How many samples of few, many and some each epoch of training has."""
    found, loader = [], data.train_dataloader()
    for epoch in range(epochs):
        loader.sampler.set_epoch(epoch)
        found.append(np.bincount(np.concatenate([batch.y for batch in loader]), minlength=3).tolist())
    return found


def test_without_a_balance_each_row_comes_once(uneven):
    assert classes(ImageDataModule(uneven)) == [[3, 30, 9]]


@pytest.mark.parametrize(
    ("options", "sizes"),
    [
        (BalanceOptions("max"), [30, 30, 30]),
        (BalanceOptions(by="drop"), [3, 9, 9]),
        (BalanceOptions(12, by="both"), [12, 12, 12]),
    ],
    ids=str,
)
@pytest.mark.parametrize("num_workers", [0, 1])
def test_every_epoch_has_what_the_balance_says(uneven, options, sizes, num_workers):
    assert classes(ImageDataModule(uneven, balance=options, num_workers=num_workers, batch_size=16), 2) == [sizes, sizes]


def test_a_file_balanced_by_weights_is_drawn_by_weights(folder, tmp_path):
    path = write(folder, tmp_path / "a.h5", balance=BalanceOptions("max", by="weights"))
    data = ImageDataModule(path, seed=1)
    assert data.balance == BalanceOptions("max", by="weights")
    epochs = classes(data, 40)
    assert {sum(epoch) for epoch in epochs} == {90}
    # the mean of 40 epochs of 90 draws by a third: its standard deviation is 0.71
    assert np.mean(epochs, axis=0) == pytest.approx([30, 30, 30], abs=3)
    assert ImageDataModule(path, balance=BalanceOptions("max")).balance == BalanceOptions("max")


def test_a_file_balanced_by_copies_is_not_balanced_again_unless_told(folder, tmp_path):
    path = write(folder, tmp_path / "a.h5", balance=BalanceOptions())
    assert "augment" in open_dataset(path).pipeline
    assert classes(ImageDataModule(path)) == [[9, 30, 9]]
    assert classes(ImageDataModule(path, balance=BalanceOptions("max"))) == [[30, 30, 30]]


@pytest.mark.parametrize("by", ["drop", "weights"])
def test_a_balance_without_copies_leaves_the_pipeline_as_it_is(folder, uneven, tmp_path, by):
    path = write(folder, tmp_path / "a.h5", balance=BalanceOptions(by=by))
    assert open_dataset(path).pipeline == open_dataset(uneven).pipeline


def test_what_is_trained_on_is_what_is_counted(uneven):
    balance = BalanceOptions("max")
    assert classes(ImageDataModule(uneven, balance=balance, train_on="train+val")) == [[40, 40, 40]]
    assert classes(ImageDataModule(uneven, balance=balance, fold=Fold(0, 4))) == [[30, 30, 30]]


def test_what_is_dropped_leaves_rows_of_each_group_that_a_fold_trains_on(folder, tmp_path):
    names = [f"{name}/{number:02d}.png,{name},{name}{number // 4}" for name, count in COUNTS.items() for number in range(count)]
    (folder / "list.csv").write_text("\n".join(["path,label,group", *names]))
    data = ImageDataModule(write(folder / "list.csv", tmp_path / "a.h5"), balance=BalanceOptions(5, by="drop"), fold=Fold(0, 3))
    rows, part = np.concatenate([batch.index for batch in data.train_dataloader()]), data.file["train+val"]
    many = part.group[rows[part.y[rows] == data.classes.index("many")]]
    assert len(many) == len(set(many.tolist())) == 5


def test_validation_is_never_balanced(uneven):
    data = ImageDataModule(uneven, balance=BalanceOptions("max"))
    assert [batch.index.tolist() for batch in data.val_dataloader()] == [list(range(14))]


def test_a_checkpoint_knows_its_balance_and_refuses_another(uneven):
    state = ImageDataModule(uneven, balance=BalanceOptions("max")).state_dict()
    assert json.loads(json.dumps(state))["balance"] == {"target": "max", "by": "copies"}
    ImageDataModule(uneven, balance=BalanceOptions("max")).load_state_dict(state)
    with pytest.raises(DataError, match=r"balance must be .*max.*, as in the checkpoint, got None in"):
        ImageDataModule(uneven).load_state_dict(state)


def test_samples_without_a_class_cannot_be_balanced(folder, tmp_path):
    (folder / "bare.csv").write_text("\n".join(["path", *(f"some/{number:02d}.png" for number in range(12))]))
    path = write(folder / "bare.csv", tmp_path / "bare.h5")
    with pytest.raises(DataError, match="train samples must be of one class each to balance, got none such in"):
        ImageDataModule(path, balance=BalanceOptions()).train_dataloader()
