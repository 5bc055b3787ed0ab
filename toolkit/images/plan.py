"""From a manifest and options to a Plan for export, and from a stored pipeline back to the encoder for prediction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any

from toolkit.declaration import UNTYPED, Typed
from toolkit.errors import ArgumentError, DataError, check, printable
from toolkit.images.augment import AugmentCopies
from toolkit.images.encode import Encoder
from toolkit.images.pipeline import Pipeline, parse_steps
from toolkit.images.store import DTYPES, summarise
from toolkit.images.transforms import CropBox, Resize, Transform
from toolkit.wing import Array, Manifest, Plan, Run, run_here

__all__ = ["ImageOptions", "encoder", "parse_size", "plan", "with_copies"]


def parse_size(text: str) -> tuple[int, int]:
    """Read a size as it is typed: ``"48"`` → (48, 48), ``"48,64"`` → (48, 64).

    Raises:
        ArgumentError: If it is neither.
    """
    numbers = text.split(",")
    fit = len(numbers) <= 2 and all(number.strip().isdecimal() for number in numbers)
    check(fit, "options", "size", "one whole number, or height,width", text)
    return int(numbers[0]), int(numbers[-1])


@dataclass(frozen=True)
class ImageOptions:
    """What images become.

    Args:
        size: Height and width of every stored picture, typed 48 or 48,64.
        steps: Transforms in order, typed with their arguments: ``"crop_box(margin=0.1), grayscale, clahe"``. Pictures are resized after
            crop_box and before all others, unless a resize of your own among the steps says where and to what size.
        dtype: How pixels are stored: ``"float16"`` or ``"float32"`` in [0, 1], or ``"uint8"`` in 0 … 255. Take uint8 where other programs
            read the file, too: many know no float16.
        fit: How a picture gets its size: ``"stretch"``, or ``"pad"``, which keeps its proportions.
        augment: How the copies that balance the classes differ from their originals; None repeats these as they are.
    """

    size: Annotated[tuple[int, int], Typed(parse=parse_size)] = (48, 48)
    steps: Annotated[tuple[Transform, ...], Typed(parse=parse_steps)] = ()
    dtype: str = "float16"
    fit: str = "stretch"
    augment: Annotated[AugmentCopies | None, UNTYPED] = None

    def __post_init__(self) -> None:
        check(isinstance(self.size, tuple) and len(self.size) == 2, "ImageOptions", "size", "(height, width)", self.size)
        check(self.dtype in DTYPES, "ImageOptions", "dtype", f"one of {', '.join(DTYPES)}", self.dtype)
        self.pipeline()

    def pipeline(self) -> Pipeline:
        """Return the steps with the resize in its place."""
        if any(isinstance(step, Resize) for step in self.steps):
            return Pipeline(self.steps)
        crop = tuple(step for step in self.steps if isinstance(step, CropBox))
        rest = tuple(step for step in self.steps if not isinstance(step, CropBox))
        return Pipeline((*crop, Resize(self.size[0], self.size[1], self.fit), *rest))


def with_copies(options: ImageOptions) -> ImageOptions:
    """Return the options for a source whose classes are balanced by copies: these differ from their originals."""
    return options if options.augment else replace(options, augment=AugmentCopies())


def plan(manifest: Manifest, options: ImageOptions | None = None, *, seed: int = 0, run: Run = run_here) -> Plan:  # noqa: ARG001
    """Say what an image dataset file will hold; nothing is fitted.

    Args:
        manifest: Of kind ``"images"``.
        options: What images become.
        seed: What changes of copies are drawn from.
        run: Not used: nothing is read.

    Returns:
        One array, ``x``, of shape (N, H, W, C), and the encoder that fills it; it cuts to boxes first where these are the samples.

    Raises:
        DataError: If the steps need boxes and the manifest has none.
    """
    options = options or ImageOptions()
    pipeline, note = options.pipeline(), ""
    if manifest.reading.get("cut") and not pipeline.needs_box:
        pipeline, note = Pipeline((CropBox(), *pipeline.steps)), "Samples are cut to their boxes (crop_box)."
    encode = Encoder(pipeline, options.dtype, options.augment, seed)
    if encode.pipeline.needs_box and "box" not in manifest.columns:
        raise DataError(
            f"plan: crop_box must have boxes, got none in {printable(manifest.place)}. Leave it out, or take a source with boxes."
        )
    height, width, channels = encode.shape
    stored = {
        "kind": "images",
        "size": [height, width],
        "channels": channels,
        "dtype": options.dtype,
        "steps": encode.pipeline.to_json(),
    }
    if options.augment:
        stored["augment"] = options.augment.to_json()
    return Plan((Array("x", options.dtype, encode.shape),), encode, stored, summarise=partial(summarise, channels=channels), note=note)


def encoder(pipeline: Mapping[str, Any]) -> Encoder:
    """Rebuild the encoder from a pipeline stored in a dataset file or a checkpoint; it makes no copies.

    Args:
        pipeline: What `plan` put into `Plan.pipeline`.

    Raises:
        DataError: If it is no pipeline for images, or one that this version cannot follow.
    """
    try:
        check(pipeline.get("kind") == "images", "pipeline", "kind", "images", pipeline.get("kind"))
        encode = Encoder(Pipeline.from_json(pipeline["steps"]), pipeline["dtype"])
        declared = (*pipeline["size"], pipeline["channels"])
        check(encode.shape == declared, "pipeline", "size and channels", f"what its steps make, {encode.shape}", declared)
    except (ArgumentError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"pipeline: the stored steps must be readable, got this: {printable(str(error))}") from error
    return encode
