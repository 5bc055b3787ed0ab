"""From a manifest and options to a Plan for export, and from a stored pipeline back to the encoder for prediction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from toolkit.errors import ArgumentError, DataError, check, printable
from toolkit.images.augment import AugmentCopies
from toolkit.images.encode import Encoder
from toolkit.images.pipeline import Pipeline
from toolkit.images.store import DTYPES, summarise
from toolkit.images.transforms import CropBox, Resize, Transform
from toolkit.wing import Array, Manifest, Plan, Run, run_here

__all__ = ["ImageOptions", "encoder", "plan"]


@dataclass(frozen=True)
class ImageOptions:
    """What images become.

    Args:
        size: (height, width) of every stored image.
        steps: Transforms besides the resize. It stands after `CropBox` and before all others, unless `steps` has a `Resize` of its own,
            which then says where it stands and what size comes out.
        dtype: ``"float16"`` or ``"float32"`` in [0, 1], or ``"uint8"`` in 0 … 255.
        fit: ``"stretch"``, or ``"pad"`` to keep the aspect ratio.
        augment: How the copies that balance the classes differ from their originals; None repeats these as they are.
    """

    size: tuple[int, int] = (48, 48)
    steps: tuple[Transform, ...] = ()
    dtype: str = "float16"
    fit: str = "stretch"
    augment: AugmentCopies | None = None

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
