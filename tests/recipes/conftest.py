"""A folder of easy pictures (a bright channel a class), its dataset file, and a run trained on it for a moment."""

import numpy as np
import pytest
import torch
from PIL import Image

from recipes.train import train
from tests.recipes.gestures import write_gestures
from toolkit import ExportOptions, ImageOptions, preprocess_images, preprocess_series, preprocess_text
from toolkit.samples.texts import ReviewOptions, write_reviews
from toolkit.series import SeriesReadOptions, SeriesSplitOptions

TINY = ["--network.widths", "[8,8,8]", "--network.hidden", "8", "--data.batch_size", "16"]
SHORT = [*TINY, "--trainer.max_epochs", "8", "--trainer.log_every_n_steps", "1", "--trainer.accelerator", "cpu"]


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    torch.set_num_threads(1)  # small work: threads would only wait for each other


@pytest.fixture(scope="session")
def raw(tmp_path_factory):
    folder, rng = tmp_path_factory.mktemp("raw"), np.random.default_rng(0)
    for label, name in enumerate(["stop", "go", "right of way"]):
        (folder / name).mkdir()
        for number in range(30):
            pixels = rng.integers(0, 90, (24, 24, 3), np.uint8)
            pixels[6:18, 6:18, label] += 150
            Image.fromarray(pixels).save(folder / name / f"{number:02d}.png")
    return folder


@pytest.fixture(scope="session")
def file(raw, tmp_path_factory):
    path = tmp_path_factory.mktemp("file") / "signs.h5"
    preprocess_images(raw, path, images=ImageOptions(size=(24, 24), dtype="uint8"))
    return path


@pytest.fixture(scope="session")
def reviews(tmp_path_factory):
    """A dataset file of drawn film reviews, labelled: what every recipe for texts can be tried on."""
    folder = tmp_path_factory.mktemp("reviews")
    write_reviews(folder / "raw", ReviewOptions(num_films=10))
    preprocess_text(folder / "raw", folder / "reviews.h5", write=ExportOptions(workers=0))
    return folder / "reviews.h5"


@pytest.fixture(scope="session")
def hours(tmp_path_factory):
    """A dataset file of two waves, an hour a step: what every recipe that forecasts can be tried on."""
    folder = tmp_path_factory.mktemp("hours")
    stamps = np.datetime_as_string(np.datetime64("2020-01-01T00:00") + np.arange(1500) * np.timedelta64(1, "h"))
    wave = 5 + np.sin(np.arange(1500) * 2 * np.pi / 24)
    (folder / "hours.csv").write_text("time,a,b\n" + "".join(f"{s},{a:.4f},{10 * a:.4f}\n" for s, a in zip(stamps, wave, strict=True)))
    split = SeriesSplitOptions("rows:1200,150,150")
    preprocess_series(folder / "hours.csv", folder / "hours.h5", read=SeriesReadOptions(time="time"), split=split)
    return folder / "hours.h5"


@pytest.fixture(scope="session")
def gestures(tmp_path_factory):
    """A dataset file of slow and fast waves of several lengths: what recipes for labelled series can be tried on."""
    folder = tmp_path_factory.mktemp("gestures")
    preprocess_series(write_gestures(folder / "gestures.ts", 80), folder / "gestures.h5", split=SeriesSplitOptions("0.6,0.2,0.2"))
    return folder / "gestures.h5"


@pytest.fixture(scope="session")
def trained(file, tmp_path_factory):
    return train("signs", file, *SHORT, run=tmp_path_factory.mktemp("runs") / "first")
