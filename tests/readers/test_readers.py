"""Other programs read what h5py reads: every cell "yes" of docs/readers.md, by the lines that the page says to type.

Each runs in a process of its own, and is skipped where its reader is not installed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import h5py
import numpy as np
import pytest
from PIL import Image

from toolkit import ExportOptions, ImageOptions, preprocess_images

pytestmark = pytest.mark.readers
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "readers.md").read_text(encoding="utf-8")
DTYPES = ("uint8", "float32", "float16")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| ")][1:]
BLOCKS = dict(re.findall(r"^### (.+?)\n.*?(^```.*?^```)", PAGE, re.DOTALL | re.MULTILINE))
READERS = {match[1]: row[2:5] for row in ROWS if (match := re.match(r"\[(.+)\]", row[0]))}
CASES = [(name, dtype) for name, cells in READERS.items() for dtype, cell in zip(DTYPES, cells, strict=True) if cell.startswith("yes")]

SAVE = {
    "python": "\nimport numpy\nnames = globals().get('classes', ['give way', 'stop'])\n"
    "numpy.savez('read.npz', x=x, y=y, classes=numpy.array(names, 'U'))\n",
    "r": "\nwriteBin(as.double(aperm(x, 4:1)), 'x.bin')\nstopifnot(dim(x) == c(14, 6, 7, 3), classes == c('give way', 'stop'))\n",
    "octave": "\nassert(size(x), [14 6 7 3]); out = fopen('x.bin', 'w'); fwrite(out, permute(x, [4 3 2 1]), 'double'); fclose(out);\n",
    "sh": "",
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The same twenty pictures, fourteen of them to train on, in a file of each dtype; each file in a folder of its own."""
    folder, rng = tmp_path_factory.mktemp("readers"), np.random.default_rng(0)
    for name in ("stop", "give way"):
        (folder / "raw" / name).mkdir(parents=True)
        for number in range(10):
            Image.fromarray(rng.integers(0, 256, (9, 8, 3), np.uint8)).save(folder / "raw" / name / f"{number}.png")
    for dtype in DTYPES:
        (folder / dtype).mkdir()
        images = ImageOptions(size=(6, 7), dtype=dtype)
        preprocess_images(folder / "raw", folder / dtype / "signs.h5", images=images, write=ExportOptions(workers=0))
    return folder


def run(language: str, code: str, folder: Path) -> str:
    command = {
        "python": [sys.executable, "-c", code],
        "r": ["Rscript", "-e", code],
        "octave": ["octave", "-qf", "--no-gui", "--eval", code],
        "sh": ["sh", "-c", code],
    }[language]
    missing = [name for name in re.findall(r"^(?:import|from) (\w+)", code, re.MULTILINE) if find_spec(name) is None]
    program = code.split(maxsplit=1)[0] if language == "sh" else command[0]
    if language == "r" and shutil.which(program):
        missing = ["rhdf5"] if subprocess.run([program, "-e", "library(rhdf5)"], capture_output=True, check=False).returncode else []
    if missing or shutil.which(program) is None:
        pytest.skip(f"{', '.join(missing) or program} is not installed")
    environment = {**os.environ, "HF_HOME": str(folder / "cache"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def read_answer(name: str, folder: Path, printed: str) -> np.ndarray:
    """Take up what a reader left of train's x, flat."""
    if name == "ncdump":
        return np.array(re.search(r"x_train =([^;]+);", printed)[1].split(","), np.float64)
    if name == "GDAL":
        return np.array(json.loads(printed)["groups"]["train"]["arrays"]["x"]["values"], np.float64).ravel()
    dtype = folder.name if name == "h5dump" else np.float64
    return np.fromfile(folder / "x.bin", dtype)


@pytest.mark.parametrize(("name", "dtype"), CASES)
def test_a_reader_of_the_table_reads_the_same_numbers(name, dtype, files):
    folder = files / dtype
    language, _, block = BLOCKS[name].strip("`").partition("\n")
    printed = run(language, block.replace('"uint8"', f'"{dtype}"') + SAVE[language], folder)
    with h5py.File(folder / "signs.h5") as file:
        x, y = file["train/x"][()], file["train/y"][()]
    if language == "python":
        with np.load(folder / "read.npz") as read:
            np.testing.assert_array_equal(read["x"], x)
            np.testing.assert_array_equal(read["y"], y)
            assert read["classes"].tolist() == ["give way", "stop"]
    else:
        printed_digits = {"ncdump": 1e-6, "GDAL": 1e-8}.get(name, 0)
        np.testing.assert_allclose(read_answer(name, folder, printed), x.ravel().astype(np.float64), rtol=printed_digits)


@pytest.mark.parametrize("dtype", DTYPES)
def test_xarray_finds_h5netcdf_by_itself(dtype, files):
    alone = "import sys\nsys.modules['netCDF4'] = None  # as if it were not installed\n"
    code = alone + BLOCKS["xarray by itself"].strip("`").partition("\n")[2] + SAVE["python"]
    if find_spec("h5netcdf") is None:
        pytest.skip("h5netcdf is not installed")
    run("python", code, files / dtype)
    with h5py.File(files / dtype / "signs.h5") as file, np.load(files / dtype / "read.npz") as read:
        np.testing.assert_array_equal(read["x"], file["train/x"])


def test_each_reader_of_the_table_has_its_lines():
    assert {*READERS, "h5py"} == set(BLOCKS)  # which is what the others are compared with
    by_all = {"pyfive", "PyTables", "xarray with h5netcdf", "netCDF4", "R", "Octave", "h5dump", "ncdump"}
    assert {(name, dtype) for name in by_all for dtype in ("uint8", "float32")} <= set(CASES)
