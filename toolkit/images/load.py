"""From the rows of a manifest to decoded images, one at a time: what cannot be read is told, and ends no work on the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import cv2
from numpy.typing import NDArray

from toolkit.contents import UNREAD, digest_contents
from toolkit.errors import DataError
from toolkit.images.decode import decode_image
from toolkit.images.sources.rows import NO_BOX
from toolkit.images.store import unstore
from toolkit.images.transforms import Box, Image, crop_box
from toolkit.sources import OpenRows
from toolkit.wing import Manifest

__all__ = ["TOO_LARGE", "cut_image", "load_images", "open_images", "row_box"]


TOO_LARGE = "too large for this machine's memory, or for OpenCV"
"""Why a picture fails that there is no memory for."""


def load_images(
    rows: Manifest,
    numbers: Iterable[int],
    change: Callable[[Any, int], Any] = lambda image, _: image,
    *,
    failures: dict[int, str],
    contents: list[bytes],
    decode: Callable[[bytes], Any] = decode_image,
) -> Iterator[tuple[int, Any]]:
    """Read, decode and change the pictures of some rows.

    Args:
        rows: Of kind ``"images"``.
        numbers: Which of the rows, each in [0, N).
        change: Gets each decoded image, as `decode` left it, and its row's number, and leaves it as it is; changes nothing unless given.
            Rows of one picture that follow each other get the same.
        failures: Is given one line for each row that fails.
        contents: Is given the digest of each file that could be read, at its row's place.
        decode: From a file's bytes to what `change` gets; an image, float32, shape (H, W, 3), in [0, 1], unless given.

    Yields:
        Row numbers and what `change` returned, in the order of `numbers`, without those that failed.
    """
    decoded, digest, known = None, UNREAD, None
    with OpenRows(rows) as opened:
        for i in numbers:
            try:
                if (place := _place(rows, i)) != known:
                    decoded, known = None, None  # there is room for one
                    data = opened.read(i)
                    digest = contents[i] = digest_contents(data)
                    decoded, known = decode(data), place
                contents[i] = digest
                image = change(decoded, i)
            except DataError as error:
                failures[i] = str(error)
            except OSError as error:
                failures[i] = f"cannot be read: {error.strerror}"
            except (MemoryError, cv2.error):  # one picture must not end the work on all
                failures[i], contents[i] = TOO_LARGE, UNREAD  # another time there may be memory
            else:
                yield i, image


def _place(rows: Manifest, i: int) -> tuple[str, ...]:
    """What is equal for rows of one picture."""
    return rows.origin[i], *(str(rows.columns[name][i]) for name in ("file", "start") if name in rows.columns)


def row_box(rows: Manifest, i: int, shape: tuple[int, ...]) -> Box | None:
    """Return the box of a row, x1, y1, x2, y2, both corners inside; None if it has none.

    Args:
        rows: Of kind ``"images"``.
        i: The row.
        shape: That of its decoded picture, (H, W, C).

    Raises:
        DataError: If the annotation is of a picture of another size, which then was scaled or turned since.
    """
    boxes, sizes = rows.columns.get("box"), rows.columns.get("size")
    if sizes is not None and sizes[i].any() and (shape[1], shape[0]) != tuple(sizes[i].tolist()):
        rule = f"of {sizes[i][0]} × {sizes[i][1]} pixels upright, as its boxes were marked in"
        raise DataError(f"picture must be {rule}, got {shape[1]} × {shape[0]}")
    x1, y1, x2, y2 = NO_BOX if boxes is None else boxes[i].tolist()
    return None if (x1, y1, x2, y2) == NO_BOX else (x1, y1, x2, y2)


def cut_image(rows: Manifest, i: int, image: Any) -> Any:
    """Return the part of a row's picture that is the sample, a view: what its box marks where samples are boxes, else all.

    Raises:
        DataError: If the box is missing, outside the picture, or of another picture.
    """
    return crop_box(image, row_box(rows, i, image.shape)) if rows.reading.get("cut") else image


def open_images(
    rows: Manifest, take: Callable[[Manifest], Iterable[Mapping[str, NDArray[Any]]]] | None = None
) -> Iterator[tuple[int, Image]]:
    """Read the pictures of some rows, from wherever they are.

    Args:
        rows: Of kind ``"images"``.
        take: From rows to what a dataset file stores of each, ``x`` of shape (1, H, W, C); None reads the raw files.

    Returns:
        An iterator over row numbers and images in [0, 1], float32, shape (H, W, C), in the rows' order, without those that cannot be read;
        raw ones are cut to their boxes where these are the samples.
    """
    if take is not None:
        return enumerate(unstore(sample["x"])[0] for sample in take(rows))
    return load_images(rows, range(len(rows)), lambda image, i: cut_image(rows, i, image), failures={}, contents=[UNREAD] * len(rows))
