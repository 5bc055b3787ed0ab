"""ImageDataModule in any Lightning project: stored batches leave the loader, normalised ones reach the module."""

import json

import numpy as np
import pytest
import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from PIL import Image

from datamodules import Augment, FileDataModule, ImageDataModule
from toolkit import ArgumentError, DataError, DatasetFileError, ImageOptions, SplitOptions, open_dataset, preprocess_images
from toolkit.dataset_file import DatasetFile
from toolkit.images import parse_steps

QUIET = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False, "accelerator": "cpu"}
pytestmark = [
    pytest.mark.filterwarnings("ignore:The '.*_dataloader' does not have many workers"),
    pytest.mark.filterwarnings("ignore:`isinstance.treespec, LeafSpec.` is deprecated:FutureWarning"),
]


class Probe(LightningModule):
    """A stranger's module: keeps the batches that it gets."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(()))
        self.batches = {"train": [], "val": [], "test": []}

    def training_step(self, batch, batch_idx):
        self.batches["train"].append((self.current_epoch, batch))
        return self.weight * batch.x.mean()

    def validation_step(self, batch, batch_idx):
        self.batches["val"].append(batch)

    def test_step(self, batch, batch_idx):
        self.batches["test"].append(batch)

    def predict_step(self, batch, batch_idx):
        return batch.index

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.1)


class Broken(Probe):
    """Breaks off at its first step, without any of Lightning's clearing up."""

    def training_step(self, batch, batch_idx):
        raise OSError("power failure")


def fit(data, **options):
    probe = Probe()
    Trainer(**QUIET, **{"max_epochs": 1, "num_sanity_val_steps": 0, **options}).fit(probe, datamodule=data)
    return probe


def test_batches_leave_the_loader_as_stored(any_file):
    batch = next(iter(ImageDataModule(any_file, batch_size=10).train_dataloader()))
    assert (batch.x.shape[1:], batch.x.numpy().dtype) == ((16, 20, 3), open_dataset(any_file)["train"].x.dtype)


def test_the_module_gets_each_picture_standardised(any_file):
    probe = fit(ImageDataModule(any_file, batch_size=16))
    for batch in [batch for _, batch in probe.batches["train"]] + probe.batches["val"]:
        assert (batch.x.dtype, batch.x.shape[1:]) == (torch.float32, (3, 16, 20))
        assert batch.x.mean((1, 2, 3)).abs().max() < 1e-4
        assert ((batch.x.std((1, 2, 3)) > 0.5) & (batch.x.std((1, 2, 3)) < 1)).all()


def test_the_module_gets_its_own_dtype(file):
    batches = fit(ImageDataModule(file), precision="64-true").batches
    assert {batch.x.dtype for batch in batches["val"]} == {torch.float64}


def test_channel_normalisation_comes_from_the_training_split(file):
    batches = [batch for _, batch in fit(ImageDataModule(file, normalize="channel")).batches["train"]]
    x = torch.cat([batch.x for batch in batches])
    torch.testing.assert_close(x.mean((0, 2, 3)), torch.zeros(3), atol=1e-4, rtol=0)
    torch.testing.assert_close(x.std((0, 2, 3)), torch.ones(3), atol=1e-3, rtol=0)


def pictures(probe, epoch):
    return {row: x for when, batch in probe.batches["train"] if when == epoch for row, x in zip(batch.index.tolist(), batch.x, strict=True)}


def test_augmentation_depends_on_seed_epoch_and_sample_alone(file):
    small, large = (fit(ImageDataModule(file, batch_size=size, augment=Augment(), seed=3), max_epochs=2) for size in (5, 64))
    for epoch in (0, 1):
        first, second = pictures(small, epoch), pictures(large, epoch)
        assert sorted(first) == sorted(second) == list(range(63))
        assert all(torch.allclose(first[row], second[row], atol=1e-5) for row in first)
    assert not torch.allclose(pictures(small, 0)[0], pictures(small, 1)[0], atol=0.1)
    other = pictures(fit(ImageDataModule(file, augment=Augment(), seed=4)), 0)
    assert not torch.allclose(pictures(small, 0)[0], other[0], atol=0.1)


def test_only_training_pictures_are_augmented(file):
    plain, augmented = (fit(ImageDataModule(file, augment=augment)).batches["val"][0].x for augment in (None, Augment()))
    assert torch.equal(plain, augmented)


def test_each_epoch_has_an_order_of_its_own(file):
    batches = fit(ImageDataModule(file, batch_size=63), max_epochs=2).batches["train"]
    assert batches[0][1].index.tolist() != batches[1][1].index.tolist()


@pytest.mark.parametrize("memory", ["map", "ram", "device"])
@pytest.mark.parametrize("num_workers", [0, 1])
def test_where_the_data_is_kept_changes_nothing(file, memory, num_workers):
    data = ImageDataModule(file, memory=memory, num_workers=num_workers)
    np.testing.assert_array_equal(next(iter(data.val_dataloader())).x.numpy(), open_dataset(file)["val"].x)


