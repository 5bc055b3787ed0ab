"""What networks of pictures have of their own: a checkpoint comes in; first filters and feature maps go out to the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from datamodules import FileDataModule
from recipes.checkpoint import Restored
from recipes.look.draw import around_grey, displayable, group_by_kernel
from recipes.look.kernels import KERNELS, Filters, compare_filters
from recipes.look.maps import FeatureMaps, activated_maps
from recipes.look.trace import Call, trace
from recipes.run_report.on_val import SPLIT
from toolkit.errors import printable
from toolkit.images import encoder
from toolkit.images.show import picture_address
from toolkit.report.gallery import Shown
from toolkit.report.sections import Note, Part, Pictures, Section

__all__ = ["Example", "SeenPictures", "blank", "see"]

MAX_MAPS, MAX_FILTERS = 16, 128


@dataclass(frozen=True, eq=False)
class Example:
    """What a network makes of one picture.

    Args:
        source: Where it comes from.
        picture: As stored, shape (H, W, C).
        predicted: What it is taken for.
        probability: How surely, in [0, 1].
        maps: What each convolution makes of it.
    """

    source: str
    picture: NDArray[Any]
    predicted: str
    probability: float
    maps: Sequence[FeatureMaps]


@dataclass(frozen=True, eq=False)
class SeenPictures:
    """What a network of pictures looks for.

    Args:
        weights: Of the first convolution, shape (N, C, H, W); None without one.
        filters: What these are most like; None without a convolution of 3×3 or more.
        example: A picture of val, layer by layer; None where no file was read.
    """

    weights: NDArray[np.float32] | None = None
    filters: Filters | None = None
    example: Example | None = None

    def show(self) -> tuple[list[Section], dict[str, Any]]:
        """Show the first filters beside the classic edge kernels, and the feature maps of a picture."""
        filters = [] if self.weights is None else _show_filters(self.weights, self.filters)
        maps = [] if self.example is None else _show_maps(self.example)
        sections = [Section("filters", "First-layer filters", filters), Section("maps", "Feature maps", maps)]
        return sections, {"filters": None if self.filters is None else asdict(self.filters)}


def blank(restored: Restored) -> tuple[str, tuple[Tensor, ...]]:
    """Say and return the least that a network of pictures takes."""
    height, width, channels = encoder(restored.data["pipeline"]).shape
    return f"a picture of {height}×{width}", (torch.zeros(1, channels, height, width),)


def see(restored: Restored, calls: Sequence[Call], data: FileDataModule | None) -> SeenPictures:
    """Look at the first filters, and at what each convolution makes of the first picture of val.

    Args:
        restored: The checkpoint.
        calls: What `trace` noted of its network.
        data: The file to be read; None reads none.
    """
    first = next((call for call in calls if isinstance(call.layer, nn.Conv2d)), None)
    example = None if data is None else _see_example(restored, data)
    if first is None:
        return SeenPictures(example=example)
    weights: NDArray[np.float32] = first.layer.weight.detach().float().numpy()  # type: ignore[operator]  # a Conv2d's
    return SeenPictures(weights, compare_filters(first.name, weights), example)


@torch.inference_mode()
def _see_example(restored: Restored, data: FileDataModule) -> Example:
    part = data.file[SPLIT]
    stored = np.array(part.x[0])
    images = restored.inputs(torch.from_numpy(stored[None]))
    probability, best = restored.task(images).softmax(dim=1).max(dim=1)
    maps = activated_maps(trace(restored.task.network, images))
    return Example(part.source[0], stored, restored.titles[int(best)], float(probability), maps)


def _show_filters(weights: NDArray[np.float32], filters: Filters | None) -> list[Part]:
    groups = group_by_kernel(filters.likeness) if filters else {"": [(i, f"{i}") for i in range(len(weights))]}
    colour = weights.shape[1] == 3
    parts: list[Part] = []
    for name, group in groups.items():
        tiles = []
        for number, told in group[:MAX_FILTERS]:
            colours = [weights[number].transpose(1, 2, 0)] if colour else []
            tiles += [_tile(around_grey(values), told) for values in (*colours, weights[number].sum(0))]
        mark = _address(around_grey(KERNELS[name])) if name else ""
        title = f"{len(group)} most like the {name} kernel" if name else f"{len(group)} filters"
        parts.append(Pictures(tiles, title, mark, magnified=True))
    note = "Each is stretched around grey, which is 0" + ("; beside the colours, their sum over the channels." if colour else ".")
    if filters:
        note += f" Below, its number and the cosine of its sum with the kernel; half of all filters of noise reach {filters.chance:.2f}."
    return [Note(note), *parts]


def _show_maps(seen: Example) -> list[Part]:
    taken = f"taken for {printable(seen.predicted, 60)} at {seen.probability:.3f}"
    note = f"What each convolution makes of {printable(seen.source, 200)}, {taken}."
    note += f" The first {MAX_MAPS} maps of each; a layer has one scale, from its lowest value (dark) to its highest (bright)."
    picture = _tile(displayable(seen.picture), seen.source)
    return [Note(note), Pictures([picture], magnified=True), *(_show_layer(layer) for layer in seen.maps)]


def _show_layer(layer: FeatureMaps) -> Pictures:
    count, height, width = layer.maps.shape
    low, high = float(layer.maps.min()), float(layer.maps.max())
    scaled = ((layer.maps[:MAX_MAPS] - low) * (255 / max(high - low, 1e-12))).astype(np.uint8)
    tiles = [_tile(cv2.applyColorMap(one, cv2.COLORMAP_INFERNO)[..., ::-1] / 255, str(i)) for i, one in enumerate(scaled)]
    return Pictures(tiles, f"{layer.name}: {count} maps of {height}×{width} after {layer.through[-1]}, up to {high:.3g}", magnified=True)


def _tile(values: NDArray[Any], name: str) -> Shown:
    return Shown(_address(values), name, "")


def _address(values: NDArray[Any]) -> str:
    return picture_address(np.ascontiguousarray(values, np.float32), lossless=True)
