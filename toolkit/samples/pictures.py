"""Contact sheets: many small pictures come in, one picture to look at goes out; the demo writes them as PNG."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.errors import check

__all__ = ["contact_sheet", "write_png"]

_PAPER = (250, 250, 250)
_INK = (60, 60, 60)
_GAP = 4
_LINE = 14


def contact_sheet(
    images: Sequence[NDArray[Any]], *, columns: int = 12, tile: int = 72, captions: Sequence[str] = (), frames: Sequence[bool] = ()
) -> NDArray[np.uint8]:
    """Lay pictures out in rows.

    Args:
        images: Each uint8 in 0…255 or float in [0, 1], shape (H, W, 3) RGB or (H, W, 1) grey; sizes may differ.
        columns: Pictures in a row, at least 1.
        tile: Height and width that each picture is fitted into, at least 8.
        captions: A short line below each picture, ASCII; empty for none.
        frames: A green (true) or red (false) frame around each picture; empty for none.

    Returns:
        Uint8 in 0…255, shape (H, W, 3), RGB. Without pictures, an empty sheet of one tile.
    """
    check(columns >= 1, "contact_sheet", "columns", "at least 1", columns)
    check(tile >= 8, "contact_sheet", "tile", "at least 8", tile)
    for name, given in (("captions", captions), ("frames", frames)):
        check(len(given) in (0, len(images)), "contact_sheet", f"{name}' length", f"0 or that of images, {len(images)}", len(given))
    step_x, step_y = tile + _GAP, tile + _GAP + (_LINE if captions else 0)
    num_rows = max(1, -(-len(images) // columns))
    sheet = np.full((num_rows * step_y + _GAP, max(1, min(columns, len(images))) * step_x + _GAP, 3), _PAPER, np.uint8)
    for i, image in enumerate(images):
        top, left = i // columns * step_y + _GAP, i % columns * step_x + _GAP
        _paste(sheet[top : top + tile, left : left + tile], image)
        if frames:
            colour = (30, 150, 60) if frames[i] else (215, 30, 30)
            cv2.rectangle(sheet, (left, top), (left + tile - 1, top + tile - 1), colour, 2)
        if captions:
            _caption(sheet[top + tile : top + step_y, left : left + step_x], captions[i])
    return sheet


def write_png(path: str | os.PathLike[str], image: NDArray[np.uint8]) -> None:
    """Write a picture.

    Args:
        path: Where to, whatever its ending.
        image: Uint8, shape (H, W, 3), RGB.
    """
    Path(path).write_bytes(cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes())


def _paste(tile: NDArray[np.uint8], image: NDArray[Any]) -> None:
    """Fit a picture into the middle of a square."""
    if image.dtype != np.uint8:
        image = np.round(np.clip(image.astype(np.float32), 0, 1) * 255).astype(np.uint8)
    side, longest = len(tile), max(image.shape[:2])
    size = [max(1, round(length * side / longest)) for length in image.shape[:2]]
    fitted = cv2.resize(image, size[::-1], interpolation=cv2.INTER_AREA if longest > side else cv2.INTER_CUBIC)
    top, left = (side - size[0]) // 2, (side - size[1]) // 2
    tile[top : top + size[0], left : left + size[1]] = fitted.reshape(*size, -1)


def _caption(strip: NDArray[np.uint8], text: str) -> None:
    """Write text into a strip, cut where it ends."""
    line = np.full((*strip.shape[:2], 3), _PAPER, np.uint8)
    cv2.putText(line, text, (1, _LINE - 4), cv2.FONT_HERSHEY_SIMPLEX, 0.33, _INK, 1, cv2.LINE_AA)
    strip[:] = line
