"""From the rows of a manifest to decoded images, one at a time: what cannot be read is told, and ends no work on the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import cv2
from numpy.typing import NDArray

from toolkit.contents import UNREAD, digest_contents
from toolkit.errors import DataError
from toolkit.images.decode import decode_image
from toolkit.images.store import unstore
from toolkit.images.transforms import Image
from toolkit.sources import OpenRows
from toolkit.wing import Manifest

__all__ = ["TOO_LARGE", "load_images", "open_images"]


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
        change: Gets each decoded image, as `decode` left it, and its row's number; changes nothing unless given.
        failures: Is given one line for each row that fails.
        contents: Is given the digest of each file that could be read, at its row's place.
        decode: From a file's bytes to what `change` gets; an image, float32, shape (H, W, 3), in [0, 1], unless given.

    Yields:
        Row numbers and what `change` returned, in the order of `numbers`, without those that failed.
    """
    with OpenRows(rows) as opened:
        for i in numbers:
            try:
                data = opened.read(i)
                contents[i] = digest_contents(data)
                image = change(decode(data), i)
            except DataError as error:
                failures[i] = str(error)
            except OSError as error:
                failures[i] = f"cannot be read: {error.strerror}"
            except (MemoryError, cv2.error):  # one picture must not end the work on all
                failures[i], contents[i] = TOO_LARGE, UNREAD  # another time there may be memory
            else:
                yield i, image


def open_images(
    rows: Manifest, take: Callable[[Manifest], Iterable[Mapping[str, NDArray[Any]]]] | None = None
) -> Iterator[tuple[int, Image]]:
    """Read the pictures of some rows, from wherever they are.

    Args:
        rows: Of kind ``"images"``.
        take: From rows to what a dataset file stores of each, ``x`` of shape (1, H, W, C); None reads the raw files.

    Returns:
        An iterator over row numbers and images in [0, 1], float32, shape (H, W, C), in the rows' order, without those that cannot be read.
    """
    if take is not None:
        return enumerate(unstore(sample["x"])[0] for sample in take(rows))
    return load_images(rows, range(len(rows)), failures={}, contents=[UNREAD] * len(rows))
