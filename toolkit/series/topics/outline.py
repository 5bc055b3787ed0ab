"""What the series of a report are, in a table: a survey and what reading met come in; number, times, step and order go out."""

from __future__ import annotations

from toolkit.series.analysis.survey import Survey
from toolkit.series.stretch import show_stamp
from toolkit.wing import Manifest

__all__ = ["tell_outline"]


def tell_outline(found: Survey, manifest: Manifest) -> tuple[str, tuple[str, str], list[list[str | float | None]]]:
    """Tell how many series there are, from when to when, at what step, and what their order was like.

    Args:
        found: Of all that count.
        manifest: A raw one's `reading` may have ``found``, what was met on reading; of a dataset file, that was mended before.

    Returns:
        A table of a topic: title, head and rows.
    """
    setting, times = found.setting, [found.stamps[key] for key in sorted(found.stamps)]
    met = manifest.reading.get("found", {})
    first, last = (show_stamp(edge(times), setting.zone) if times else None for edge in (min, max))
    rows: list[list[str | float | None]] = [["series", len(set(found.name))], ["steps", int(found.steps.sum())]]
    rows += [["from", first], ["to", last], ["step", setting.step or "unknown"], ["time zone", setting.zone or None]]
    if setting.raw:
        rows += [[told, int(met[name]["number"]) if name in met else 0] for name, told in _MET.items()]
    rows += [["steps without any value", int(found.empty.sum())]]
    rows += [["missing values", int((found.steps[:, None] - found.known).sum())]]
    return "What the series are", ("what", "value"), rows


_MET = {"duplicates": "rows of a stamp that others have, too", "unsorted": "rows out of order of time"}
