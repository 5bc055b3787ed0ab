#!/usr/bin/env bash
# Pillow 13.0.0 takes the palette of a BMP for the size of its pixels: masks of 8 bits come out black, grays of 4 bits not at all.
#
# A palette of black and white makes it read whole bytes as rows of single bits, without an error, even in files that Pillow
# has just written. A palette of 16 grays makes it expect bytes where the file has half bytes, and it refuses the file.
#
# Whom it hurts: everybody who trains on masks, scans or characters that were kept as BMP with few colours.
# What to do instead: read BMP of 4 and 8 bits with OpenCV where the palette is short, or keep masks as PNG.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pillow==13.0.0 opencv-python-headless==5.0.0.93 numpy==2.4.6

"$folder/venv/bin/python" - <<'EOF'
import io
import struct
import sys

import cv2
import numpy as np
import PIL
from PIL import Image


def write_mask() -> bytes:
    """Pillow's own file of one row, with a palette of black and white."""
    mask = Image.new("P", (8, 1))
    mask.putpalette([0, 0, 0, 255, 255, 255])
    mask.putdata([0, 1] * 4)
    file = io.BytesIO()
    mask.save(file, "BMP")
    return file.getvalue()


def write_grays() -> bytes:
    """One row of eight pixels of 4 bits, with a palette of grays 0 to 15."""
    file_header = struct.pack("<2sIHHI", b"BM", 54 + 64 + 4, 0, 0, 54 + 64)
    header = struct.pack("<IiiHHIIiiII", 40, 8, 1, 1, 4, 0, 4, 0, 0, 16, 0)
    return file_header + header + b"".join(bytes((gray, gray, gray, 0)) for gray in range(16)) + bytes.fromhex("01234567")


def read(data: bytes) -> list[int] | str:
    try:
        return np.asarray(Image.open(io.BytesIO(data)).convert("L")).ravel().tolist()
    except OSError as error:
        return f"OSError: {error}"


print("Pillow", PIL.__version__)
files = {"mask, 8 bits": write_mask(), "grays, 4 bits": write_grays()}
for name, data in files.items():
    expected = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE).ravel().tolist()
    print(f"{name}: expected {expected}, seen {read(data)}")
mask, grays = map(read, files.values())
sys.exit(0 if mask == [0] * 8 and isinstance(grays, str) else "This has changed.")
EOF
