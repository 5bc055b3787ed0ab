"""A pipeline as a section of the report: each step's pictures and histograms, and what storing lost, come in; a section goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from toolkit.report.gallery import Shown
from toolkit.report.plots import SPLIT_COLOURS, Plot, draw_plot
from toolkit.report.sections import Note, Part, Pictures, Plots, Section
from toolkit.wing import Stage

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["lay_out_stages", "plot_stages"]


def lay_out_stages(stages: Sequence[Stage], *, fitted: Mapping[str, NDArray[Any]], reason: str = "") -> Section:
    """Show samples as they are read and after each step, and histograms before and after it.

    Args:
        stages: From a wing's `replay`; none if it could not be done.
        fitted: What a dataset file has of train: ``precision_max_error`` and ``precision_rmse`` are told, as shares of the range.
        reason: Why there are no stages.
    """
    parts: list[Part] = []
    if reason:
        parts.append(Note(f"Not shown: {reason}"))
    for number, stage in enumerate(stages):
        shown = [Shown(picture, name, "") for picture, name in zip(stage.pictures, stage.names, strict=True)]
        parts.append(Pictures(shown, f"{number}. `{stage.name}`" if number else "As read"))
    if len(stages) > 1:
        parts.append(Note("How many pixels, averaged over the samples looked at, have which luminance before and after each step."))
        parts.append(Plots([plot_stages(before, after) for before, after in pairwise(stages)]))
    if "precision_max_error" in fitted:
        worst, usual = (float(fitted[name]) for name in ("precision_max_error", "precision_rmse"))
        parts.append(
            Note(
                f"Precision: storing changed a value by {worst:.2g} of the full range at most, {255 * worst:.2g} of 255 levels; by "
                f"{usual:.2g} as root mean square. Measured against float32 on every sixteenth training sample."
            )
        )
    return Section("pipeline", "Pipeline, step by step", parts, _figures(stages, fitted, reason))


def _figures(stages: Sequence[Stage], fitted: Mapping[str, NDArray[Any]], reason: str) -> dict[str, Any]:
    """The same for programs, without pictures; empty where there is nothing to tell."""
    told: dict[str, Any] = {"not_shown": reason} if reason else {}
    if stages:
        told |= {"samples": list(stages[0].names), "stages": [_tell(stage) for stage in stages]}
    if "precision_max_error" in fitted:
        told["precision"] = {name: float(fitted[f"precision_{name}"]) for name in ("max_error", "rmse")}
    return told


def _tell(stage: Stage) -> dict[str, Any]:
    """A step as users write it, its name and parameters, and the histogram of what it made."""
    parameters = dict(stage.step)
    name = parameters.pop("name", stage.name)
    return {"step": stage.name, "name": name, "parameters": parameters, "luminance_histogram": stage.histogram.tolist()}


def plot_stages(before: Stage, after: Stage) -> Plot:
    """Draw the histograms before and after a step."""

    def draw(axes: Axes) -> None:
        for stage, label, colour in ((before, "before", "test"), (after, "after", "train")):
            edges = np.linspace(0, 1, len(stage.histogram) + 1)
            axes.stairs(stage.histogram, edges, color=SPLIT_COLOURS[colour], linewidth=1.6, label=label)
        axes.set_xlabel("luminance")
        axes.set_ylabel("share of pixels")
        axes.set_xlim(0, 1)
        axes.set_ylim(0, None)

    return draw_plot(draw, f"Before and after {after.name}.", name=f"step {after.name}", splits=("before", "after"))
