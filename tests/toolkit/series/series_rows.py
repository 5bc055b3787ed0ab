"""Sources of series as readers hand them on, made by hand: the tests' food."""

import numpy as np

from toolkit.series.raw import RawSeries, RawSource

HOUR = 3_600_000_000_000
START = int(np.datetime64("2020-01-01T00:00", "ns").astype(np.int64))


def hours(*numbers):
    """Stamps so many hours after the first of January 2020."""
    return START + np.array(numbers, np.int64) * HOUR


def one(values, time=None, *, name="", file="a.csv", **more):
    """A series of one variable, or of several if the values have two dimensions."""
    values = np.array(values, np.float64)
    return RawSeries(name, file, values[:, None] if values.ndim == 1 else values, time, **more)


def source(*series, **more):
    """A source of some series, whose variables are named by letters."""
    width = series[0].values.shape[1] if series else 1
    more = {"file": "a.csv", "files": ("a.csv",)} | more
    return RawSource("/data", tuple("abcdefgh"[:width]), iter(series), **more)
