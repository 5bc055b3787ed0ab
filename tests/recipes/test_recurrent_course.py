"""The courses' own figures: an LSTM's step by hand, each cell written out in numpy beside torch's, and gradients that vanish."""

import numpy as np
import pytest
import torch
from torch import nn

from recipes.models.cells import build_layers

# The weight of the short-term memory, that of the input, and the bias, of each of the four sums.
FORGET, INPUT, CANDIDATE, OUTPUT = (2.7, 1.63, 1.62), (2.0, 1.65, 0.62), (1.41, 0.94, -0.32), (4.38, -0.19, 0.59)


def sigmoid(value):
    return 1 / (1 + np.exp(-value))


def course_lstm():
    """The course's weights in torch's layers, whose gates stand in the order input, forget, candidate, output."""
    layers = nn.LSTM(1, 1, batch_first=True)
    gates = np.array([INPUT, FORGET, CANDIDATE, OUTPUT])
    with torch.no_grad():
        for name, column in (("weight_hh_l0", gates[:, :1]), ("weight_ih_l0", gates[:, 1:2]), ("bias_ih_l0", gates[:, 2])):
            getattr(layers, name).copy_(torch.from_numpy(column))
        layers.bias_hh_l0.zero_()
    return layers.double()


def run_course(layers, values, *, short, long):
    steps = torch.tensor(values, dtype=torch.float64).view(1, -1, 1)
    _, (short, long) = layers(steps, (torch.full((1, 1, 1), short).double(), torch.full((1, 1, 1), long).double()))
    return short.item(), long.item()


class TestWorkedExample:
    def test_step_by_hand(self):
        short, long, value = 1.0, 2.0, 1.0
        forget, let_in, candidate, out = (a * short + b * value + bias for a, b, bias in (FORGET, INPUT, CANDIDATE, OUTPUT))
        assert sigmoid(forget) == pytest.approx(0.9974, abs=5e-5)
        assert long * sigmoid(forget) == pytest.approx(1.9948, abs=5e-5)
        assert np.tanh(candidate) == pytest.approx(0.9661, abs=5e-5)
        assert sigmoid(let_in) == pytest.approx(0.9862, abs=5e-5)
        new_long = long * sigmoid(forget) + sigmoid(let_in) * np.tanh(candidate)
        assert new_long == pytest.approx(2.9476, abs=5e-5)
        assert sigmoid(out) == pytest.approx(0.9917, abs=5e-5)
        assert sigmoid(out) * np.tanh(new_long) == pytest.approx(0.9862, abs=5e-5)

    def test_torch_gives_the_same_memories(self):
        short, long = run_course(course_lstm(), [1.0], short=1.0, long=2.0)
        assert long == pytest.approx(2.9476, abs=5e-5)
        assert short == pytest.approx(0.9862, abs=5e-5)

    @pytest.mark.parametrize(("first", "fifth"), [(0.0, 0.0), (1.0, 1.0)])
    def test_first_numbers_weigh_the_short_term_memory(self, first, fifth):
        """With a memory and an input of 1 the step cannot tell which number weighs which; the course's two companies can."""
        short, _ = run_course(course_lstm(), [first, 0.5, 0.25, 1.0], short=0.0, long=0.0)
        assert short == pytest.approx(fifth, abs=0.05)


def elman(steps, w, u, b):
    state, states = np.zeros((len(steps), len(u))), []
    for step in range(steps.shape[1]):
        state = np.tanh(steps[:, step] @ w.T + state @ u.T + b[0] + b[1])
        states.append(state)
    return np.stack(states, axis=1)


def lstm(steps, w, u, b):
    width = u.shape[1]
    short, long, states = np.zeros((len(steps), width)), np.zeros((len(steps), width)), []
    for step in range(steps.shape[1]):
        let_in, forget, candidate, out = np.split(steps[:, step] @ w.T + short @ u.T + b[0] + b[1], 4, axis=1)
        long = sigmoid(forget) * long + sigmoid(let_in) * np.tanh(candidate)
        short = sigmoid(out) * np.tanh(long)
        states.append(short)
    return np.stack(states, axis=1)


def gru(steps, w, u, b):
    width = u.shape[1]
    state, states = np.zeros((len(steps), width)), []
    for step in range(steps.shape[1]):
        reset_x, keep_x, new_x = np.split(steps[:, step] @ w.T + b[0], 3, axis=1)
        reset_h, keep_h, new_h = np.split(state @ u.T + b[1], 3, axis=1)
        keep = sigmoid(keep_x + keep_h)
        candidate = np.tanh(new_x + sigmoid(reset_x + reset_h) * new_h)
        state = (1 - keep) * candidate + keep * state
        states.append(state)
    return np.stack(states, axis=1)


@pytest.mark.parametrize(("cell", "written"), [("rnn", elman), ("lstm", lstm), ("gru", gru)])
def test_cell_written_in_numpy_equals_torch(cell, written):
    torch.manual_seed(0)
    layers = build_layers("test", cell, 3, width=5, depth=1, dropout=0.0).double()
    steps = torch.randn(4, 20, 3, dtype=torch.float64)
    w, u, *b = (getattr(layers, f"{name}_l0").detach().numpy() for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    np.testing.assert_allclose(written(steps.numpy(), w, u, b), layers(steps)[0].detach().numpy(), rtol=0, atol=1e-12)


def gradient_through(layers, num_steps, *, width):
    """The norm of the derivative of the last short-term memory by the first input."""
    torch.manual_seed(1)
    steps = torch.randn(1, num_steps, 1, dtype=torch.float64, requires_grad=True)
    last = layers(steps)[0][0, -1]
    rows = [torch.autograd.grad(last[i], steps, retain_graph=True)[0][0, 0] for i in range(width)]
    return torch.stack(rows).norm().item()


class TestVanishingGradients:
    """An LSTM that is told to keep its long-term memory hands a gradient through 50 steps; an Elman RNN loses it on the way."""

    WIDTH = 16

    def _layers(self, cell):
        torch.manual_seed(0)
        layers = build_layers("test", cell, 1, width=self.WIDTH, depth=1, dropout=0.0).double()
        if cell == "lstm":
            with torch.no_grad():
                layers.bias_ih_l0[self.WIDTH : 2 * self.WIDTH] = 5.0  # forget gates that begin open: Jozefowicz et al., 2015
        return layers

    def test_elman_loses_what_an_lstm_keeps(self):
        norms = {cell: gradient_through(self._layers(cell), 50, width=self.WIDTH) for cell in ("rnn", "lstm")}
        assert norms["rnn"] < 1e-8
        assert norms["lstm"] > 1e-4
        assert norms["lstm"] > 1e4 * norms["rnn"]

    def test_elman_loses_more_with_every_step(self):
        norms = [gradient_through(self._layers("rnn"), steps, width=self.WIDTH) for steps in (2, 10, 50)]
        assert norms[0] > 1e2 * norms[1] > 1e6 * norms[2]
