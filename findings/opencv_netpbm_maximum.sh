#!/usr/bin/env bash
# OpenCV 5.0.0 heeds the maximum of a PGM or PPM file only where its pixels are written as text.
#
# A Netpbm file says which number is white. The same picture with a maximum of 100 is read as 0 to 255 from its text form (P2) and
# as 0 to 100 from its binary form (P5). White of 12 bits, 4095, becomes 15 of 255: the picture looks black.
#
# Whom it hurts: who reads cameras' and scanners' PGM of 10 or 12 bits, or mixes both forms in one set of pictures.
# What to do instead: read with Pillow, which scales both forms, or with IMREAD_UNCHANGED and divide by the file's own maximum.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pillow==13.0.0 opencv-python-headless==5.0.0.93 numpy==2.4.6

"$folder/venv/bin/python" - <<'EOF'
import io
import sys

import cv2
import numpy as np
from PIL import Image

files = {
    "text, maximum 100": b"P2\n3 1\n100\n0 50 100\n",
    "binary, maximum 100": b"P5\n3 1\n100\n" + bytes((0, 50, 100)),
    "binary, maximum 4095": b"P5\n3 1\n4095\n" + np.array([0, 2048, 4095], ">u2").tobytes(),
}
print("OpenCV", cv2.__version__)
seen = []
for name, data in files.items():
    seen.append(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE).ravel().tolist())
    pillow = np.asarray(Image.open(io.BytesIO(data))).ravel()
    print(f"{name}: expected about [0, 128, 255], seen {seen[-1]} (Pillow: {pillow.tolist()}, {pillow.dtype})")
sys.exit(0 if seen == [[0, 127, 255], [0, 50, 100], [0, 8, 15]] else "This has changed.")
EOF
