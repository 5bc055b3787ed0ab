#!/usr/bin/env bash
# Pillow 13.0.0 reads a TIFF file whose 0 is white as it should with 8 bits, and as a negative with 16 bits.
#
# Such files say PhotometricInterpretation 0. Pillow turns their grays round when a pixel has 8 bits; with 16 bits it returns the
# stored numbers, so that white paper is 0, in the same mode "I;16" as files whose 0 is black.
#
# Whom it hurts: who trains on X-rays, scans and film of 16 bits, most of all when files of both kinds or both depths are mixed.
# What to do instead: look at image.tag_v2[262]; where it is 0 and the mode is "I;16", take 65535 minus the pixels.
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

print("Pillow", PIL.__version__)
print("expected: brightness [1.0, 0.8, 0.0] from both depths; what is stored is [0, 0.2, 1] with 0 for white")
seen = []
for pixels in (np.array([[0, 51, 255]], np.uint8), np.array([[0, 13107, 65535]], np.uint16)):
    file = io.BytesIO()
    tifffile.imwrite(file, pixels, photometric="miniswhite")
    image = Image.open(file)
    seen.append((np.asarray(image) / np.iinfo(pixels.dtype).max).ravel().tolist())
    print(f"seen:     {seen[-1]} from {pixels.dtype}, mode {image.mode}")
sys.exit(0 if seen == [[1.0, 0.8, 0.0], [0.0, 0.2, 1.0]] else "This has changed.")
EOF
