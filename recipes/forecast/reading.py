"""How raw series are read to be foretold: a checkpoint's pipeline and what a user says come in, options of reading go out, to `predict`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from toolkit.errors import DataError, check, printable
from toolkit.options import options_of
from toolkit.series import SeriesReadOptions, read_options

__all__ = ["advise", "reading_like"]


def reading_like(pipeline: Mapping[str, Any], given: Mapping[str, Any]) -> SeriesReadOptions:
    """Return the options by which a source is read as those of training were, but for what is given.

    Args:
        pipeline: Of the checkpoint.
        given: Values by option name, as typed or as Python has them.

    Raises:
        ArgumentError: If there is no such option, a value breaks its rule, or the step is another than the checkpoint's.
        DataError: If the pipeline cannot be followed.
    """
    typed, own = options_of("series", **given).get("read"), pipeline["step"]
    options = replace(read_options(pipeline), **{name: getattr(typed, name) for name, value in given.items() if value is not None})
    fix = f"Bring the rows to steps of {own}, or train on others." if own else ""
    asked = given.get("step") or own
    check(not own or asked == own, "predict", "step", f"{own}, as in the checkpoint, or left out", asked, fix=fix)
    return options


def advise(error: DataError, pipeline: Mapping[str, Any]) -> str:
    """Say why a source cannot be read, and what can be done about it where a network is trained already.

    Args:
        error: Of reading, whose further sentences are advice for who preprocesses.
        pipeline: Of the checkpoint.
    """
    told, _, advice = str(error).partition(". ")
    if "--step" in advice:
        return f"{told}. The checkpoint foretells steps of {pipeline['step']}: bring the rows to that step."
    if "features must name" in told:
        needed = printable(", ".join(pipeline["read"].get("features") or pipeline["features"]))
        return f"{told}. The network needs the columns {needed}, by these names."
    return str(error)
