"""What torch has no formula for is counted as one would by hand; rows of any length count by their items."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from datamodules import Batch
from recipes.callbacks import FlopCounter
from recipes.callbacks.flops import FORMULAS


@pytest.mark.parametrize(("layer", "gates"), [(nn.LSTM, 4), (nn.GRU, 3)])
def test_a_recurrent_layer_multiplies_with_both_matrices_at_each_word(layer, gates):
    words = torch.zeros(3, 11, 5, requires_grad=True)
    with FlopCounterMode(display=False, custom_mapping=FORMULAS) as counter:
        layer(5, 7, batch_first=True)(words)[0].sum().backward()
    forward = 2 * 3 * 11 * gates * 7 * (5 + 7)
    assert counter.get_total_flops() == pytest.approx(3 * forward, rel=0.05)  # torch may leave out what the first state, 0, asks for


def test_a_bag_adds_up_its_rows():
    with FlopCounterMode(display=False, custom_mapping=FORMULAS) as counter:
        nn.EmbeddingBag(10, 4, mode="sum")(torch.tensor([1, 2, 3, 2]), torch.tensor([0, 1])).sum().backward()
    assert counter.get_total_flops() == 2 * (2 * 4 * 4)


def test_rows_of_any_length_count_by_their_items():
    weight, counter, trainer = torch.ones(2, 3, requires_grad=True), FlopCounter(), SimpleNamespace(world_size=1)
    for length in (0, 4, 10):
        batch = Batch(torch.ones(5, length), None, torch.arange(5), torch.full((5,), length))
        counter.on_train_batch_start(trainer, None, batch, 0)
        (batch.x.flatten()[:, None].expand(-1, 2) @ weight).sum()
        counter.on_train_batch_end(trainer, None, None, batch, 0)
    assert counter.flops == 2 * 5 * (4 + 10) * 2 * 3
