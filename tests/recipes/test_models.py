"""Networks take the pictures that they promise to take, and say how to make them again."""

import json

import pytest
import torch
import yaml
from torch.utils.flop_counter import FlopCounterMode

from recipes.models import SignsNet
from recipes.train import recipe_path
from toolkit import ArgumentError


@pytest.mark.parametrize("shape", [(3, 48, 48), (1, 16, 16), (3, 33, 64), (1, 100, 40)])
def test_any_size_and_channel_count_gives_a_score_a_class(shape):
    scores = SignsNet(num_classes=7, num_channels=shape[0])(torch.zeros(2, *shape))
    assert scores.shape == (2, 7)


def test_a_network_is_made_again_from_its_settings():
    network = SignsNet(5, 1, widths=(4, 6, 8, 10, 12), hidden=7, dropout=0.1, stem_size=3, stem_stride=1)
    again = SignsNet(**json.loads(json.dumps(network.settings)))
    again.load_state_dict(network.state_dict())
    picture = torch.rand(2, 1, 20, 20)
    assert torch.equal(again.eval()(picture), network.eval()(picture))


def test_settings_of_before_the_stem_had_any_make_the_stem_of_then():
    before = {"num_classes": 5, "num_channels": 3, "widths": [4, 6, 8], "hidden": 7, "dropout": 0.1}
    stem = SignsNet(**before).features[0]
    assert (stem.kernel_size, stem.stride, stem.padding) == ((5, 5), (2, 2), (2, 2))


def test_a_stem_in_steps_of_one_keeps_every_pixel():
    network = SignsNet(5, widths=(4, 6, 8), stem_size=3, stem_stride=1)
    assert network.features[0](torch.zeros(1, 3, 48, 32)).shape == (1, 4, 48, 32)


@pytest.mark.parametrize(("recipe", "most_tflop"), [("signs", 50), ("signs_large", 250)])
def test_a_recipe_trains_on_all_of_gtsrb_within_its_operations(recipe, most_tflop):
    config = yaml.safe_load(recipe_path(recipe).read_text(encoding="utf-8"))
    network = SignsNet(43, **config["network"]["init_args"])
    with FlopCounterMode(display=False) as counter:
        network(torch.zeros(2, 3, 48, 48)).sum().backward()
    balance = config["data"]["init_args"].get("balance")
    samples = 39_209 if balance is None else 43 * {"median": 600, "max": 2250}[balance["target"]]  # pictures of GTSRB's classes
    assert counter.get_total_flops() / 2 * samples * config["trainer"]["max_epochs"] < most_tflop * 1e12


def test_the_default_has_about_three_hundred_thousand_weights():
    assert sum(weight.numel() for weight in SignsNet(43).parameters()) == 303_427


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_classes": 0}, "num_classes must be at least 1, got 0"),
        ({"num_classes": 2, "widths": (8, 8)}, "widths must be an odd number of widths, at least 3"),
        ({"num_classes": 2, "dropout": 1.0}, "dropout must be in "),
        ({"num_classes": 2, "stem_size": 4}, "stem_size must be an odd number, at least 1, got 4"),
        ({"num_classes": 2, "stem_stride": 0}, "stem_stride must be at least 1, got 0"),
    ],
)
def test_wrong_settings_are_told(options, message):
    with pytest.raises(ArgumentError, match=message):
        SignsNet(**options)
