"""The three pictures of a look inside: filters beside kernels, feature maps, mistakes; arrays and names come in, PNG files go out.

Everything is placed in inches from the top left corner, so that no text meets another whatever the network.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recipes.look.kernels import KERNELS, Likeness
from recipes.look.maps import FeatureMaps
from recipes.look.mistakes import Mistake
from toolkit.errors import printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["around_grey", "displayable", "draw_filters", "draw_maps", "draw_mistakes", "group_by_kernel"]

MARGIN, HEAD = 0.25, 0.75
GREY, RED = "0.45", "#b3261e"


def draw_filters(path: Path, weights: NDArray[np.floating], likeness: Sequence[Likeness], *, title: str, note: str) -> None:
    """Draw filters in a row for each classic kernel, those most like it first; without `likeness`, in their own order.

    Args:
        path: The PNG to write.
        weights: Shape (N, C, H, W). Three channels are drawn as red, green and blue with their sum below, others as their sum alone;
            each is stretched around grey: grey is 0, and the largest weight reaches black or white.
        likeness: One for each filter, or none.
        title: The first line.
        note: The second line.
    """
    tile, step, left = 0.72, 0.84, 1.45 if likeness else MARGIN
    colour = weights.shape[1] == 3
    row = (2 if colour else 1) * tile + 0.42
    groups = group_by_kernel(likeness) if likeness else {"": [(i, f"{i}") for i in range(len(weights))]}
    columns = min(12, max(map(len, groups.values())))
    num_rows = sum(max(1, -(-len(group) // columns)) for group in groups.values())
    sheet = _Sheet(max(9.6, left + columns * step + MARGIN), HEAD + num_rows * row, title, note)
    top = HEAD
    for name, group in groups.items():
        if name:
            sheet.tile(MARGIN, top, tile, around_grey(KERNELS[name]), frame="black")
            sheet.say(MARGIN, top + tile + 0.06, name, size=8, weight="bold")
        for place, (number, told) in enumerate(group):
            x, y = left + place % columns * step, top + place // columns * row
            if colour:
                sheet.tile(x, y, tile, around_grey(weights[number].transpose(1, 2, 0)))
            sheet.tile(x, y + row - tile - 0.42, tile, around_grey(weights[number].sum(0)))
            sheet.say(x, y + row - 0.36, told, size=7.5)
        if not group:
            sheet.say(left, top + tile / 2, "no filter is most like this one", size=8, colour=GREY)
        top += max(1, -(-len(group) // columns)) * row
    sheet.save(path)


def draw_maps(path: Path, picture: NDArray[Any], layers: Sequence[FeatureMaps], *, title: str, note: str, max_maps: int = 16) -> None:
    """Draw the first maps of each convolution in a row, from black for its layer's lowest value to yellow for its highest.

    Args:
        path: The PNG to write.
        picture: As stored, shape (H, W, C): uint8 in 0…255 or float in [0, 1].
        layers: The maps.
        title: The first line.
        note: The second line.
        max_maps: Maps in a row, at least 1.
    """
    tile, step, left = 0.7, 0.76, 2.1
    sheet = _Sheet(left + max_maps * step + MARGIN, HEAD + 1.5 + len(layers) * (step + 0.08) + MARGIN / 2, title, note)
    sheet.tile(MARGIN, HEAD, 1.3, displayable(picture), frame="black")
    for number, layer in enumerate(layers):
        top = HEAD + 1.5 + number * (step + 0.08)
        count, height, width = layer.maps.shape
        sheet.say(MARGIN, top + 0.1, printable(layer.name, 24), size=9, weight="bold", room=1.8)
        sheet.say(MARGIN, top + 0.28, f"{min(count, max_maps)} of {count} maps, {height}×{width}", size=7.5, colour=GREY, room=1.8)
        sheet.say(MARGIN, top + 0.44, f"after {layer.through[-1]}, up to {layer.maps.max():.3g}", size=7.5, colour=GREY, room=1.8)
        for channel, values in enumerate(layer.maps[:max_maps]):
            limits: dict[str, Any] = {"vmin": float(layer.maps.min()), "vmax": float(layer.maps.max())}
            sheet.tile(left + channel * step, top, tile, values, cmap="inferno", **limits)
    sheet.save(path)


def draw_mistakes(path: Path, pictures: Sequence[NDArray[Any]], mistakes: Sequence[Mistake], *, title: str, note: str) -> None:
    """Draw mistakes in the order given, each with its true class, what it was taken for and how surely, and its source.

    Args:
        path: The PNG to write.
        pictures: As stored, each of shape (H, W, C).
        mistakes: One for each picture, at least one.
        title: The first line.
        note: The second line.
    """
    columns, tile, step, row, room = 6, 1.6, 1.9, 2.42, 1.8
    num_rows = -(-len(mistakes) // columns)
    sheet = _Sheet(MARGIN + columns * step, HEAD + num_rows * row, title, note)
    for place, (picture, mistake) in enumerate(zip(pictures, mistakes, strict=True)):
        x, y = MARGIN + place % columns * step, HEAD + place // columns * row
        sheet.tile(x, y, tile, displayable(picture))
        sheet.say(x, y + tile + 0.07, f"true: {printable(mistake.true, 22)}", size=8, room=room)
        sheet.say(x, y + tile + 0.23, f"taken for: {printable(mistake.predicted, 18)}", size=8, colour=RED, room=room)
        sheet.say(x, y + tile + 0.39, f"at {mistake.probability:.3f}, loss {mistake.loss:.1f}", size=7, colour=GREY)
        sheet.say(x, y + tile + 0.53, _end_of(printable(mistake.source), 26), size=7, colour=GREY, room=room)
    sheet.save(path)


def _end_of(text: str, limit: int) -> str:
    """Keep a path's end, which tells more than its beginning."""
    return text if len(text) <= limit else f"…{text[1 - limit :]}"


