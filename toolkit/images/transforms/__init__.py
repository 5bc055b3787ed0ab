"""The image transforms, one a module: a pure kernel and a frozen dataclass each; `toolkit.images.pipeline` chains and parses them."""

from toolkit.images.transforms.clahe import Clahe, equalize_locally
from toolkit.images.transforms.crop_box import CropBox, crop_box
from toolkit.images.transforms.equalize import Equalize, equalize_histogram
from toolkit.images.transforms.exposure import Exposure, change_exposure
from toolkit.images.transforms.grayscale import Grayscale, convert_to_gray
from toolkit.images.transforms.resize import Resize, resize_image
from toolkit.images.transforms.stretch_histogram import StretchHistogram, stretch_histogram
from toolkit.images.transforms.transform import Box, Image, Transform

__all__ = [
    "TRANSFORMS",
    "Box",
    "Clahe",
    "CropBox",
    "Equalize",
    "Exposure",
    "Grayscale",
    "Image",
    "Resize",
    "StretchHistogram",
    "Transform",
    "change_exposure",
    "convert_to_gray",
    "crop_box",
    "equalize_histogram",
    "equalize_locally",
    "resize_image",
    "stretch_histogram",
]

TRANSFORMS: dict[str, type[Transform]] = {t.name: t for t in (Clahe, CropBox, Equalize, Exposure, Grayscale, Resize, StretchHistogram)}
"""Each step's name, as users write it, and its class."""
