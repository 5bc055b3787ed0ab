#!/usr/bin/env bash
# OpenCV 5.0.0 never reads white from a BMP of 16 bits: 31 of 31 becomes 248, 63 of 63 becomes 252.
#
# It shifts the 5 or 6 bits of a colour up and leaves the low bits 0, so that white is (248, 252, 248), faintly green, and nothing
# ever reaches 255. Pillow spreads the same bits over 0 to 255.
#
# Whom it hurts: who trains on files read by one library and predicts on files read by the other, or looks for pixels that are white.
# What to do instead: read them with Pillow, or divide by 248 and 252 instead of 255.
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
from PIL import Image

pixels = struct.pack("<2H", 0xFFFF, 0x0000)  # white, black
file_header = struct.pack("<2sIHHI", b"BM", 66 + len(pixels), 0, 0, 66)
header = struct.pack("<IiiHHIIiiII", 40, 2, 1, 1, 16, 3, len(pixels), 0, 0, 0, 0)
data = file_header + header + struct.pack("<3I", 0xF800, 0x07E0, 0x001F) + pixels

seen = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[0, :, ::-1].tolist()
print("OpenCV", cv2.__version__)
print("expected:", np.asarray(Image.open(io.BytesIO(data)))[0].tolist(), "(white, black, as Pillow reads them)")
print("seen:    ", seen)
sys.exit(0 if seen == [[248, 252, 248], [0, 0, 0]] else "This has changed.")
EOF
