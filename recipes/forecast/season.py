"""How long a season is: the pipeline of a series file comes in, the steps of a day, a week or a year go out, to the seasonal baselines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["find_season"]

SECONDS = {"s": 1, "min": 60, "h": 3600}
DAY_S = 86_400
LONGER = {"1d": 7, "1w": 52, "1mo": 12, "3mo": 4}
"""Steps of a week or of a year."""


def find_season(pipeline: Mapping[str, Any]) -> int | None:
    """Count the steps of a day, or where a step is a day or more, those of a week or a year.

    Args:
        pipeline: That of a series file, with its ``"step"``.

    Returns:
        Steps of a season; None where the step is unknown, or a season is no whole number of steps.

    Example:
        >>> find_season({"step": "15min"}), find_season({"step": "1mo"}), find_season({"step": ""})
        (96, 12, None)
    """
    step = str(pipeline.get("step", ""))
    found = re.fullmatch(r"(\d+)(s|min|h)", step)
    if found is None:
        return LONGER.get(step)
    length = int(found[1]) * SECONDS[found[2]]
    return DAY_S // length if length and DAY_S % length == 0 and length < DAY_S else LONGER["1d"] if length == DAY_S else None
