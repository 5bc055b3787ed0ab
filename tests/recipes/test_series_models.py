"""Networks for series: what each is shown, what it foretells, and what it must not look at."""

import json

import pytest
import torch

from recipes.models import (
    DirectNet,
    DLinear,
    EachStepNet,
    EncoderDecoderNet,
    LastValue,
    Linear,
    NLinear,
    OnwardNet,
    SeasonalNaive,
    SeriesReaderNet,
)
from toolkit import ArgumentError

SIZES = {"window": 12, "horizon": 5, "num_features": 4, "target": [0, 2], "known": [3]}
BASELINES = [LastValue, SeasonalNaive, Linear, NLinear, DLinear]
RECURRENT = [EachStepNet, DirectNet, OnwardNet, EncoderDecoderNet]


def build(kind, **own):
    torch.manual_seed(0)
    return kind(**SIZES, **({"period": 4} if kind is SeasonalNaive else {}), **own).eval()


def draw():
    torch.manual_seed(1)
    return torch.randn(6, 12, 4), torch.randn(6, 17, 1)


@pytest.mark.parametrize("kind", BASELINES + RECURRENT)
def test_each_foretells_the_targets_over_the_horizon_and_is_made_again_from_its_settings(kind):
    network, (past, known) = build(kind), draw()
    again = kind(**json.loads(json.dumps(network.settings)))
    again.load_state_dict(network.state_dict())
    assert network(past, known).shape == (6, 5, 2)
    assert torch.equal(again.eval()(past, known), network(past, known))


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("kind", RECURRENT)
def test_every_cell_and_depth_learns_from_every_weight(kind, cell):
    network, (past, known) = build(kind, cell=cell, depth=2), draw()
    network.teach(past, torch.zeros(6, 5, 2), known).square().sum().backward()
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in network.parameters())


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({"cell": "lstmm"}, "cell must be one of rnn, lstm, gru, got lstmm"),
        ({"depth": 0}, "depth must be at least 1, got 0"),
        ({"dropout": 1.0}, r"dropout must be in \[0, 1\), got 1.0"),
    ],
)
@pytest.mark.parametrize("kind", RECURRENT)
def test_a_wrong_option_is_refused(kind, own, words):
    with pytest.raises(ArgumentError, match=words):
        build(kind, **own)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"window": 0}, "window must be at least 1, got 0"),
        ({"target": [4]}, "target must be numbers of columns, from 0 to 3"),
        ({"target": []}, "target must be at least one column"),
        ({"known": [1, 1]}, "known must be numbers of columns, from 0 to 3, each once"),
    ],
)
def test_wrong_columns_are_refused(changed, words):
    with pytest.raises(ArgumentError, match=words):
        Linear(**(SIZES | changed))


class TestNaive:
    PAST = torch.tensor([[[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]]])

    def test_last_value_is_repeated(self):
        network = LastValue(window=6, horizon=3, num_features=1, target=[0])
        assert network(self.PAST).flatten().tolist() == [6, 6, 6]

    @pytest.mark.parametrize(("period", "foretold"), [(1, [6, 6, 6, 6]), (3, [4, 5, 6, 4]), (6, [1, 2, 3, 4])])
    def test_last_season_is_repeated(self, period, foretold):
        network = SeasonalNaive(window=6, horizon=4, num_features=1, target=[0], period=period)
        assert network(self.PAST).flatten().tolist() == foretold

    def test_a_season_longer_than_the_window_is_refused(self):
        with pytest.raises(ArgumentError, match="period must be from 1 to the window, 6, got 24"):
            SeasonalNaive(window=6, horizon=4, num_features=1, target=[0], period=24)


class TestLinear:
    def test_all_variables_share_one_map(self):
        network = build(Linear)
        assert sum(weight.numel() for weight in network.parameters()) == 12 * 5 + 5
        past = torch.randn(3, 12, 1).expand(-1, -1, 4)
        foretold = network(past)
        assert torch.allclose(foretold[..., 0], foretold[..., 1])

    def test_individual_maps_are_those_of_a_linear_layer_each(self):
        network, (past, _) = build(Linear, individual=True), draw()
        weight, bias = network.through_time.weight, network.through_time.bias
        for number, column in enumerate([0, 2]):
            wanted = torch.nn.functional.linear(past[:, :, column], weight[number], bias[number])
            assert torch.allclose(network(past)[:, :, number], wanted, atol=1e-6)

    def test_nlinear_goes_up_with_its_window(self):
        network, (past, _) = build(NLinear), draw()
        assert torch.allclose(network(past + 7), network(past) + 7, atol=1e-5)

    def test_dlinear_of_equal_maps_is_linear(self):
        """Trend and rest add up to the window, so one map for both is one map of the window."""
        network, (past, _) = build(DLinear), draw()
        network.trend.weight.data.copy_(network.through_time.weight.data)
        wanted = torch.nn.functional.linear(past[:, :, 0], network.trend.weight[0], network.trend.bias[0] + network.through_time.bias[0])
        assert torch.allclose(network(past)[:, :, 0], wanted, atol=1e-5)


