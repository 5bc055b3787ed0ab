#!/usr/bin/env bash
# OpenCV 5.0.0's CLAHE brightens small pictures: a flat gray of 128 comes out as 230 at 96 x 96 and as 130 at 512 x 512.
#
# What is clipped from a tile's histogram is handed out again in whole counts. When it is fewer than 256 they go to the dark
# end first: with 144 pixels a tile, to grays 0 to 142, so that a gray of 128 stands above nine tenths of the tile.
# The next sizes differ again (139 at 88 x 88), so two sizes of one picture give two brightnesses.
#
# Whom it hurts: who equalizes small pictures (signs, faces, characters, patches) with the usual grid of 8 x 8 tiles.
# What to do instead: choose the grid so that a tile has a multiple of 256 pixels (6 x 6 tiles at 96 x 96), or equalize before
# making pictures smaller.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet opencv-python-headless==5.0.0.93 numpy==2.4.6

"$folder/venv/bin/python" - <<'EOF'
import sys

import cv2
import numpy as np


def equalize(size: int, tiles: int) -> int:
    """The gray that a flat picture of gray 128 becomes."""
    return int(cv2.createCLAHE(clipLimit=2.0, tileGridSize=(tiles, tiles)).apply(np.full((size, size), 128, np.uint8)).max())


noise = np.random.default_rng(0).normal(128, 3, (96, 96)).round().astype(np.uint8)
brighter = cv2.createCLAHE(clipLimit=2.0, tileGridSize=(8, 8)).apply(noise).mean() - noise.mean()
cases = [(88, 8), (96, 8), (112, 8), (512, 8), (96, 6)]
seen = [equalize(*case) for case in cases]

print("OpenCV", cv2.__version__)
print("expected: about 130 at every size")
for (size, tiles), gray in zip(cases, seen, strict=True):
    print(f"seen:     {gray} at {size} x {size}, {tiles} x {tiles} tiles")
print(f"seen:     a picture of faint noise at 96 x 96 is {brighter:.0f} brighter on average")
sys.exit(0 if seen == [139, 230, 169, 130, 130] and brighter > 40 else "This has changed.")
EOF
