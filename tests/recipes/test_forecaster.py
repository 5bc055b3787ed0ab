"""What a forecaster counts: every window, step and target once, nothing that is missing, and naive forecasts on the very same windows."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from lightning.pytorch import LightningDataModule, Trainer

from datamodules import SeriesBatch
from recipes.models import EachStepNet, LastValue, Linear
from recipes.quiet import quiet_lightning
from recipes.tasks import Forecaster
from recipes.tasks.forecaster import carry_forward
from toolkit import ArgumentError

SIZES = {"window": 4, "horizon": 2, "num_features": 2, "target": [1]}


class Few(LightningDataModule):
    """Batches as they are handed in, and a step that has a season of its own."""

    def __init__(self, batches, step=""):
        super().__init__()
        self.batches, self.file = batches, SimpleNamespace(pipeline={"step": step})

    def val_dataloader(self):
        return torch.utils.data.DataLoader(self.batches, batch_size=None)

    test_dataloader = val_dataloader


def batch(past, future, missing=None, first=0):
    """Windows of two columns, of which the first says nothing."""
    past, future = (torch.tensor(values)[..., None] for values in (past, future))
    if missing is not None:
        missing = torch.tensor(missing)[..., None].expand(-1, -1, 2)
    both = [torch.cat([torch.full_like(values, 9.0), values], dim=2) for values in (past, future)]
    return SeriesBatch(*both, missing, torch.arange(first, first + len(past)))


def measure(task, batches, *, step="", split="test"):
    with quiet_lightning():
        trainer = Trainer(
            accelerator="cpu", logger=False, enable_progress_bar=False, enable_model_summary=False, enable_checkpointing=False
        )
    run = trainer.test if split == "test" else trainer.validate
    with quiet_lightning():
        (found,) = run(task, datamodule=Few(batches, step), verbose=False)
    return found


TWO = [
    batch([[1.0, 2.0, 3.0, 4.0]], [[5.0, 6.0]]),
    batch([[0.0, 0.0, 0.0, 2.0], [1.0, 3.0, 1.0, 3.0]], [[2.0, 0.0], [1.0, 3.0]], first=1),
]


class TestCounting:
    @pytest.mark.parametrize("split", ["val", "test"])
    def test_means_are_of_all_windows_not_of_batches(self, split):
        # off by 1, 2 | 0, 2 | 2, 0: squares 13, absolutes 7, of six values
        found = measure(Forecaster(LastValue(**SIZES)), TWO, split=split)
        assert found[f"{split}/mse"] == pytest.approx(13 / 6)
        assert found[f"{split}/mae"] == pytest.approx(7 / 6)
        assert found[f"{split}/persistence_mse"] == pytest.approx(13 / 6)

    def test_the_last_season_stands_beside(self):
        # 3 4 against 5 6, 0 2 against 2 0, 1 3 against 1 3
        found = measure(Forecaster(LastValue(**SIZES), period=2), TWO)
        assert found["test/seasonal_mse"] == pytest.approx(16 / 6)
        assert found["test/seasonal_mae"] == pytest.approx(8 / 6)

    @pytest.mark.parametrize(("step", "told"), [("12h", True), ("1h", False), ("", False), ("3mo", True)])
    def test_a_season_is_found_from_the_step_where_the_window_holds_one(self, step, told):
        found = measure(Forecaster(LastValue(**SIZES)), TWO, step=step)
        assert ("test/seasonal_mse" in found) == told

    def test_errors_are_kept_by_step_and_by_window(self):
        task = Forecaster(LastValue(**SIZES))
        measure(task, TWO)
        assert task.errors.count.tolist() == [[3], [3]]
        assert task.errors.squared[0].tolist() == [[5], [8]]
        assert task.errors.absolute[0].tolist() == [[3], [4]]
        assert task.errors.windows[:, :4].tolist() == [[0, 2, 5, 5], [1, 2, 4, 4], [2, 2, 4, 4]]

    def test_a_second_evaluation_begins_anew(self):
        task = Forecaster(LastValue(**SIZES))
        assert measure(task, TWO) == measure(task, TWO)


class TestMissing:
    GAPS = batch([[1.0, 2.0, 3.0, 0.0]], [[5.0, 0.0]], [[False, False, False, True, False, True]])

    def test_missing_steps_are_left_out_and_persistence_repeats_the_last_known(self):
        found = measure(Forecaster(LastValue(**SIZES)), [self.GAPS])
        assert found["test/persistence_mse"] == pytest.approx(4)
        assert found["test/mse"] == pytest.approx(4)  # (5 − 3)², which LastValue repeats, too

    def test_nothing_to_compare_with_is_no_number(self):
        empty = batch([[1.0, 2.0, 3.0, 4.0]], [[0.0, 0.0]], [[False] * 4 + [True] * 2])
        assert np.isnan(measure(Forecaster(LastValue(**SIZES)), [empty])["test/mse"])

    def test_what_is_missing_pulls_at_no_weight(self):
        network = Linear(**SIZES)
        task = Forecaster(network)
        task.log_step = lambda *_: None
        one = batch([[1.0, 2.0, 3.0, 4.0]], [[5.0, 7.0]], [[False] * 5 + [True]])
        with torch.no_grad():
            wanted = (network(one.past)[0, 0, 0] - 5).square().item()
        assert task.training_step(one).item() == pytest.approx(wanted, rel=1e-5)

    def test_where_nothing_is_known_before_values_stay(self):
        past = torch.tensor([[0.0, 5.0, 0.0, 7.0, 0.0]])[..., None]
        missing = torch.tensor([[True, False, True, False, True]])[..., None]
        assert carry_forward(past, missing).flatten().tolist() == [0, 5, 5, 7, 7]


class TestLoss:
    @pytest.mark.parametrize(("loss", "wanted"), [("mse", 5.0), ("mae", 2.0), ("huber", 1.5)])
    def test_losses_by_hand(self, loss, wanted):
        network = Linear(**SIZES)
        for weight in network.parameters():
            torch.nn.init.zeros_(weight)
        task = Forecaster(network, loss=loss)
        task.log_step = lambda *_: None
        assert task.training_step(batch([[1.0, 2.0, 3.0, 4.0]], [[1.0, 3.0]])).item() == pytest.approx(wanted)

    def test_a_network_that_learns_from_each_step_is_compared_with_each(self):
        network = EachStepNet(**SIZES, residual=True)
        for weight in network.head.parameters():
            torch.nn.init.zeros_(weight)
        task = Forecaster(network)
        task.log_step = lambda *_: None  # each step is foretold as the one before: off by 1, 2, 3, 4, 5
        assert task.training_step(batch([[0.0, 1.0, 3.0, 6.0]], [[10.0, 15.0]])).item() == pytest.approx(55 / 5)

    @pytest.mark.parametrize(
        ("own", "words"), [({"loss": "l2"}, "loss must be one of mse, mae, huber"), ({"period": 0}, "period must be at")]
    )
    def test_wrong_options_are_refused(self, own, words):
        with pytest.raises(ArgumentError, match=words):
            Forecaster(LastValue(**SIZES), **own)
