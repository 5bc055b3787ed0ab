"""A pipeline step by step: stored pipeline and raw originals come in; each step's pictures and histogram go out, to the report."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.contents import UNREAD
from toolkit.errors import ArgumentError, DataError, wording
from toolkit.images.load import load_images, row_box
from toolkit.images.plan import encoder
from toolkit.images.show import picture_address
from toolkit.images.sources import ReadOptions, read
from toolkit.images.store import unstore
from toolkit.images.transforms import CropBox, Image
from toolkit.images.transforms.transform import luminance
from toolkit.wing import Manifest, Stage

__all__ = ["find_originals", "replay"]

SHOWN, BINS, SIDE = 8, 64, 72

_SAME = 2.5 / 255
"""What versions of a library may differ by in a pixel; another picture differs by more in most."""


def find_originals(
    pipeline: Mapping[str, Any],
    root: str,
    rows: Manifest,
    *,
    source: str = "",
    options: ReadOptions | None = None,
    stored: Iterable[Mapping[str, NDArray[Any]]] = (),
) -> Manifest:
    """Look for the raw pictures that some stored ones were made of.

    Args:
        pipeline: As stored in the dataset file.
        root: The folder that the samples' origins start from.
        rows: Some of its samples; their origins are looked for.
        source: What the file was made from, if not the root itself.
        options: How that was read.
        stored: What a dataset file stores of each, as `replay` takes it: it tells which box of a picture a sample is, if there are several.

    Returns:
        The same rows of the raw source, with their boxes if the pipeline needs these.

    Raises:
        DataError: If boxes are needed and the source cannot be read any more as it is, or lists other pictures.
    """
    encode, originals = encoder(pipeline), Manifest("images", root, rows.origin)
    boxes = encode.pipeline.needs_box
    if not boxes and all(os.path.lexists(originals.locate(name)) for name in rows.origin):
        return originals
    try:
        listed = read(source or root, options)
    except (ArgumentError, DataError):
        listed = Manifest("images", root, [])
    places: dict[str, list[int]] = {name: [] for name in rows.origin}
    for row, name in enumerate(listed.origin):
        if name in places:
            places[name].append(row)
    if not all(places.values()) or (boxes and "box" not in listed.columns):
        if boxes:
            raise DataError(wording("replay", "boxes", "where they were when the file was made", "none", at=root))
        return originals
    found = [places[name][0] for name in rows.origin]
    for i, sample in enumerate(stored):
        several = places[rows.origin[i]]
        if len(several) > 1:
            encoded = unstore(encode(listed.take(np.array(several))).arrays["x"])
            found[i] = several[int(np.abs(encoded - unstore(sample["x"])).mean(axis=(1, 2, 3)).argmin())]
    return listed.take(np.array(found))


def replay(pipeline: Mapping[str, Any], originals: Manifest, stored: Iterable[Mapping[str, NDArray[Any]]] | None = None) -> list[Stage]:
    """Send raw pictures through a pipeline again.

    Args:
        pipeline: As a plan or a dataset file has it.
        originals: Of kind ``"images"``, with boxes if the pipeline needs them.
        stored: What a dataset file stores of each, in their order: ``x`` of shape (1, H, W, C). The same must come out.

    Returns:
        The pictures as they are read, and after each step; the histogram is of the luminance, its shares averaged over all of them.

    Raises:
        DataError: If an original is gone or unreadable, or something else comes out than is stored.
    """
    encode, failures = encoder(pipeline), dict[int, str]()
    expected = None if stored is None else [unstore(sample["x"])[0] for sample in stored]
    states: list[list[Image]] = []
    unread = [UNREAD] * len(originals)
    for i, image in load_images(originals, range(len(originals)), failures=failures, contents=unread):
        box = row_box(originals, i, image.shape)
        states.append([image])
        for step in encode.pipeline.steps:
            image = step(image, box) if isinstance(step, CropBox) else step(image)  # noqa: PLW2901  # what the steps before made of it
            states[-1].append(image)
        if expected is not None and (image.shape != expected[i].shape or np.abs(image - expected[i]).max() > _SAME):
            raise DataError(wording("replay", "originals", "what the file was made of", "another picture", at=originals.origin[i]))
    for i, reason in failures.items():
        raise DataError(wording("replay", "originals", "readable", reason, at=originals.origin[i]))
    some = np.unique(np.linspace(0, len(states) - 1, min(SHOWN, len(states))).round().astype(np.int64))
    shown = tuple(originals.origin[i] for i in some)
    steps: list[tuple[str, dict[str, Any]]] = [("as read", {}), *((str(step), step.to_json()) for step in encode.pipeline.steps)]
    return [Stage(name, shown, *_show(images, some), step) for (name, step), *images in zip(steps, *states, strict=True)]


def _show(images: Sequence[Image], some: NDArray[np.int64]) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Some of the pictures that came out of a step, and the histogram of all of them."""
    shares = [np.histogram(luminance(image), BINS, (0, 1))[0] / image[..., 0].size for image in images]
    return tuple(picture_address(images[i], side=SIDE) for i in some), np.mean(shares, axis=0)
