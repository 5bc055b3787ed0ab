"""Whether a variable keeps to a level: values come in, what ADF and KPSS say together goes out; statsmodels computes them."""

from __future__ import annotations

import importlib.util
import warnings
from dataclasses import dataclass

import numpy as np

from toolkit.series.analysis.course import Values, is_constant
from toolkit.series.analysis.faults import runs_of_equal

__all__ = ["LEVEL", "MIN_STEPS", "Stationarity", "can_test", "judge_level"]

LEVEL = 0.05
"""A hypothesis less likely than this is given up."""

MIN_STEPS = 50
"""Known steps one after another, at least."""

_MAX_STEPS = 5000
_VERDICTS = {
    (True, False): "stationary",
    (False, True): "not stationary",
    (True, True): "not about one level: a trend, seasons, or long memory",
    (False, False): "undecided",
}


@dataclass(frozen=True)
class Stationarity:
    """What both tests say.

    Args:
        adf: p of a unit root, by the augmented Dickey–Fuller test.
        kpss: p of stationarity about a level, by the KPSS test, which knows it between 0.01 and 0.1 only.
        steps: What they saw.
    """

    adf: float
    kpss: float
    steps: int

    @property
    def verdict(self) -> str:
        """Both in a word; they ask opposite questions."""
        return _VERDICTS[self.adf < LEVEL, self.kpss < LEVEL]


def can_test() -> bool:
    """Whether statsmodels is installed."""
    return importlib.util.find_spec("statsmodels") is not None


def judge_level(values: Values) -> Stationarity | None:
    """Ask both tests about the longest run of known steps, the last 5,000 of it.

    Args:
        values: Shape (T,); nan where one is missing.

    Returns:
        None of a constant, or of fewer than `MIN_STEPS` steps: not computable.

    Raises:
        ModuleNotFoundError: Without statsmodels.

    Source:
        Said & Dickey 1984, lags by AIC; Kwiatkowski, Phillips, Schmidt & Shin 1992, lags by Hobijn, Franses & Ooms 1998.
    """
    runs = runs_of_equal(np.where(np.isnan(values), np.nan, 0.0))
    if not len(runs.start):
        return None
    longest = int(np.argmax(runs.length))
    stop = int(runs.start[longest] + runs.length[longest])
    some = values[max(int(runs.start[longest]), stop - _MAX_STEPS) : stop].astype(np.float64)
    if len(some) < MIN_STEPS or is_constant(some):
        return None
    from statsmodels.tsa.stattools import adfuller, kpss  # 1 s that only who asks pays

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # p beyond the table's ends; how results will be returned one day
        try:
            return Stationarity(float(adfuller(some)[1]), float(kpss(some, nlags="auto")[1]), len(some))
        except (ValueError, np.linalg.LinAlgError, ZeroDivisionError):  # e.g. a constant but for its first steps
            return None
