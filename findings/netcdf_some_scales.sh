#!/usr/bin/env bash
# netCDF4 1.7.5 opens no file in which one array of HDF5 has a dimension scale on its first axis, but not on all.
#
# HDF5 lets each axis have a scale or not, and h5py attaches them one by one. netCDF4 reads arrays with scales on all axes, on none,
# or on later ones only. A scale on the first of two ends in an AttributeError that names no array, and everything else in
# the file is out of reach, too.
#
# Whom it hurts: who names the samples of a (samples, features) array for plotting, and hands the file to users of netCDF4 or xarray.
# What to do instead: attach a scale to every axis of an array or to none, before others get the file.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet h5py==3.16.0 netCDF4==1.7.5.1.post1

"$folder/venv/bin/python" - <<'EOF'
import os
import sys
import tempfile

import h5py
import netCDF4
import numpy as np


def opened(axes: tuple[int, ...]) -> str:
    """What netCDF4 says to a file whose array has scales on these axes."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "data.h5")
        with h5py.File(path, "w") as file:
            values = file.create_dataset("values", data=np.ones((4, 3)))
            for axis in axes:
                scale = file.create_dataset(f"axis{axis}", data=np.arange(values.shape[axis]))
                scale.make_scale()
                values.dims[axis].attach_scale(scale)
        try:
            with netCDF4.Dataset(path) as file:
                return f"dimensions {file['values'].dimensions}"
        except AttributeError as error:
            return f"AttributeError: {error}"


print("netCDF4", netCDF4.__version__, "netCDF", netCDF4.__netcdf4libversion__, "h5py", h5py.__version__)
print("expected: every file opens")
seen = {axes: opened(axes) for axes in ((), (0, 1), (1,), (0,))}
for axes, answer in seen.items():
    print(f"seen:     scales on axes {axes}: {answer}")
sys.exit(0 if [axes for axes, answer in seen.items() if "Error" in answer] == [(0,)] else "This has changed.")
EOF
