#!/usr/bin/env bash
# Pillow 13.0.0 writes a TIFF file without compression, and says nothing, when it does not know the compression's name.
#
# Its names are its own: "tiff_lzw" and "tiff_deflate", but "lzma" and "zstd". "lzw", "deflate" and "tiff_lzma", which other
# programs or analogy suggest, are taken without an error or a warning, and so is any misspelling.
#
# Whom it hurts: who writes many large scans or stacks and finds the disk full, many times the size that was planned for.
# What to do instead: open one file that was written and look at info["compression"]; "raw" means none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pillow==13.0.0

"$folder/venv/bin/python" - <<'EOF'
import io
import sys

import PIL
from PIL import Image

print("Pillow", PIL.__version__)
print("expected: an error, or the compression that was asked for")
seen = {}
for name in ("tiff_lzw", "lzw", "tiff_deflate", "deflate", "lzma", "tiff_lzma"):
    file = io.BytesIO()
    Image.new("L", (64, 64)).save(file, "TIFF", compression=name)
    seen[name] = Image.open(file).info["compression"]
    print(f"seen:     {name} gives {seen[name]}, {len(file.getvalue())} bytes")
raw = [name for name, compression in seen.items() if compression == "raw"]
sys.exit(0 if raw == ["lzw", "deflate", "tiff_lzma"] else "This has changed.")
EOF
