"""What a source's pictures are when they are read and decoded, for the tests of readers."""

import numpy as np

from toolkit.images.load import load_images
from toolkit.wing import SPLITS


def load(manifest):
    """Return origin → uint8 pixels, shape (H, W, 3); every row must be readable."""
    failures, contents = {}, [b""] * len(manifest)
    found = {
        manifest.origin[i]: np.round(image * 255).astype(np.uint8)
        for i, image in load_images(manifest, range(len(manifest)), failures=failures, contents=contents)
    }
    assert failures == {}
    return found


def labels(manifest):
    """Return origin → the name of its class."""
    return {origin: manifest.classes[label] for origin, label in zip(manifest.origin, manifest.label, strict=True)}


def splits(manifest):
    """Return origin → the split that the source imposes, None where it imposes none."""
    split = [-1] * len(manifest) if manifest.split is None else manifest.split.tolist()
    return {origin: SPLITS[part] if part >= 0 else None for origin, part in zip(manifest.origin, split, strict=True)}


def skipped(manifest):
    """Return path → why it was skipped."""
    return {entry.path: entry.reason for entry in manifest.skipped}
