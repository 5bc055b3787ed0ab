"""Classes of series as a topic of the report: rows and labels come in, the mean curve of each class and lengths go out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.series.stretch import Setting, StoredFile, walk_stretches
from toolkit.wing import Curve, Lines, Manifest, Topic

__all__ = ["tell_classes"]

_MAX_CLASSES, _MAX_SERIES, _MAX_VARIABLES, _MAX_STEPS = 4, 500, 4, 2000


def tell_classes(manifest: Manifest, rows: NDArray[np.int64], setting: Setting, *, file: StoredFile | None = None) -> list[Topic]:
    """Draw the mean of each class's training series, step by step from their first on.

    Args:
        manifest: Knows their labels.
        rows: Those that count, int64.
        setting: What they have in common.
        file: The dataset file whose samples these are.

    Returns:
        One topic; none without classes.
    """
    label = manifest.label
    if label is None or not manifest.classes or not np.issubdtype(label.dtype, np.integer) or label.ndim != 1:
        return []
    if manifest.split is not None:
        rows = rows[manifest.split[rows] <= 0]
    sizes = np.bincount(label[rows][label[rows] >= 0], minlength=len(manifest.classes))
    largest = [int(i) for i in np.argsort(-sizes, kind="stable")[:_MAX_CLASSES] if sizes[i]]
    told = {manifest.titles[i]: _average(manifest, rows[label[rows] == i][:_MAX_SERIES], setting, file) for i in sorted(largest)}
    plots = []
    for variable, name in enumerate(setting.features[:_MAX_VARIABLES]):
        curves: dict[str, Curve] = {title: (np.arange(len(found["mean"])), found["mean"][:, variable]) for title, found in told.items()}
        plots.append(Lines(f"{name} by class", f"Mean of {name} of each class, by step.", ("step", name), curves))
    notes = [f"Of training series, at most {_MAX_SERIES} a class; where few are so long the mean stands on these."]
    notes += [f"The {_MAX_CLASSES} largest of {int((sizes > 0).sum())} classes."] * (int((sizes > 0).sum()) > _MAX_CLASSES)
    notes += [f"The first {_MAX_VARIABLES} of {len(setting.features)} variables."] * (len(setting.features) > _MAX_VARIABLES)
    lengths = [[title, int(sizes[i]), *found["lengths"]] for i, (title, found) in zip(sorted(largest), told.items(), strict=True)]
    table = "Lengths of each class, in steps", ("class", "series", "shortest", "median", "longest"), lengths
    figures = {title: {"lengths": found["lengths"], "mean": _plain(found["mean"])} for title, found in told.items()}
    return [Topic("class_curves", "Mean curve of each class", tuple(notes), tuple(plots), (table,), {"classes": figures})]


def _average(manifest: Manifest, rows: NDArray[np.int64], setting: Setting, file: StoredFile | None) -> dict[str, Any]:
    lengths, sums = [], np.zeros((2, 0, len(setting.features)))
    for stretch in walk_stretches(manifest, rows, file=file):
        values = stretch.values[:_MAX_STEPS]
        lengths.append(len(stretch.values))
        if len(values) > sums.shape[1]:
            sums = np.pad(sums, ((0, 0), (0, len(values) - sums.shape[1]), (0, 0)))
        known = ~np.isnan(values)
        sums[:, : len(values)] += np.where(known, values, 0), known
    mean = np.where(sums[1] > 0, sums[0] / np.maximum(sums[1], 1), np.nan)
    return {"mean": mean, "lengths": [min(lengths), float(np.median(lengths)), max(lengths)]}


def _plain(values: NDArray[np.float64]) -> list[list[float | None]]:
    return [[float(f"{value:.5g}") if np.isfinite(value) else None for value in row] for row in values]
