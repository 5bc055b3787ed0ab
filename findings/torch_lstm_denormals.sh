#!/usr/bin/env bash
# torch 2.14.1: training an LSTM over hundreds of steps on a CPU takes some five times as long as it need, because gradients vanish.
#
# Where only the last step is judged, the gradient shrinks from step to step on its way back, until it is a denormal number (below
# 1.2e-38). Processors compute with those in microcode, so the backward pass of the early steps, which changes nothing any more, takes
# most of the time. Nothing tells: no warning, no wrong figure. Other recurrent layers and other long products are concerned alike.
#
# Whom it hurts: who trains recurrent networks without a GPU, forecasters above all: 336 steps of past and a horizon told at the end.
# What to do instead: torch.set_flush_denormal(True) at the start, before torch has started its threads, which take the setting over.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet torch==2.14.1 numpy==2.4.6

"$folder/venv/bin/python" - <<'EOF'
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
windows = torch.randn(64, 336, 7)
reader, head = nn.LSTM(7, 64, batch_first=True), nn.Linear(64, 96)


def seconds() -> float:
    """Processor time of the fastest of five training steps."""
    taken = []
    for _ in range(5):
        reader.zero_grad()
        began = time.process_time()
        head(reader(windows)[0][:, -1]).square().mean().backward()
        taken.append(time.process_time() - began)
    return min(taken)


def gradients() -> torch.Tensor:
    return torch.cat([weight.grad.flatten() for weight in reader.parameters()])


plain, before = seconds(), gradients()
if not torch.set_flush_denormal(True):
    sys.exit("This processor cannot flush denormal numbers.")
flushed, after = seconds(), gradients()
print("torch", torch.__version__)
print("expected: a step takes the same time whether or not denormal numbers are flushed to zero")
print(f"seen:     it takes {plain / flushed:.1f} times as long where they are not; gradients differ by {(before - after).abs().max():.1g}")
sys.exit(0 if plain > 2 * flushed and torch.allclose(before, after, atol=1e-7) else "This has changed.")
EOF
