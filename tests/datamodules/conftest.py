"""A small dataset file of random pictures: 63 to train, 13 to validate, 1 to test; three classes."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from toolkit import ImageOptions, preprocess_images

COUNTS = {"train": 63, "val": 13, "test": 1}


def draw_folder(folder: Path) -> Path:
    rng = np.random.default_rng(7)
    for split, count in COUNTS.items():
        for number in range(count):
            path = folder / split / f"class{number % 3}" / f"{number:03d}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(rng.integers(0, 256, (16, 20, 3), np.uint8)).save(path)
    return folder


@pytest.fixture(scope="session")
def raw(tmp_path_factory):
    return draw_folder(tmp_path_factory.mktemp("raw"))


def write(raw, folder, dtype):
    path = folder / f"{dtype}.h5"
    preprocess_images(raw, path, images=ImageOptions(size=(16, 20), dtype=dtype))
    return path


@pytest.fixture(scope="session", params=["uint8", "float16", "float32"])
def any_file(request, raw, tmp_path_factory):
    return write(raw, tmp_path_factory.mktemp("files"), request.param)


@pytest.fixture(scope="session")
def file(raw, tmp_path_factory):
    return write(raw, tmp_path_factory.mktemp("file"), "uint8")