def test_it_tells_what_a_network_needs_to_know(file):
    data = ImageDataModule(file)
    assert (data.num_classes, data.classes, data.num_channels, data.sample_shape) == (3, ("class0", "class1", "class2"), 3, (3, 16, 20))


def test_a_trainer_predicts_and_tests_in_order(file):
    trainer, probe, data = Trainer(**QUIET), Probe(), ImageDataModule(file, batch_size=5)
    trainer.test(probe, datamodule=data, verbose=False)
    assert [batch.index.tolist() for batch in probe.batches["test"]] == [[0]]
    assert torch.cat(trainer.predict(probe, datamodule=data)).tolist() == [0]


def test_lightnings_overfitting_repeats_the_same_batches_a_fair_sample(file):
    probes = [fit(ImageDataModule(file, batch_size=8, seed=seed), max_epochs=2, overfit_batches=2) for seed in (0, 0, 1)]
    rows, again, other = ([batch.index.tolist() for _, batch in probe.batches["train"]] for probe in probes)
    assert rows[:2] == rows[2:] == again[:2] != other[:2]
    assert len({row for batch in rows[:2] for row in batch}) == 16
    for batches in ([batch for _, batch in probes[0].batches["train"]], probes[0].batches["val"]):
        assert set(torch.cat([batch.y for batch in batches]).tolist()) == {0, 1, 2}  # rows stand in the order of their classes


def by_hand(data, epochs, loader=None):
    return [[data.on_after_batch_transfer(batch) for batch in loader or data.train_dataloader()] for _ in range(epochs)]


@pytest.mark.parametrize("num_workers", [0, 2])
def test_a_loop_of_ones_own_sees_what_lightnings_epochs_see(file, num_workers):
    options = {"batch_size": 16, "augment": Augment(), "seed": 3, "num_workers": num_workers}
    probe = fit(ImageDataModule(file, **options), max_epochs=3)
    data = ImageDataModule(file, **options)
    for epoch, batches in enumerate([*by_hand(data, 2, data.train_dataloader()), *by_hand(data, 1)]):
        expected = [batch for when, batch in probe.batches["train"] if when == epoch]
        assert [batch.index.tolist() for batch in batches] == [batch.index.tolist() for batch in expected]
        assert all(torch.equal(one.x, other.x) for one, other in zip(batches, expected, strict=True))


def test_set_epoch_says_which_epoch_a_pass_by_hand_is(file):
    data = ImageDataModule(file, augment=Augment(), batch_size=63)
    ((first,), (second,)) = by_hand(data, 2)
    loader = data.train_dataloader()
    assert len(data.train_dataloader()) == 1  # a loader that is never read changes nothing
    loader.sampler.set_epoch(1)
    for (batch,) in by_hand(data, 2, loader):
        assert torch.equal(batch.x, second.x)
    assert first.index.tolist() != second.index.tolist()


def test_by_hand_only_batches_of_the_training_loader_are_augmented(file):
    data, plain = ImageDataModule(file, augment=Augment(), batch_size=63), ImageDataModule(file, batch_size=63)
    for batch in (next(iter(data.val_dataloader())), data.dataset("train")[:9]):
        assert torch.equal(data.on_after_batch_transfer(batch).x, plain.on_after_batch_transfer(batch).x)
    drawn = next(iter(data.train_dataloader()))
    changed, unchanged = (each.on_after_batch_transfer(drawn).x for each in (data, plain))
    assert (changed - unchanged).abs().mean((1, 2, 3)).min() > 0.01


def test_a_trainer_that_has_ended_leaves_loops_of_ones_own_as_they_are(file):
    data = ImageDataModule(file, augment=Augment(), batch_size=63)
    ((expected,), _) = by_hand(ImageDataModule(file, augment=Augment(), batch_size=63), 2)
    fit(data, max_epochs=2)
    ((found,), _) = by_hand(data, 2)
    assert torch.equal(found.x, expected.x)


def test_a_checkpoint_learns_of_the_data_in_plain_types(file):
    state = ImageDataModule(file, normalize="channel").state_dict()
    assert json.loads(json.dumps(state)) == state
    assert state["classes"] == ["class0", "class1", "class2"]
    assert state["pipeline"]["size"] == [16, 20]
    assert (state["normalize"]["mode"], state["epoch"], state["mid_epoch"]) == ("channel", 0, False)


class EachState(Callback):
    """Notes the datamodule's (epoch, mid_epoch) where checkpoints may be written."""

    def __init__(self):
        self.seen = []

    def note(self, where, trainer):
        state = trainer.datamodule.state_dict()
        self.seen.append((where, state["epoch"], state["mid_epoch"]))

    def on_train_epoch_start(self, trainer, pl_module):
        self.note("start", trainer)

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        self.note("batch", trainer)

    def on_validation_end(self, trainer, pl_module):
        self.note("validated", trainer)

    def on_train_epoch_end(self, trainer, pl_module):
        self.note("end", trainer)

    def on_fit_end(self, trainer, pl_module):
        self.note("done", trainer)


