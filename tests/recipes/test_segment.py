"""The network of `forecast`: what comes in and goes out, and what it must not depend on."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from recipes.models import SegmentNet
from toolkit.errors import ArgumentError

SIZES = {"num_features": 3, "target": [0, 2]}


@pytest.fixture
def net() -> SegmentNet:
    """Four segments of 12 steps, of which two and a half are foretold."""
    torch.manual_seed(0)
    return SegmentNet(48, 30, **SIZES, segment=12, width=8, linear=False).eval()


@pytest.fixture
def past() -> torch.Tensor:
    return torch.randn(5, 48, 3, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("linear", [False, True])
def test_a_constant_added_to_the_past_is_added_to_the_forecast(past: torch.Tensor, linear: bool) -> None:
    net = SegmentNet(48, 30, **SIZES, segment=12, width=8, linear=linear).eval()
    torch.testing.assert_close(net(past + 7), net(past) + 7, rtol=0, atol=2e-5)


def test_all_steps_of_all_targets_are_foretold(net: SegmentNet, past: torch.Tensor) -> None:
    assert net(past).shape == (5, 30, 2)


def test_a_variable_is_foretold_from_itself_alone(net: SegmentNet, past: torch.Tensor) -> None:
    other = past.clone()
    other[:, :, :2] += torch.randn(5, 48, 2)
    assert torch.equal(net(other)[:, :, 1], net(past)[:, :, 1])
    assert not torch.equal(net(other)[:, :, 0], net(past)[:, :, 0])


def test_windows_do_not_look_at_each_other(net: SegmentNet, past: torch.Tensor) -> None:
    torch.testing.assert_close(net(past[2:3]), net(past)[2:3], rtol=0, atol=1e-6)


def test_the_oldest_steps_of_a_window_that_is_no_multiple_of_a_segment_are_not_read(past: torch.Tensor) -> None:
    net = SegmentNet(47, 30, **SIZES, segment=12, width=8, linear=False).eval()  # reads 36 of the 47
    other = past[:, 1:].clone()
    other[:, :11] = 100.0
    assert torch.equal(net(other), net(past[:, 1:]))


def test_each_segment_ahead_is_one_step_of_the_gru_from_the_last_state(net: SegmentNet, past: torch.Tensor) -> None:
    seen = past[:, :, 2]
    added = (seen - seen[:, -1:]).reshape(5, 4, 12)
    _, state = net.reader(net.code(added))
    told = torch.cat([net.places[2], net.variables[1]]).expand(5, 1, 8)  # the third segment of the second target
    ahead = net.steps(net.reader(told, state)[0][:, 0])[:, :6]  # of which six steps lie in the horizon
    torch.testing.assert_close(net(past)[:, 24:, 1], ahead + seen[:, -1:], rtol=0, atol=1e-5)


def test_it_begins_as_the_mean_of_the_window(past: torch.Tensor) -> None:
    net = SegmentNet(48, 30, **SIZES, segment=12, width=8)
    mean = past[:, :, [0, 2]].mean(1, keepdim=True).expand(5, 30, 2)
    torch.testing.assert_close(net(past), mean, rtol=0, atol=1e-5)


@pytest.mark.parametrize("linear", [False, True])
def test_it_learns_a_swing_that_goes_on(linear: bool) -> None:
    torch.manual_seed(0)
    net = SegmentNet(48, 24, 1, [0], segment=12, width=16, dropout=0.0, linear=linear)
    wave = torch.sin(torch.arange(400) * 2 * torch.pi / 12)
    windows = torch.stack([wave[start : start + 72] for start in range(300)])[:, :, None]
    optimizer = torch.optim.AdamW(net.parameters(), lr=0.01)
    losses = []
    for _ in range(40):
        loss = F.mse_loss(net(windows[:, :48]), windows[:, 48:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert all(weight.grad is not None and weight.grad.isfinite().all() for weight in net.parameters())
    assert losses[-1] < losses[0] / 10


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"segment": 49}, "segment must be from 1 to the window, 48, got 49"),
        ({"segment": 0}, "segment must be from 1 to the window, 48, got 0"),
        ({"width": 7}, "width must be even and at least 2, got 7"),
        ({"dropout": 1.0}, r"dropout must be in \[0, 1\), got 1.0"),
    ],
)
def test_options_out_of_range_are_refused(option: dict[str, float], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        SegmentNet(48, 30, **SIZES, **option)
