#!/usr/bin/env bash
# aeon 1.6.0 reads a .ts file with stamps without its minus signs, its exponents and its whole numbers, and says nothing.
#
# Where a header has "@timeStamps true", values are looked for by a pattern, digits, a point, digits: −1.5 becomes 1.5, 1.5e-3 becomes 1.5,
# and 7 is passed over, so that the series is a step shorter. The same file without stamps is read right.
#
# Whom it hurts: who trains a classifier on such a file: series that cross zero are folded up, and no error shows it.
# What to do instead: take the stamps out of the file first, or hold a few values against the text.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet aeon==1.6.0

cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
import sys
from pathlib import Path

import aeon
from aeon.datasets import load_from_ts_file

HEAD = "@problemName P\n@timeStamps {}\n@univariate true\n@equalLength false\n@classLabel true 1 2\n@data\n"
values = [["-1.5", "2.5", "-3.25"], ["1.5e-3", "2.0", "0.5"], ["7", "2.5", "3.5"]]
plain = "".join(f"{','.join(row)}:1\n" for row in values)
pairs = "".join(f"{','.join(f'(2007-01-01 00:0{i}:00,{value})' for i, value in enumerate(row))}:1\n" for row in values)
seen = {}
for stamps, lines in (("false", plain), ("true", pairs)):
    Path("p.ts").write_text(HEAD.format(stamps) + lines)
    seen[stamps] = [series[0].tolist() for series in load_from_ts_file("p.ts")[0]]

print("aeon", aeon.__version__)
print("expected:", seen["false"])
print("seen:    ", seen["true"])
right = [[float(value) for value in row] for row in values]
wrong = [[1.5, 2.5, 3.25], [1.5, 2.0, 0.5], [2.5, 3.5]]
sys.exit(0 if seen == {"false": right, "true": wrong} else "This has changed.")
EOF
