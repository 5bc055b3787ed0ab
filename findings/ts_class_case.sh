#!/usr/bin/env bash
# aeon 1.6.0 and sktime 1.2.0 read a .ts file in lower case: the classes A and a become one, and aeon makes baNaNa of Banana.
#
# Every line is lowered before it is taken apart, labels with it; aeon then replaces "nan" by "NaN" wherever it stands. Both say nothing.
#
# Whom it hurts: whose classes differ in case alone, as letters drawn by hand do (A and a are 2 of 52); and who looks predictions up
# in a table of names.
# What to do instead: number the classes in the file, and keep their names beside.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet aeon==1.6.0 sktime==1.2.0

cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
import sys
from pathlib import Path

import aeon
import sktime
from aeon.datasets import load_from_ts_file
from sktime.datasets import load_from_tsfile

HEAD = "@problemName Letters\n@timeStamps false\n@univariate true\n@equalLength true\n@classLabel true A a Banana\n@data\n"
Path("letters.ts").write_text(HEAD + "1,2,3:A\n4,5,6:a\n7,8,9:Banana\n")
seen = {
    f"aeon {aeon.__version__}": load_from_ts_file("letters.ts")[1].tolist(),
    f"sktime {sktime.__version__}": load_from_tsfile("letters.ts")[1].tolist(),
}

print("expected: ['A', 'a', 'Banana']")
for name, labels in seen.items():
    print(f"seen:     {labels} by {name}")
wrong = {"aeon 1.6.0": ["a", "a", "baNaNa"], "sktime 1.2.0": ["a", "a", "banana"]}
sys.exit(0 if seen == wrong else "This has changed.")
EOF
