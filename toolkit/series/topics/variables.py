"""Variables by split as a topic of the report, and how they go together: a survey comes in, tables go out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.series.analysis.likeness import correlate
from toolkit.series.analysis.survey import Survey
from toolkit.series.stretch import UNSPLIT
from toolkit.wing import SPLITS, Topic

__all__ = ["pool", "tell_variables"]

_MOST_ROWS, _MOST_COLUMNS = 200, 20

Cells = list[list[str | float | None]]


def tell_variables(found: Survey, values: NDArray[np.float32] | None) -> list[Topic]:
    """Tell how much of each variable is there, what its values are in each split, and how variables go together.

    Args:
        found: Of all that count.
        values: float32, shape (T, F): of the longest stretch that something is fitted on; None if there is none.
    """
    parts = [part for part in (*SPLITS, UNSPLIT) if part in found.part]
    pooled = {part: pool(found, part) for part in parts}
    features = found.setting.features
    figures: dict[str, Any] = {name: {part: _figures(pooled[part], i) for part in parts} for i, name in enumerate(features)}
    order = sorted(range(len(features)), key=lambda i: -max(table["missing"][i] for table in pooled.values()))
    tables = [
        ("Missing values, as a share of all", ("variable", *parts), _missing(figures, [features[i] for i in order[:_MOST_ROWS]], parts))
    ]
    head = (
        "variable",
        *(f"{part} {what}" for part in parts for what in ("mean", "deviation")),
        *(f"shift in {part}" for part in parts[1:]),
    )
    tables.append(("Level and deviation of each variable by split", head, _levels(figures, features[:_MOST_ROWS], parts)))
    notes = (
        ["Shift: how far the mean of a split lies from that of train, in deviations of train."] if parts[0] == "train" and parts[1:] else []
    )
    notes += [f"{_MOST_ROWS} of {len(features):,} variables are listed; all are in the JSON file."] * (len(features) > _MOST_ROWS)
    topics = [Topic("variables", "Variables by split", tuple(notes), (), tuple(tables), {"variables": figures})]
    return topics + ([_tell_correlation(features, values)] if values is not None and len(features) > 1 else [])


def pool(found: Survey, part: str) -> dict[str, NDArray[np.float64]]:
    """Join what all stretches of a part say of each variable.

    Args:
        found: The survey.
        part: A split that has some.

    Returns:
        ``missing``, ``mean``, ``deviation``, ``lowest`` and ``highest``, float64 (F,); nan where nothing is known.

    Source:
        Chan, Golub & LeVeque, Algorithms for computing the sample variance, 1983: figures of parts are joined by their means.
    """
    rows = found.of_part(part)
    known = found.known[rows].astype(np.float64)
    total = known.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.nansum(known * found.mean[rows], axis=0) / total
        square = np.nansum(known * (found.deviation[rows] ** 2 + (found.mean[rows] - mean) ** 2), axis=0) / total
    return {
        "missing": 1 - total / max(1, int(found.steps[rows].sum())),
        "mean": mean,
        "deviation": np.sqrt(square),
        "lowest": np.fmin.reduce(found.lowest[rows], axis=0),
        "highest": np.fmax.reduce(found.highest[rows], axis=0),
    }


def _figures(pooled: dict[str, NDArray[np.float64]], variable: int) -> dict[str, float | None]:
    return {name: float(table[variable]) if np.isfinite(table[variable]) else None for name, table in pooled.items()}


def _missing(figures: dict[str, Any], names: Sequence[str], parts: Sequence[str]) -> Cells:
    return [[name, *(figures[name][part]["missing"] for part in parts)] for name in names]


def _levels(figures: dict[str, Any], names: Sequence[str], parts: Sequence[str]) -> Cells:
    rows: Cells = []
    for name in names:
        told = [figures[name][part] for part in parts]
        shifts = [_shift(told[0], other) for other in told[1:]]
        rows.append([name, *(each[what] for each in told for what in ("mean", "deviation")), *shifts])
    return rows


def _shift(train: dict[str, float | None], other: dict[str, float | None]) -> float | None:
    mean, own, deviation = train["mean"], other["mean"], train["deviation"]
    return None if mean is None or own is None or not deviation else (own - mean) / deviation


def _tell_correlation(features: Sequence[str], values: NDArray[np.float32]) -> Topic:
    matrix = correlate(values)
    shown = list(range(len(features)))[:_MOST_COLUMNS]
    rows: Cells = [[features[i], *(None if np.isnan(matrix[i, f]) else float(matrix[i, f]) for f in shown)] for i in shown]
    notes = [
        "Pearson's, over the steps where both are known, of the longest stretch of train. Of levels, not of changes: trends correlate."
    ]
    notes += [f"The first {_MOST_COLUMNS} of {len(features):,} variables; all are in the JSON file."] * (len(features) > _MOST_COLUMNS)
    plain = [[None if np.isnan(value) else round(float(value), 5) for value in row] for row in matrix]
    table = "Correlation of each variable with each other", ("variable", *(features[i] for i in shown)), rows
    return Topic("correlation", "How variables go together", tuple(notes), (), (table,), {"features": list(features), "matrix": plain})
