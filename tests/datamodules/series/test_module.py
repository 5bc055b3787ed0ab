"""SeriesDataModule in any Lightning project: scaled windows of past and future, each once, and what a network must know of them."""

import numpy as np
import pytest
import torch
from lightning.pytorch import LightningModule, Trainer
from sklearn.preprocessing import StandardScaler

from datamodules import Batch, Fold, SeriesBatch, SeriesDataModule
from tests.datamodules.series.hand_made import count_steps, hours
from toolkit import DataError

QUIET = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False, "accelerator": "cpu"}
pytestmark = [
    pytest.mark.filterwarnings("ignore:The '.*_dataloader' does not have many workers"),
    pytest.mark.filterwarnings("ignore:`isinstance.treespec, LeafSpec.` is deprecated:FutureWarning"),
]
TWO = {"a": {"train": 40, "val": 12, "test": 9}, "b": {"train": 30, "val": 10, "test": 5}}
CUT = {"window": 4, "horizon": 3, "batch_size": 8}


class Probe(LightningModule):
    """A stranger's module: keeps the batches that it gets."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(()))
        self.batches = {"train": [], "val": [], "test": []}

    def training_step(self, batch, batch_idx):
        self.batches["train"].append(batch)
        return (batch.future - self.weight * batch.past[:, -1:]).square().mean()

    def validation_step(self, batch, batch_idx):
        self.batches["val"].append(batch)

    def test_step(self, batch, batch_idx):
        self.batches["test"].append(batch)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.1)


def wavy(lengths, *, width=3, seed=0):
    """Values of quite different sizes a column."""
    rng = np.random.default_rng(seed)
    return {key: rng.normal([3, 1e5, -0.01], [1, 300, 0.001], (len(values), width)) for key, values in count_steps(lengths).items()}


@pytest.fixture
def file(write):
    parts = wavy(TWO)
    return write(parts, time=hours(parts), target=[0, 1, 0])


def fit(data, **options):
    probe = Probe()
    Trainer(**QUIET, **{"max_epochs": 1, "num_sanity_val_steps": 0, **options}).fit(probe, datamodule=data)
    return probe


def indices(batches):
    return torch.cat([batch.index for batch in batches]).tolist()


def test_batches_leave_the_loader_as_stored(file):
    data = SeriesDataModule(file, **CUT)
    batch = next(iter(data.val_dataloader()))
    assert isinstance(batch, Batch)
    train, val = (data.file[name].x for name in ("train", "val"))
    assert batch.x[0].tolist() == np.concatenate([train[36:40], val[:3]]).tolist()


def test_the_module_gets_past_and_future_standardised_by_train(file):
    data = SeriesDataModule(file, **CUT)
    scaler = StandardScaler().fit(np.concatenate([data.file["train"].x]).astype(np.float64))
    batches = fit(data).batches["val"]
    assert all(isinstance(batch, SeriesBatch) for batch in batches)
    stored = data.dataset("val")[:].x.numpy()
    for batch in batches:
        assert (batch.past.shape[1:], batch.future.shape[1:], batch.missing) == ((4, 3), (3, 3), None)
        expected = scaler.transform(stored[batch.index].reshape(-1, 3)).reshape(len(batch.index), 7, 3)
        np.testing.assert_allclose(torch.cat([batch.past, batch.future], 1), expected, atol=2e-4)


@pytest.mark.parametrize("num_workers", [0, 1, 2])
def test_every_window_comes_once_whoever_reads(file, num_workers):
    data = SeriesDataModule(file, **CUT, num_workers=num_workers, seed=5)
    alone = SeriesDataModule(file, **CUT, seed=5)
    for split, count in (("val", 10 + 8), ("test", 7 + 3)):
        assert indices(data.loader(split)) == list(range(count))
    drawn = indices(data.train_dataloader())
    assert drawn == indices(alone.train_dataloader())
    assert sorted(drawn) == list(range(34 + 24))
    assert drawn != sorted(drawn)


def test_epochs_are_drawn_anew_and_the_same_from_the_same_seed(file):
    probes = [fit(SeriesDataModule(file, **CUT, seed=seed), max_epochs=2).batches["train"] for seed in (1, 1, 2)]
    epochs = [(indices(batches[: len(batches) // 2]), indices(batches[len(batches) // 2 :])) for batches in probes]
    assert epochs[0] == epochs[1] != epochs[2]
    assert epochs[0][0] != epochs[0][1]
    assert sorted(epochs[0][0]) == sorted(epochs[0][1]) == list(range(58))


def test_a_stride_thins_out_training_alone(file):
    data = SeriesDataModule(file, **CUT, stride=4)
    assert (len(data.dataset("train")), len(data.dataset("val")), len(data.dataset("test"))) == (9 + 6, 18, 10)


def test_training_on_both_has_the_windows_between_them_too(file):
    data = SeriesDataModule(file, **CUT, train_on="train+val")
    assert sorted(indices(data.train_dataloader())) == list(range((52 - 6) + (40 - 6)))
    assert data.val_dataloader() == []
    assert torch.equal(data.view.mean, SeriesDataModule(file, **CUT).view.mean)


def test_a_trainer_tests_every_window_and_passes_its_own_precision(file):
    data, probe = SeriesDataModule(file, **CUT), Probe()
    Trainer(**QUIET, precision="64-true").test(probe, datamodule=data, verbose=False)
    assert indices(probe.batches["test"]) == list(range(10))
    assert {batch.future.dtype for batch in probe.batches["test"]} == {torch.float64}


def test_what_is_missing_is_told_and_stands_at_the_mean(write):
    parts = count_steps({"a": {"train": 6, "val": 4}}, width=2)
    mask = {key: np.zeros(values.shape) for key, values in parts.items()}
    mask["a", "train"][4, 1] = mask["a", "val"][0, 0] = 1
    parts["a", "train"][4, 1] = np.nan
    parts["a", "val"][0, 0] = 105.5  # filled in
    data = SeriesDataModule(write(parts, mask=mask, train_stats=([100, 1000], [2, 10])), window=3, horizon=2)
    batch = data.view.finish(data.dataset("val")[[0]])  # steps 3 to 7
    torch.testing.assert_close(batch.past, torch.tensor([[[1.5, 10.3], [2.0, 0.0], [2.5, 10.5]]]))
    torch.testing.assert_close(batch.future, torch.tensor([[[2.75, 10.6], [3.5, 10.7]]]))
    assert batch.missing.nonzero().tolist() == [[0, 1, 1], [0, 3, 0]]
    assert batch.missing.dtype == torch.bool


def test_values_return_to_the_units_of_the_source(file):
    data = SeriesDataModule(file, **CUT)
    stored = data.dataset("val")[:3]
    batch = data.on_after_batch_transfer(stored)
    torch.testing.assert_close(data.view.unscale(batch.past), stored.x[:, :4], rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(data.view.unscale(batch.future[..., data.target], data.target), stored.x[:, 4:, [1]], rtol=1e-6, atol=1e-3)
    with pytest.raises(ValueError, match="columns must be 3, as values have, got 1"):
        data.view.unscale(batch.future, data.target)


def test_a_batch_shows_its_shapes(file):
    data = SeriesDataModule(file, **CUT)
    batch = data.on_after_batch_transfer(next(iter(data.val_dataloader())))
    assert repr(batch) == "SeriesBatch(past=(6, 4, 3), future=(6, 3, 3), missing=None, index=(6,))"


def test_it_tells_what_a_network_needs_to_know(write):
    parts = count_steps(TWO, width=4)
    data = SeriesDataModule(write(parts, known=2, target=[0, 1, 0, 0], zone="Europe/Paris", step="15min"), window=5, horizon=2)
    assert (data.window, data.horizon, data.num_features, data.num_targets) == (5, 2, 4, 1)
    assert (data.target, data.known, data.features) == ([1], [2, 3], ("v0", "v1", "v2", "v3"))
    assert (data.step, data.zone, data.num_classes) == ("15min", "Europe/Paris", 0)


def test_a_column_that_train_knows_nothing_of_stays_as_it_is(write):
    parts = count_steps(TWO, width=2)
    data = SeriesDataModule(write(parts, train_stats=([np.nan, 1000], [np.nan, 2])), **CUT)
    assert (data.view.mean.tolist(), data.view.std.tolist()) == ([0, 1000], [1, 2])


def test_targets_of_no_value_in_train_are_refused_and_other_columns_are_not(write):
    parts = count_steps(TWO, width=2)
    mask = {key: np.zeros(values.shape) for key, values in parts.items()}
    for key, values in parts.items():
        if key[1] == "train":
            values[:, 0], mask[key][:, 0] = np.nan, 1
    stats = {"mask": mask, "train_stats": ([0, 1000], [1, 2])}
    data = SeriesDataModule(write(parts, target=[1, 0], **stats), **CUT)
    with pytest.raises(DataError, match=r"targets must be known somewhere in train, got no value of v0 in .* --target NAME"):
        data.train_dataloader()
    assert len(data.dataset("val")) > 0
    assert SeriesDataModule(write(parts, target=[0, 1], **stats), **CUT).train_dataloader()


def test_the_view_and_the_cut_come_back_from_what_a_checkpoint_keeps(file, tmp_path):
    data = SeriesDataModule(file, **CUT)
    torch.save(data.state_dict(), tmp_path / "state.pt")
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    again = SeriesDataModule(file, **SeriesDataModule.options_of(state))
    assert (again.window, again.horizon) == (4, 3)
    stored = again.dataset("val")[:5]
    assert torch.equal(SeriesDataModule.view_of(state).finish(stored).future, data.view.finish(stored).future)
    data.load_state_dict(state)
    with pytest.raises(DataError, match="horizon must be 3, as in the checkpoint, got 2 in"):
        SeriesDataModule(file, window=4, horizon=2).load_state_dict(state)


def test_series_that_are_too_short_are_told_of_once(write):
    data = SeriesDataModule(write(count_steps({"a": {"train": 9}, "b": {"train": 6}, "c": {"train": 3}})), **CUT)
    with pytest.warns(UserWarning, match="2 series of train are left out: too short for 4 steps of past and 3 of future"):
        data.train_dataloader()
    data.train_dataloader()


def test_a_split_without_windows_is_refused_before_training(file):
    with pytest.raises(DataError, match=r"horizon must be at most 9, .*, got 10 in .*, test\. Pass a --data.horizon of at most 9"):
        SeriesDataModule(file, window=4, horizon=10).rows("test")


def test_folds_are_refused_where_time_cuts_series(file):
    with pytest.raises(DataError, match=r"fold must be left away where time cuts series, got 1 in .* Compare seeds instead"):
        SeriesDataModule(file, **CUT, fold=Fold(1))


def test_folds_of_whole_series_have_scales_of_their_own(write):
    lengths = {f"s{number}": {"train" if number < 4 else "val": 12} for number in range(6)}
    parts = wavy(lengths)
    parts["s2", "train"][3, 0] = np.nan
    path = write(parts, known=1)
    data = [SeriesDataModule(path, **CUT, fold=Fold(number, of=3)) for number in range(3)]
    for each in data:
        split, rows = each.rows("train")
        part = each.file[split]
        values = part.take(rows)[0].astype(np.float64)
        np.testing.assert_allclose(each.view.mean[:2], np.nanmean(values, 0)[:2], rtol=1e-9)
        np.testing.assert_allclose(each.view.std[:2], np.nanstd(values, 0)[:2], rtol=1e-9)
        assert each.view.mean[2] == SeriesDataModule(path, **CUT).view.mean[2]
        assert len(each.dataset("train")) + len(each.dataset("val")) == 6 * 6
    assert len({name for each in data for name in each.dataset("val").names(slice(None))}) == 6