def group_by_kernel(likeness: Sequence[Likeness]) -> dict[str, list[tuple[int, str]]]:
    """Each kernel's filters with what is said below them, the most alike first."""
    groups: dict[str, list[tuple[int, str]]] = {name: [] for name in KERNELS}
    for like in sorted(likeness, key=lambda like: -abs(like.cosine)):
        groups[like.kernel].append((like.filter, f"{like.filter}: {like.cosine:+.2f}".replace("-", "−")))
    return groups


def around_grey(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Stretch weights (H, W) or (H, W, 3) to (H, W, 3) in [0, 1]: 0 is mid-grey, the largest weight reaches black or white."""
    shown = values[..., None] if values.ndim == 2 else values
    scaled = 0.5 + shown.astype(np.float64) / (2 * max(np.abs(shown).max(), 1e-12))
    return np.broadcast_to(scaled, (*shown.shape[:2], 3))


def displayable(picture: NDArray[Any]) -> NDArray[np.float64]:
    """Bring a stored picture (H, W, C) to (H, W, 3) in [0, 1]."""
    values: NDArray[np.float64] = picture.astype(np.float64) / (255 if picture.dtype == np.uint8 else 1)
    return np.broadcast_to(values.clip(0, 1), (*values.shape[:2], 3))


@dataclass(eq=False)
class _Sheet:
    """A white page; places are in inches from its top left corner."""

    width: float
    height: float
    title: str
    note: str

    def __post_init__(self) -> None:
        from matplotlib.figure import Figure  # 0.3 s that only who draws pays

        self.figure: Figure = Figure(figsize=(self.width, self.height), facecolor="white")
        self.say(MARGIN, 0.16, self.title, size=11, weight="bold")
        self.say(MARGIN, 0.41, self.note, size=8.5, colour=GREY)

    def say(self, x: float, y: float, text: str, *, size: float, colour: str = "black", weight: str = "normal", room: float = 99) -> None:
        """Write a line that begins at a place and is cut off where its room ends."""
        from matplotlib.transforms import Bbox, TransformedBbox

        style: dict[str, Any] = {"size": size, "color": colour, "weight": weight, "va": "top", "parse_math": False}
        written = self.figure.text(x / self.width, 1 - y / self.height, text, **style)
        box = Bbox.from_bounds(x / self.width, 0, room / self.width, 1)
        written.set(clip_box=TransformedBbox(box, self.figure.transFigure), clip_on=True)

    def tile(self, x: float, y: float, side: float, image: NDArray[Any], *, frame: str = "0.8", **options: Any) -> None:
        """Fit an image into a square, pixels as they are, with a thin frame."""
        axes = self.figure.add_axes((x / self.width, 1 - (y + side) / self.height, side / self.width, side / self.height))
        axes.imshow(image, interpolation="nearest", **options)
        axes.set(xticks=[], yticks=[])
        for spine in axes.spines.values():
            spine.set(color=frame, linewidth=0.6)

    def save(self, path: Path) -> None:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing")  # a name in a script that the font lacks is drawn as boxes
            self.figure.savefig(path, dpi=130)
