#!/usr/bin/env bash
# sktime 1.2.0 moves the start of weekly, monthly and yearly .tsf series to the next Sunday or first day, and takes no frequency for daily.
#
# Stamps are laid out by pandas' frequencies W, MS, QS and YS, whose first one is not the start but the next that fits: a series that begins
# on Wednesday 1 January 2020 begins on the 5th, one of 15 January on 1 February, and all of its values move along. Without @frequency,
# pandas lays out days, whatever the series has.
#
# Whom it hurts: who joins such series with others by their stamps, or adds calendar features: each is days or weeks late.
# What to do instead: read with return_type="default_tsf" and lay stamps out from start_timestamp oneself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet sktime==1.2.0

cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
import sys
from pathlib import Path

import sktime
from sktime.datasets import load_tsf_to_dataframe

HEAD = "@relation counts\n@attribute series_name string\n@attribute start_timestamp date\n{}@missing false\n@equallength true\n@data\n"
asked = {
    "@frequency weekly\n": ("2020-01-01", ["2020-01-01", "2020-01-08"], ["2020-01-05", "2020-01-12"]),
    "@frequency monthly\n": ("2020-01-15", ["2020-01-15", "2020-02-15"], ["2020-02-01", "2020-03-01"]),
    "@frequency yearly\n": ("2020-04-01", ["2020-04-01", "2021-04-01"], ["2021-01-01", "2022-01-01"]),
    "": ("2020-01-31", "no stamps", ["2020-01-31", "2020-02-01"]),
}
print("sktime", sktime.__version__)
same = True
for frequency, (start, right, wrong) in asked.items():
    Path("counts.tsf").write_text(HEAD.format(frequency) + f"T1:{start} 00-00-00:1,2\n")
    data, _ = load_tsf_to_dataframe("counts.tsf")
    stamps = [str(stamp.date()) for stamp in data.index.get_level_values("timestamp")]
    print(f"{frequency.strip() or 'without @frequency'}, from {start}\n    expected: {right}\n    seen:     {stamps}")
    same &= stamps == wrong
sys.exit(0 if same else "This has changed.")
EOF
