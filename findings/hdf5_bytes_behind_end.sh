#!/usr/bin/env bash
# HDF5 2.0.0 (h5py 3.16.0) cuts off what stands behind an HDF5 file's end when the file is opened for writing and nothing is written.
#
# Bytes that were appended to an HDF5 file (a checksum, a signature, a trailer) are ignored by every reading, for years perhaps.
# The first program that opens the file with "r+" or "a" and closes it again makes the file end where HDF5 says that it ends.
#
# Whom it hurts: who marks finished files with a trailer, or who changes one attribute of a file that bears somebody else's.
# What to do instead: keep such bytes in a user block before the HDF5 part, which writing leaves alone, or in a file of their own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet h5py==3.16.0

"$folder/venv/bin/python" - <<'EOF'
import os
import sys
import tempfile

import h5py

MARK = b"checksum".ljust(512)


def opened(mode: str, *, front: bool = False) -> bool:
    """Whether the mark is still there after opening and closing."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "data.h5")
        with h5py.File(path, "w", userblock_size=512 if front else 0) as file:
            file["x"] = range(100)
        with open(path, "r+b") as raw:
            raw.seek(0, os.SEEK_SET if front else os.SEEK_END)
            raw.write(MARK)
        with h5py.File(path, mode) as file:
            assert file["x"][99] == 99
        with open(path, "rb") as raw:
            content = raw.read()
        return content.startswith(MARK) if front else content.endswith(MARK)


print("h5py", h5py.__version__, "HDF5", h5py.version.hdf5_version)
print("expected: the mark stays, for nothing was written")
seen = {"r": opened("r"), "r+": opened("r+"), "a": opened("a"), "r+, mark before the HDF5 part": opened("r+", front=True)}
for mode, kept in seen.items():
    print(f"seen:     opened with {mode}: the mark is {'kept' if kept else 'gone'}")
sys.exit(0 if list(seen.values()) == [True, False, False, True] else "This has changed.")
EOF
