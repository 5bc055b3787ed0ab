"""A small table of no kind in particular, and pictures that cost nothing: what the report's tests are made of."""

from types import MappingProxyType

import numpy as np

from toolkit.statistics import Statistics
from toolkit.wing import Manifest

PIXEL = "data:image/webp;base64,UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="


class Slides:
    """Shows every row as one pixel, and remembers which rows it was asked for."""

    meanings = MappingProxyType({"size": "how large", "light": "how bright"})
    histograms = ("size",)
    pairs = (("size", "light"),)

    def __init__(self, picture=PIXEL):
        self.picture, self.asked = picture, []

    def pictures(self, rows):
        self.asked.append(list(rows.origin))
        return [self.picture] * len(rows)

    def average(self, rows):
        return self.picture

    def excerpts(self, rows):
        return [""] * len(rows)


def make_table(num_rows=12, *, classes=("cat", "dog"), origin=None, failures=None, root="/data/toy", **columns):
    """Rows of alternating classes, two a group: the first half train, then val, the last three in no split."""
    rows = np.arange(num_rows)
    split = np.where(rows < num_rows // 2, 0, 1).astype(np.int8)
    split[-3:] = -1
    known = {"label": rows % len(classes)} if classes else {}
    known |= {"group": rows // 2, "split": split} | columns
    manifest = Manifest("toy", root, origin or [f"{i}.txt" for i in rows], classes, **known)
    figures = {"size": rows + 1.0, "light": 1 / (rows + 1.0)}
    return Statistics(manifest, figures, failures or {}, np.zeros((num_rows, 32), np.uint8))
