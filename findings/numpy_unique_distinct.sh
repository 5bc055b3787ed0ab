#!/usr/bin/env bash
# numpy 2.4.6: np.unique of integers that are mostly different takes some 40 times as long as np.unique with return_counts=True.
#
# Asked for the values alone, np.unique collects integers in a hash table and sorts what is left. That is fast where few values come
# often. Of timestamps, ids or row numbers nearly every value is another: the table grows with them, and sorting at once, which is what
# the same function does when it is asked for counts, indices or an inverse, is far faster. Floating-point numbers are not concerned.
#
# Whom it hurts: who counts the distinct stamps, users or keys of millions of rows; 10 million stamps took minutes.
# What to do instead: ask for what sorts, np.unique(x, return_counts=True)[0], or sort and compare neighbours.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet numpy==2.4.6

"$folder/venv/bin/python" - <<'EOF'
import sys
import time

import numpy as np


def seconds(function) -> float:
    """Processor time of the fastest of three calls."""
    taken = []
    for _ in range(3):
        began = time.process_time()
        function()
        taken.append(time.process_time() - began)
    return min(taken)


minutes = np.arange(1_000_000) * 60_000_000_000  # nanoseconds
cases = {
    "a million stamps, int64": minutes,
    "the same, shuffled": np.random.default_rng(0).permutation(minutes),
    "the same, as float64": minutes.astype(np.float64),
    "a thousand ids, a thousand times each": np.tile(np.arange(1000), 1000),
}
print("numpy", np.__version__)
print("expected: values alone cost no more than values and their counts")
slower = {}
for name, values in cases.items():
    alone, counted = seconds(lambda: np.unique(values)), seconds(lambda: np.unique(values, return_counts=True))
    slower[name] = alone / counted
    print(f"seen:     {name}: values alone take {slower[name]:.1f} times as long")
first, second, third, _ = slower.values()
sys.exit(0 if min(first, second) > 5 and third < 2 else "This has changed.")
EOF
