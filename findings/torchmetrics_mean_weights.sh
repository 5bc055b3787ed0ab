#!/usr/bin/env bash
# torchmetrics 1.9.0 forgets the weights of a MeanMetric that was made with nan_strategy="disable".
#
# Who leaves out the search for NaN saves a wait for the GPU at each step, and gets a plain mean without a word: every weight is
# taken for 1. The mean of 1 with weight 3 and of 3 with weight 1 is 2 instead of 1.5.
#
# Whom it hurts: who weights losses by the size of the batch; the short last batch of an epoch counts as much as all others.
# What to do instead: use nan_strategy="ignore", or keep sum and weights in two SumMetrics and divide at the end.
# (On Linux, PyTorch from the public index brings some gigabytes for GPUs along.)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet torchmetrics==1.9.0 torch==2.13.0

"$folder/venv/bin/python" - <<'EOF'
import sys

import torch
import torchmetrics

print("torchmetrics", torchmetrics.__version__, "torch", torch.__version__)
print("expected: 1.5 each time")
seen = {}
for strategy in ("ignore", "disable"):
    mean = torchmetrics.MeanMetric(nan_strategy=strategy)
    mean.update(1.0, weight=3.0)
    mean.update(3.0, weight=1.0)
    seen[strategy] = mean.compute().item()
    print(f"seen:     {seen[strategy]} with nan_strategy={strategy!r}")
sys.exit(0 if seen == {"ignore": 1.5, "disable": 2.0} else "This has changed.")
EOF