def test_a_checkpoint_says_which_epoch_comes_next_wherever_it_is_written(file):
    data, states = ImageDataModule(file, batch_size=32), EachState()
    probe = fit(data, max_epochs=2, callbacks=[states])
    assert states.seen == [
        ("start", 0, False), ("batch", 0, True), ("batch", 1, False), ("validated", 1, False), ("end", 1, False),
        ("start", 1, False), ("batch", 1, True), ("batch", 2, False), ("validated", 2, False), ("end", 2, False), ("done", 2, False),
    ]  # fmt: skip
    assert probe.trainer.datamodule.state_dict()["epoch"] == 2


def test_a_fit_from_the_start_begins_at_the_first_epoch_again(file, tmp_path):
    once = fit(ImageDataModule(file)).batches["train"]
    trainer, probe, data = Trainer(**QUIET, max_epochs=1), Probe(), ImageDataModule(file)
    trainer.fit(probe, datamodule=data)
    trainer.save_checkpoint(tmp_path / "a.ckpt")
    Trainer(**QUIET, max_epochs=2).fit(Probe(), datamodule=data, ckpt_path=tmp_path / "a.ckpt", weights_only=True)
    with pytest.raises(OSError, match="power failure"):
        Trainer(**QUIET, max_epochs=2).fit(Broken(), datamodule=data, ckpt_path=tmp_path / "a.ckpt", weights_only=True)
    again = fit(data).batches["train"]
    assert [batch.index.tolist() for _, batch in again] == [batch.index.tolist() for _, batch in once]


def test_a_start_within_an_epoch_is_refused(file):
    state = ImageDataModule(file).state_dict()
    with pytest.raises(DataError, match=r"checkpoint to resume from must be of an epoch's end, got one within epoch 3\. Take"):
        ImageDataModule(file).load_state_dict({**state, "epoch": 3, "mid_epoch": True})


def test_a_file_that_is_not_what_its_pipeline_says_is_refused(file, monkeypatch):
    opened = open_dataset(file)
    opened.pipeline["size"] = [9, 9]
    monkeypatch.setattr("datamodules.module.open_dataset", lambda path: opened)
    message = r"size, channels and dtype of x must be \[\[9, 9\], 3, 'uint8'\], as the pipeline says, got \[\[16, 20\], 3, 'uint8'\] in"
    with pytest.raises(DatasetFileError, match=message):
        ImageDataModule(file)


def test_channel_normalisation_needs_the_means(file, monkeypatch):
    monkeypatch.setattr(DatasetFile, "meta", {}, raising=False)
    assert ImageDataModule(file).num_channels == 3
    with pytest.raises(DataError, match=r"channel_mean and channel_std must be in /meta, got .* Take normalize"):
        ImageDataModule(file, normalize="channel")


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_seeds_beyond_32_bits_are_refused(file, seed):
    with pytest.raises(ArgumentError, match=r"ImageDataModule: seed must be in \[0, 2³²\), got"):
        ImageDataModule(file, seed=seed)


def test_a_resumed_run_takes_no_other_file_and_no_other_normalisation(file, any_file):
    state = ImageDataModule(file).state_dict()
    ImageDataModule(file).load_state_dict(state)
    with pytest.raises(DataError, match="normalize must be image, as in the checkpoint, got none"):
        ImageDataModule(file, normalize="none").load_state_dict(state)
    with pytest.raises(DataError, match="checksum must be 00000000, as in the checkpoint"):
        ImageDataModule(any_file).load_state_dict({**state, "digest": "00000000"})


def test_a_missing_split_is_named(raw, tmp_path):
    preprocess_images(raw / "train", tmp_path / "a.h5", images=ImageOptions(size=(8, 8)), split=SplitOptions(fractions=(1.0, 0.0, 0.0)))
    with pytest.raises(DataError, match=r"split must be one of train, got val in .*a.h5. Preprocess again"):
        ImageDataModule(tmp_path / "a.h5").val_dataloader()


def test_another_kind_of_data_is_refused(file, monkeypatch):
    monkeypatch.setattr(ImageDataModule, "kind", "text")
    with pytest.raises(DataError, match="kind must be text, got images"):
        ImageDataModule(file)
    assert FileDataModule(file).num_classes == 3


def test_grey_pictures_have_one_channel(tmp_path):
    for name in ("a", "b"):
        (tmp_path / "raw" / name).mkdir(parents=True)
        for number in range(8):
            Image.new("L", (8, 8), number * 20).save(tmp_path / "raw" / name / f"{number}.png")
    preprocess_images(tmp_path / "raw", tmp_path / "g.h5", images=ImageOptions(size=(8, 8), steps=parse_steps("grayscale")))
    assert fit(ImageDataModule(tmp_path / "g.h5", augment=Augment())).batches["train"][0][1].x.shape[1:] == (1, 8, 8)
