"""Networks take the pictures that they promise to take, and say how to make them again."""

import json

import pytest
import torch

from recipes.models import SignsNet
from toolkit import ArgumentError


@pytest.mark.parametrize("shape", [(3, 48, 48), (1, 16, 16), (3, 33, 64), (1, 100, 40)])
def test_any_size_and_channel_count_gives_a_score_a_class(shape):
    scores = SignsNet(num_classes=7, num_channels=shape[0])(torch.zeros(2, *shape))
    assert scores.shape == (2, 7)


def test_a_network_is_made_again_from_its_settings():
    network = SignsNet(5, 1, widths=(4, 6, 8, 10, 12), hidden=7, dropout=0.1)
    again = SignsNet(**json.loads(json.dumps(network.settings)))
    again.load_state_dict(network.state_dict())
    picture = torch.rand(2, 1, 20, 20)
    assert torch.equal(again.eval()(picture), network.eval()(picture))


def test_the_default_has_about_three_hundred_thousand_weights():
    assert sum(weight.numel() for weight in SignsNet(43).parameters()) == 303_427


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_classes": 0}, "num_classes must be at least 1, got 0"),
        ({"num_classes": 2, "widths": (8, 8)}, "widths must be an odd number of widths, at least 3"),
        ({"num_classes": 2, "dropout": 1.0}, "dropout must be in "),
    ],
)
def test_wrong_settings_are_told(options, message):
    with pytest.raises(ArgumentError, match=message):
        SignsNet(**options)
