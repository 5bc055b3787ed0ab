"""The table by hand and by torch; formulas against torch over many windows; the classic kernels by hand."""

import csv

import numpy as np
import pytest
import torch
from torch import nn

from recipes.look.formulas import expect, output_side
from recipes.look.kernels import KERNELS, chance_likeness, compare_filters
from recipes.look.maps import activated_maps
from recipes.look.table import build_table, format_table, write_table
from recipes.look.trace import trace
from recipes.models import LanguageNet, SignsNet


def table(network, *shape):
    return build_table(network, trace(network.eval(), torch.zeros(1, *shape)))


def test_the_signs_network_by_hand():
    network = SignsNet(43, widths=(24, 48, 48), hidden=160)
    layers = table(network, 3, 48, 48)
    weighty = [(row.name, row.kernel, row.stride, row.padding, row.output, row.parameters) for row in layers if row.parameters]
    assert weighty == [
        ("features.0", (5, 5), (2, 2), (2, 2), (24, 24, 24), 5 * 5 * 3 * 24),
        ("features.1", None, None, None, (24, 24, 24), 48),
        ("features.3", (3, 3), (1, 1), (1, 1), (48, 24, 24), 3 * 3 * 24 * 48),
        ("features.4", None, None, None, (48, 24, 24), 96),
        ("features.7", (3, 3), (1, 1), (1, 1), (48, 12, 12), 3 * 3 * 48 * 48),
        ("features.8", None, None, None, (48, 12, 12), 96),
        ("head.1", None, None, None, (160,), 432 * 160),
        ("head.2", None, None, None, (160,), 320),
        ("head.5", None, None, None, (43,), 160 * 43 + 43),
    ]
    assert layers[0].output_arithmetic == "⌊(48 + 2·2 − 1·(5 − 1) − 1)/2⌋ + 1 = 24"
    assert layers[-1].parameters_arithmetic == "160·43 + 43"
    assert all(row.agrees for row in layers)
    assert sum(row.parameters for row in layers) == sum(p.numel() for p in network.parameters())


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(4, 6, (3, 5), stride=(2, 1), padding=(0, 2), dilation=(2, 1), groups=2),
        nn.Conv2d(4, 6, 4, padding="same", bias=False),
        nn.Conv2d(4, 6, 3, padding="valid"),
        nn.MaxPool2d(3, 2, 1),
        nn.MaxPool2d(2, dilation=2),
        nn.AvgPool2d((2, 3)),
        nn.AdaptiveAvgPool2d((None, 2)),
        nn.AdaptiveMaxPool2d(3),
        nn.BatchNorm2d(4),
        nn.BatchNorm2d(4, affine=False),
        nn.GroupNorm(2, 4),
        nn.LayerNorm((11, 13)),
        nn.LayerNorm(13, bias=False),
        nn.InstanceNorm2d(4),
        nn.Linear(13, 5, bias=False),
        nn.Flatten(),
        nn.Dropout(),
        nn.GELU(),
    ],
    ids=str,
)
def test_every_formula_gives_what_torch_gives(layer):
    (row,) = table(nn.Sequential(layer), 4, 11, 13)
    assert row.agrees is True
    assert row.formula_output == tuple(layer.eval()(torch.zeros(1, 4, 11, 13)).shape[1:])
    assert row.formula_parameters == sum(p.numel() for p in layer.parameters())


@pytest.mark.parametrize(
    "layer",
    [
        nn.LSTM(6, 5, batch_first=True),
        nn.GRU(6, 5, num_layers=3, bidirectional=True, batch_first=True),
        nn.RNN(6, 5, num_layers=2, bias=False, batch_first=True),
    ],
    ids=str,
)
def test_formulas_of_recurrent_layers_give_what_torch_gives(layer):
    (row,) = build_table(layer, trace(layer.eval(), torch.zeros(2, 7, 6)))
    assert row.agrees is True


def test_a_language_model_by_hand():
    network = LanguageNet(100, width=8).eval()
    rows = build_table(network, trace(network, torch.ones(1, 7, dtype=torch.int64)))
    words, reader = (next(row for row in rows if row.name == name) for name in ("words", "reader"))
    assert (words.output, words.parameters, words.parameters_arithmetic, words.agrees) == ((7, 8), 800, "100·8", True)
    assert (reader.output, reader.parameters, reader.parameters_arithmetic) == ((7, 8), 4 * (16 * 8 + 16), "4·((8 + 8)·8 + 2·8)")


def test_output_sides_by_hand():
    assert [output_side(7, 3), output_side(7, 3, 2), output_side(8, 3, 2), output_side(7, 3, 1, 1), output_side(7, 3, 1, 0, 2)] == [
        5,
        3,
        3,
        7,
        3,
    ]


def test_a_layer_without_a_formula_shows_torchs_own_figures():
    network = nn.Sequential(nn.ConvTranspose2d(3, 2, 2, stride=2), nn.MaxPool2d(2, ceil_mode=True), nn.Flatten(2))
    layers = table(network, 3, 5, 5)
    assert [(row.agrees, row.output, row.parameters) for row in layers] == [
        (None, (2, 10, 10), 3 * 2 * 2 * 2 + 2),
        (None, (2, 5, 5), 0),
        (None, (2, 25), 0),
    ]
    assert format_table(layers).count("not known here") == 3


