"""From a manifest with its splits to a Plan for export: the scaler is fitted on train, the calendar is added; and back from a pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import ArgumentError, DataError, check, printable
from toolkit.series.encode import SeriesEncoder
from toolkit.series.options import SeriesOptions, SeriesReadOptions
from toolkit.series.scaler import fit_scaler
from toolkit.series.spool import walk_steps
from toolkit.series.time import calendar_names
from toolkit.wing import SPLITS, Manifest, Plan, Run, run_here

__all__ = ["encoder", "plan", "read_options"]


def plan(manifest: Manifest, options: SeriesOptions | None = None, *, seed: int = 0, run: Run = run_here) -> Plan:  # noqa: ARG001
    """Fit the scaler on the training steps, and say what a dataset file of series will hold.

    Args:
        manifest: Of kind ``"series"``, as `toolkit.series.read` returns it, cut or dealt out.
        options: What is stored beside the values.
        seed: Not used: nothing is drawn.
        run: Not used: a mean is added up in one order, so that it is the same at any number of workers.

    Returns:
        The arrays that `SeriesEncoder` makes. `fitted` has the names of all ``features``, the calendar's behind; ``mean`` and ``std``,
        float64 (F,), of the training steps, 0 and 1 of the calendar's; ``target``, int64 (F,), 1 for what is to be foretold; and
        ``known``, int64 (F,), 1 for what is known ahead.

    Raises:
        ArgumentError: If a calendar is asked for of series without stamps.
    """
    options, reading = options or SeriesOptions(), manifest.reading
    features, target = tuple(reading["features"]), tuple(reading["target"])
    fix = "Name the column of stamps: --time COLUMN."
    check(
        not options.calendar or reading["has_time"], "plan", "calendar", "empty for series without stamps", options.calendar,
        at=manifest.place, fix=fix,
    )  # fmt: skip
    known = calendar_names(options.calendar)
    train = manifest if manifest.split is None else manifest.take(manifest.split == SPLITS.index("train"))
    mean, std, count = fit_scaler(lambda: _values(train), len(features))
    fitted: dict[str, Any] = {
        "features": features + known,
        "mean": np.concatenate([mean, np.zeros(len(known))]),
        "std": np.concatenate([std, np.ones(len(known))]),
        "target": np.array([name in target for name in features] + [False] * len(known), np.int64),
        "known": np.array([0] * len(features) + [1] * len(known), np.int64),
    }
    pipeline = {
        "kind": "series",
        "features": [*features, *known],
        "target": list(target),
        "calendar": list(options.calendar),
        "zone": reading["zone"],
        "step": reading["step"],
        "read": dict(reading["read"]),
    }
    encode = SeriesEncoder(features, options.calendar, reading["zone"])
    lengths = manifest.columns["stop"] - manifest.columns["start"]
    return Plan(encode.arrays(reading), encode, pipeline, lengths, fitted, note=_tell(manifest, count))


def read_options(pipeline: Mapping[str, Any]) -> SeriesReadOptions:
    """Return the options by which another source is read like the one that a pipeline is of.

    Args:
        pipeline: What `plan` put into `Plan.pipeline`.

    Raises:
        DataError: If it is no pipeline for series, or one that this version cannot follow.
    """
    return _follow(pipeline)[0]


def encoder(pipeline: Mapping[str, Any]) -> SeriesEncoder:
    """Rebuild the encoder from what a dataset file or a checkpoint keeps.

    Args:
        pipeline: What `plan` put into `Plan.pipeline`.

    Raises:
        DataError: If it is no pipeline for series, or one that this version cannot follow.
    """
    return _follow(pipeline)[1]


def _follow(pipeline: Mapping[str, Any]) -> tuple[SeriesReadOptions, SeriesEncoder]:
    try:
        check(pipeline.get("kind") == "series", "pipeline", "kind", "series", pipeline.get("kind"))
        given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in pipeline["read"].items()}
        calendar, width = SeriesOptions(tuple(pipeline["calendar"])).calendar, len(pipeline["features"])
        features = tuple(pipeline["features"][: width - 2 * len(calendar)])
        return SeriesReadOptions(**given), SeriesEncoder(features, calendar, pipeline["zone"])
    except (ArgumentError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"pipeline: the stored options must be readable, got this: {printable(str(error))}") from error


def _values(rows: Manifest) -> Iterator[NDArray[np.float32]]:
    return (np.ascontiguousarray(steps["x"]) for steps in walk_steps(rows))


def _tell(manifest: Manifest, count: NDArray[np.int64]) -> str:
    """Name the variables that a split knows nothing of."""
    if manifest.split is None or not manifest.reading["has_mask"]:
        return ""
    features, told = np.array(manifest.reading["features"]), []
    for number, name in enumerate(SPLITS):
        rows = manifest.take(manifest.split == number)
        if not len(rows):
            continue
        found = count if number == 0 else sum(((~np.isnan(x)).sum(axis=0) for x in _values(rows)), np.zeros_like(count))
        lost = features[found == 0].tolist()
        told += [f"Variables without any value in {name}: {printable(', '.join(lost))}."] if lost else []
    return " ".join(told)
