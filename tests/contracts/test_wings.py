"""Every kind of data keeps the contract that `toolkit.testing` ships; a kind of one's own is tested the same way."""

import cv2
import numpy as np

from tests.contracts import toy_wing
from toolkit import ImageOptions, ReadOptions, TextOptions, TextReadOptions, images, text
from toolkit.images import parse_steps
from toolkit.testing import WingContract


class TestToy(WingContract):
    wing, read_options, plan_options = toy_wing, toy_wing.ToyOptions(), toy_wing.ToyOptions(scale=3)

    def write_source(self, folder):
        return toy_wing.write_source(folder, bad=(3, 20, 21))


class TestImages(WingContract):
    wing, read_options = images, ReadOptions(group=r"regex:(\d)\.png")
    plan_options = ImageOptions(size=(9, 7), steps=parse_steps("stretch(low=0.02)"))

    def write_source(self, folder):
        rng = np.random.default_rng(0)
        for i in range(40):
            path = folder / f"class{i % 2}" / f"{i}.png"
            path.parent.mkdir(exist_ok=True)
            cv2.imwrite(str(path), rng.integers(0, 255, (6 + i % 5, 12, 3), np.uint8))
        (folder / "class1" / "11.png").write_bytes(path.read_bytes()[:60])
        return folder


class TestText(WingContract):
    wing, read_options, plan_options = text, TextReadOptions(), TextOptions(min_count=1, lower=True)
    told_by_split = ("num_words", "unknown_rate")

    def write_source(self, folder):
        for i in range(40):
            path = folder / ("good", "bad")[i % 2] / f"{i}.txt"
            path.parent.mkdir(exist_ok=True)
            path.write_text(" ".join(f"Word{(i * j) % 17}" for j in range(i % 6)) + f" the {i}")
        (folder / "good" / "12.txt").write_bytes(b"\xff\xfe\xff")
        return folder

    def restore(self, file):
        return text.encoder(file.pipeline, text.Vocabulary.load(file))


class TestSubwords(TestText):
    plan_options = TextOptions(subwords=600, stop_words=("the",))


# A place for series: `class TestSeries(WingContract)` with a small CSV, its SeriesReadOptions, SeriesOptions and SeriesSplitOptions.