class Shared(nn.Module):
    """Calls one convolution twice, never calls another, and adds a number of its own."""

    def __init__(self):
        super().__init__()
        self.twice, self.never = nn.Conv2d(2, 2, 1, bias=False), nn.Linear(3, 1)
        self.scale = nn.Parameter(torch.ones(7))

    def forward(self, x):
        return self.twice(self.twice(x)).relu()


def test_layers_called_twice_or_never_add_up_to_torchs_total():
    network = Shared()
    layers = table(network, 2, 4, 4)
    assert [(row.name, row.output, row.parameters) for row in layers] == [
        ("twice", (2, 4, 4), 4),
        ("twice", (2, 4, 4), 0),
        ("Shared", (2, 4, 4), 7),
        ("never", None, 4),
    ]
    assert [row.agrees for row in layers] == [True, True, None, None]
    assert "not run" in format_table(layers)


class Wrong(nn.Conv2d):
    """A convolution that is none."""

    def forward(self, x):
        return super().forward(x)[..., :1]


def test_a_difference_is_told():
    (row,) = layers = table(nn.Sequential(Wrong(3, 2, 3)), 3, 5, 5)
    assert row.agrees is False
    assert "(2, 3, 3), 56: differs" in format_table(layers)


def test_the_csv_has_every_row(tmp_path):
    layers = table(SignsNet(4, 1, widths=(8, 8, 8), hidden=8), 1, 24, 24)
    write_table(tmp_path / "layers.csv", layers)
    with open(tmp_path / "layers.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(layers)
    assert (rows[0]["kernel"], rows[0]["output"], rows[0]["parameters"], rows[1]["kernel"]) == ("5×5", "8×12×12", "200", "")


def test_activated_maps_are_those_behind_norm_and_activation():
    torch.manual_seed(0)
    network, images = SignsNet(4, widths=(8, 8, 8), hidden=8).eval(), torch.randn(1, 3, 24, 24)
    maps = activated_maps(trace(network, images))
    assert [layer.through for layer in maps] == [("Conv2d", "BatchNorm2d", "ReLU")] * 3
    with torch.inference_mode():
        np.testing.assert_array_equal(maps[0].maps, network.features[:3](images)[0])
        np.testing.assert_array_equal(maps[2].maps, network.features[:10](images)[0])


class Residual(nn.Module):
    """Its activation sees a sum, not the convolution's own output."""

    def __init__(self):
        super().__init__()
        self.conv, self.relu = nn.Conv2d(3, 3, 3, padding=1), nn.ReLU()

    def forward(self, x):
        return self.relu(self.conv(x) + x)


def test_maps_end_where_another_path_comes_in():
    (layer,) = activated_maps(trace(Residual(), torch.ones(1, 3, 4, 4)))
    assert layer.through == ("Conv2d",)


def test_tracing_leaves_no_hooks_even_if_the_network_fails():
    network = nn.Sequential(nn.Linear(3, 2), nn.Linear(3, 2))
    with pytest.raises(RuntimeError):
        trace(network, torch.zeros(1, 3))
    assert not any(layer._forward_hooks for layer in network)


def test_the_classic_kernels_find_their_edges():
    horizontal = torch.zeros(1, 1, 5, 5)
    horizontal[..., 3:, :] = 1.0
    found = {
        name: nn.functional.conv2d(horizontal, torch.tensor(kernel).float()[None, None])[0, 0, 1, 1].item()
        for name, kernel in KERNELS.items()
    }
    assert found == {"horizontal": 4.0, "vertical": 0.0, "Laplacian": 1.0}
    assert (KERNELS["vertical"] == KERNELS["horizontal"].T).all()


def test_likeness_by_hand():
    colour = np.zeros((4, 3, 5, 5))
    colour[0, :, 1:4, 1:4] = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    colour[1, 0, 1:4, 1:4] = [[0, -1, 0], [-1, 4, -1], [0, -1, 0]]
    colour[2, 1, 1:4, 1:4] = [[-1, -1, -1], [0, 0, 0], [1, 1, 1]]  # Prewitt's: cosine 8 / √(6 · 12)
    found = compare_filters("stem", colour).likeness
    assert [like.kernel for like in found[:3]] == ["vertical", "Laplacian", "horizontal"]
    assert [like.cosine for like in found] == pytest.approx([1, -1, 8 / 72**0.5, 0])


def test_what_lies_around_the_middle_counts_against_a_filter():
    wide = np.zeros((1, 1, 5, 5))
    wide[0, 0, 1:4, 1:4] = [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]
    wide[0, 0, 0, 0] = 2.0
    assert compare_filters("stem", wide).likeness[0].cosine == pytest.approx(12 / (4 * 12**0.5))


def test_small_filters_are_compared_with_nothing():
    assert compare_filters("stem", np.ones((4, 3, 1, 1))) is None


def test_larger_filters_are_less_alike_by_chance():
    assert 0.9 > chance_likeness(3, 3) > chance_likeness(5, 5) > chance_likeness(7, 7) > 0.1


def test_an_unknown_layer_has_no_formula():
    assert expect(nn.Upsample(scale_factor=2), (3, 4, 4)) is None