class TestCausalSense:
    def test_a_reader_of_each_step_refuses_to_begin_at_the_end(self):
        with pytest.raises(ArgumentError, match="a reader that begins at the end would read the very steps that are to be foretold"):
            build(EachStepNet, bidirectional=True)

    def test_what_each_step_foretells_in_training_depends_on_nothing_behind_it(self):
        network, (past, known) = build(EachStepNet), draw()
        future = torch.randn(6, 5, 2)
        changed = future.clone()
        changed[:, 2:] += 10
        before, after = network.teach(past, future, known), network.teach(past, changed, known)
        assert torch.equal(before[:, :-2], after[:, :-2])  # the last but one reads the third step of the future
        assert not torch.allclose(before[:, -2:], after[:, -2:])

    def test_each_step_goes_on_from_its_own(self):
        """Foretelling a horizon is foretelling one step so often, what was foretold put behind the window."""
        torch.manual_seed(0)
        long = EachStepNet(window=12, horizon=5, num_features=2, target=[0, 1]).eval()
        steps = torch.randn(3, 12, 2)
        wanted = []
        for _ in range(5):
            states, _ = long.layers(steps)
            wanted.append(long.head(states[:, -1:]))
            steps = torch.cat([steps, wanted[-1]], dim=1)
        assert torch.allclose(long(steps[:, :12]), torch.cat(wanted, dim=1), atol=1e-6)

    @pytest.mark.parametrize("kind", RECURRENT + BASELINES)
    def test_nothing_of_the_future_but_what_is_known_ahead_is_looked_at(self, kind):
        network, (past, known) = build(kind), draw()
        assert torch.equal(network(past, known), network(past, known.clone()))
        other = known.clone()
        other[:, -1] += 5
        changed = not torch.allclose(network(past, other), network(past, known))
        assert changed == (kind in RECURRENT)

    def test_columns_known_ahead_must_come(self):
        with pytest.raises(ArgumentError, match="known must be given, as 1 columns are known ahead"):
            build(DirectNet)(draw()[0])


class TestDirect:
    def test_the_window_may_be_read_backwards(self):
        network, (past, known) = build(DirectNet, bidirectional=True, depth=2), draw()
        assert network(past, known).shape == (6, 5, 2)

    def test_with_the_last_value_taken_off_it_goes_up_with_its_window(self):
        torch.manual_seed(0)
        network = DirectNet(window=12, horizon=5, num_features=2, target=[1], subtract_last=True).eval()
        past = torch.randn(3, 12, 2)
        assert torch.allclose(network(past + 7), network(past) + 7, atol=1e-4)


class TestTeacherForcing:
    def test_all_forced_is_each_step_from_the_true_one_before(self):
        network, (past, known) = build(EncoderDecoderNet, teacher_forcing=1.0), draw()
        future = torch.randn(6, 5, 2)
        one_by_one = build(EncoderDecoderNet, teacher_forcing=0.999999)
        assert torch.allclose(network.teach(past, future, known), one_by_one.teach(past, future, known), atol=1e-6)

    def test_none_forced_is_what_is_foretold(self):
        network, (past, known) = build(EncoderDecoderNet, teacher_forcing=0.0), draw()
        assert torch.equal(network.teach(past, torch.randn(6, 5, 2), known), network(past, known))

    def test_a_share_beyond_one_is_refused(self):
        with pytest.raises(ArgumentError, match=r"teacher_forcing must be in \[0, 1\], got 1.5"):
            build(EncoderDecoderNet, teacher_forcing=1.5)


def test_vector_to_series_looks_at_the_last_step_alone():
    network, (past, known) = build(OnwardNet), draw()
    other = past.clone()
    other[:, :-1] += 3
    assert torch.equal(network(past, known), network(other, known))


class TestSeriesReader:
    @pytest.mark.parametrize("bidirectional", [True, False])
    @pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
    def test_what_stands_behind_the_end_changes_nothing(self, cell, bidirectional):
        torch.manual_seed(0)
        network = SeriesReaderNet(3, 2, cell=cell, depth=2, bidirectional=bidirectional).eval()
        short = torch.randn(1, 4, 2)
        padded = torch.cat([short, torch.full((1, 3, 2), 9.0)], dim=1)
        assert torch.allclose(network(padded, torch.tensor([4])), network(short), atol=1e-6)

    def test_settings_make_it_again(self):
        network = SeriesReaderNet(3, 2, cell="rnn", width=5, depth=2, dropout=0.1, bidirectional=False).eval()
        again = SeriesReaderNet(**json.loads(json.dumps(network.settings)))
        again.load_state_dict(network.state_dict())
        steps = torch.randn(2, 4, 2)
        assert torch.equal(again.eval()(steps), network(steps))
