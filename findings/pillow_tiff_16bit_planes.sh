#!/usr/bin/env bash
# Pillow 13.0.0 reads only the left half of a colour TIFF of 16 bits whose colours lie in planes of their own.
#
# It takes the two bytes of each number for two pixels of 8 bits. Size and mode are right, there is no error; the picture shows
# its left half stretched over the whole width, with noise from the low bytes in every other column. The same colours pixel by
# pixel, or planes of 8 bits, are read as they should be.
#
# Whom it hurts: who reads microscopy and satellite pictures; tifffile writes planes when it is given (3, height, width).
# What to do instead: read them with tifffile; or refuse files where image.tag_v2.get(284) is 2 and image.tag_v2[258][0] is 16.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pillow==13.0.0 tifffile==2026.3.3 numpy==2.4.6

"$folder/venv/bin/python" - <<'EOF'
import io
import sys

import numpy as np
import PIL
import tifffile
from PIL import Image

colors = np.array([[[10, 20, 30], [40, 50, 60], [70, 80, 90], [100, 110, 120]]], np.uint16)  # four pixels
print("Pillow", PIL.__version__)
print("expected:", colors.tolist(), "both ways")
seen = {}
for name, layout, pixels in (("pixel by pixel", "contig", colors), ("in planes", "separate", np.moveaxis(colors, 2, 0))):
    file = io.BytesIO()
    tifffile.imwrite(file, pixels * 257, photometric="rgb", planarconfig=layout)
    seen[name] = np.asarray(Image.open(file)).tolist()
    print(f"seen:     {seen[name]} {name}")
halved = np.repeat(colors[:, :2], 2, axis=1).tolist()
sys.exit(0 if seen == {"pixel by pixel": colors.tolist(), "in planes": halved} else "This has changed.")
EOF
