"""WholeSeriesDataModule: labelled series as padded rows of like lengths, each once."""

import numpy as np
import pytest
import torch
from lightning.pytorch import LightningModule, Trainer

from datamodules import BucketBatches, Fold, WholeSeriesDataModule
from tests.datamodules.series.hand_made import count_steps
from toolkit import BalanceOptions, DataError

QUIET = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False, "accelerator": "cpu"}
LENGTHS = {f"{split}{number}": {split: 3 + number % 9} for split, count in (("train", 30), ("val", 7)) for number in range(count)}


@pytest.fixture
def classes(write):
    parts = count_steps(LENGTHS, width=2)
    label = {key: number % 3 for number, key in enumerate(parts)}
    return write(parts, label=label, classes=("run", "sit", "walk"), train_stats=([100, 1100], [10, 100]))


def test_series_are_scaled_and_padded_with_their_lengths_and_labels(write):
    parts = {("a", "train"): np.array([[1.0, 10], [3, np.nan], [5, 30]]), ("b", "train"): np.array([[2.0, 20]])}
    data = WholeSeriesDataModule(write(parts, label=dict.fromkeys(parts, 1), classes=("x", "y"), train_stats=([1, 10], [2, 10])))
    batch = data.on_after_batch_transfer(data.dataset("train")[:])
    assert batch.x.tolist() == [[[0, 0], [1, 0], [2, 2]], [[0.5, 1], [0, 0], [0, 0]]]
    assert (batch.x.dtype, batch.y.dtype, batch.mask) == (torch.float32, torch.int64, None)
    assert (batch.lengths.tolist(), batch.y.tolist(), batch.index.tolist()) == ([3, 1], [1, 1], [0, 1])


def test_training_batches_are_of_like_lengths_and_evaluation_is_in_order(classes):
    data = WholeSeriesDataModule(classes, batch_size=4)
    loader = data.train_dataloader()
    assert isinstance(loader.sampler, BucketBatches)
    batches = list(loader)
    assert sorted(torch.cat([batch.index for batch in batches]).tolist()) == list(range(30))
    assert max(int(batch.lengths.max() - batch.lengths.min()) for batch in batches) <= 3
    assert torch.cat([batch.index for batch in data.val_dataloader()]).tolist() == list(range(7))


def test_targets_are_float32(write):
    parts = count_steps(LENGTHS)
    path = write(parts, label={key: 0.5 * number for number, key in enumerate(parts)})
    data = WholeSeriesDataModule(path)
    batch = data.dataset("val")[:2]
    assert (batch.y.dtype, batch.y.tolist(), data.num_targets) == (torch.float32, [15.0, 15.5], 1)


def test_it_tells_what_a_network_needs_to_know(classes):
    data = WholeSeriesDataModule(classes)
    assert (data.num_classes, data.classes, data.num_features) == (3, ("run", "sit", "walk"), 2)


def test_unlabelled_series_are_refused(write):
    with pytest.raises(DataError, match=r"series must be labelled, got none that is in .* Preprocess with --label, or take Series"):
        WholeSeriesDataModule(write(count_steps({"a": {"train": 4}})))


def test_classes_are_balanced_as_asked(classes):
    data = WholeSeriesDataModule(classes, balance=BalanceOptions(20))
    labels = torch.cat([batch.y for batch in data.train_dataloader()])
    assert torch.bincount(labels).tolist() == [20, 20, 20]


def test_a_fold_has_a_scale_of_its_own_and_the_view_travels(classes):
    data = WholeSeriesDataModule(classes, fold=Fold(2, of=4))
    split, rows = data.rows("train")
    values = data.file[split].take(rows)[0].astype(np.float64)
    np.testing.assert_allclose(data.view.mean, values.mean(0), rtol=1e-9)
    batch = data.dataset("val")[:]
    again = WholeSeriesDataModule.view_of(data.state_dict())
    assert torch.equal(again.finish(batch).x, data.view.finish(batch).x)


@pytest.mark.filterwarnings("ignore:The '.*_dataloader' does not have many workers")
@pytest.mark.filterwarnings("ignore:`isinstance.treespec, LeafSpec.` is deprecated:FutureWarning")
def test_a_strangers_module_learns_from_it(classes):
    class Classifier(LightningModule):
        def __init__(self):
            super().__init__()
            self.lstm, self.head = torch.nn.LSTM(2, 4, batch_first=True), torch.nn.Linear(4, 3)

        def training_step(self, batch, batch_idx):
            states, _ = self.lstm(batch.x)
            return torch.nn.functional.cross_entropy(self.head(states[torch.arange(len(batch.y)), batch.lengths - 1]), batch.y)

        def validation_step(self, batch, batch_idx):
            assert not batch.x.isnan().any()

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), 0.1)

    trainer = Trainer(**QUIET, max_epochs=1)
    trainer.fit(Classifier(), datamodule=WholeSeriesDataModule(classes, batch_size=8))
    assert trainer.global_step == 4
