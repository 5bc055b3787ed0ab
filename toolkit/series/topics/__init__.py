"""What a report tells of series alone: rows of a source come in, topics go out: over time, what repeats, variables and splits, classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.series.analysis.survey import survey
from toolkit.series.stretch import StoredFile, read_setting, walk_stretches
from toolkit.series.topics.classes import tell_classes
from toolkit.series.topics.outline import tell_outline
from toolkit.series.topics.panels import MAX_STEPS, Panel, choose_panels
from toolkit.series.topics.rhythm import tell_rhythm
from toolkit.series.topics.time import tell_time
from toolkit.series.topics.variables import tell_variables
from toolkit.wing import Manifest, Topic

__all__ = ["tell"]


def tell(
    manifest: Manifest,
    columns: Mapping[str, NDArray[Any]],  # noqa: ARG001
    rows: NDArray[np.int64],
    *,
    file: StoredFile | None = None,
) -> list[Topic]:
    """Tell of series what no other kind of data has.

    Args:
        manifest: Of kind ``"series"``.
        columns: What was measured of it.
        rows: Those that count, int64.
        file: The dataset file whose samples these are; None reads what a raw source was spooled to.

    Returns:
        A few variables over time; what repeats in their training part; all variables by split, and how they go together; and, where
        there are classes, the mean curve of each.
    """
    if not len(rows):
        return []
    panels, num = choose_panels(manifest, rows, file=file)
    notes = _say_shown(panels, num)
    setting = read_setting(manifest, file)
    found = survey(walk_stretches(manifest, rows, file=file), setting)
    longest = found.fitted[np.argsort(-found.steps[found.fitted], kind="stable")][:1]
    some = [stretch.values[-MAX_STEPS:] for stretch in walk_stretches(manifest, found.row[longest], file=file)]
    return [
        replace(tell_time(panels, notes), tables=(tell_outline(found, manifest),)),
        tell_rhythm(panels, notes),
        *tell_variables(found, some[0] if some else None),
        *tell_classes(manifest, rows, setting, file=file),
    ]


def _say_shown(panels: list[Panel], num: int) -> tuple[str, ...]:
    return (f"The first {len(panels)} of {num:,} are shown, targets before others.",) if len(panels) < num else ()
