"""Pictures whose pixels say where they are: what was cut from one tells its corners."""

from pathlib import Path

import numpy as np
from PIL import Image

from toolkit.images.load import open_images


def draw(folder, *names, width=40, height=30, number=0, **options):
    """Save pictures whose pixel at (x, y) is (x, y, number)."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0], pixels[..., 1], pixels[..., 2] = np.arange(width), np.arange(height)[:, None], number
    for name in names:
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path, **options)


def write(folder, name, text):
    path = Path(folder, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def cuts(manifest):
    """Return (origin, class, corners of what is cut from its pixels) of each sample, and prove that nothing lies between them."""
    found = []
    for i, image in open_images(manifest):
        pixels = np.rint(image * 255).astype(int)
        (x1, y1, _), (x2, y2, _) = pixels[0, 0], pixels[-1, -1]
        assert pixels.shape[:2] == (y2 - y1 + 1, x2 - x1 + 1)
        found.append((manifest.origin[i], manifest.classes[manifest.label[i]], (x1, y1, x2, y2)))
    return found


def skipped(manifest):
    return {entry.path: entry.reason for entry in manifest.skipped}
