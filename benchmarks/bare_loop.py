"""A bare program: a list of picture files comes in, one float16 array goes out, with nothing but decoding in between.

It is the limit that preprocessing is measured against: no source is read, nothing is checked, split, labelled or made safe.
`python benchmarks/bare_loop.py LIST OUT --library opencv --processes 2` prints the seconds that it spent between starting its
processes and the last byte written, which leaves out Python's own start and the imports.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import numpy as np

BLOCK = 256

Decode = Callable[[list[str], int], np.ndarray]


def resize_opencv(image: np.ndarray, side: int) -> np.ndarray:
    """Average areas along axes that shrink, interpolate along those that grow."""
    import cv2

    height, width = image.shape[:2]
    if height > side or width > side:
        image = cv2.resize(image, (min(width, side), min(height, side)), interpolation=cv2.INTER_AREA)
    return cv2.resize(image, (side, side), interpolation=cv2.INTER_LINEAR) if height < side or width < side else image


def decode_opencv(paths: list[str], side: int, change: Callable[[np.ndarray], np.ndarray] = lambda image: image) -> np.ndarray:
    """Scale to [0, 1], resize, change if asked, store as float16: unchanged, the very bytes that Foudre writes."""
    import cv2

    cv2.setNumThreads(1)
    pixels = np.empty((len(paths), side, side, 3), np.float32)
    for i, path in enumerate(paths):
        image = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB).astype(np.float32) * np.float32(1 / 255)
        pixels[i] = change(resize_opencv(image, side))
    return cv2.add(pixels.reshape(len(paths), -1), 0, dtype=cv2.CV_16F)


@cache
def compose_changes() -> Callable[..., dict[str, np.ndarray]]:
    """The changes of Foudre's copies, as far, in albumentations' own words; each picture gets all of them."""
    os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
    import albumentations
    import cv2

    affine = {
        "rotate": (-8, 8),
        "scale": {"x": (0.9, 1.1), "y": (0.9, 1.1)},
        "shear": {"x": (-5, 5), "y": (0, 0)},
        "translate_percent": {"x": (-0.05, 0.05), "y": (-0.05, 0.05)},
    }
    return albumentations.Compose(
        [
            albumentations.Affine(**affine, border_mode=cv2.BORDER_REFLECT_101, p=1),
            albumentations.GaussianBlur(blur_limit=0, sigma_limit=(0.01, 0.8), p=1),
            albumentations.RandomBrightnessContrast(brightness_limit=0.25, contrast_limit=0.2, p=1),
            albumentations.GaussNoise(std_range=(0, 0.01), p=1),
        ]
    )


def decode_albumentations(paths: list[str], side: int) -> np.ndarray:
    """As `decode_opencv`, with every picture changed by one `albumentations.Compose`."""
    compose = compose_changes()
    return decode_opencv(paths, side, lambda image: compose(image=image)["image"])


def decode_opencv8(paths: list[str], side: int) -> np.ndarray:
    """Stay with 8 bits until the end: the fastest way, which rounds once or twice more than it need."""
    import cv2

    cv2.setNumThreads(1)
    pixels = np.empty((len(paths), side, side, 3), np.uint8)
    for i, path in enumerate(paths):
        cv2.cvtColor(resize_opencv(cv2.imread(path), side), cv2.COLOR_BGR2RGB, dst=pixels[i])
    table = (np.arange(256, dtype=np.float32) / 255).astype(np.float16)
    return cv2.LUT(pixels.reshape(len(paths), -1), table.view(np.int16)).view(np.float16)


def decode_alone(paths: list[str], side: int, scaled: int = 0) -> np.ndarray:
    """Decode, scale if asked, and keep nothing: what anyone who looks at every picture has to pay."""
    import cv2

    cv2.setNumThreads(1)
    for path in paths:
        image = cv2.imread(path)
        if scaled:
            resize_opencv(image, scaled)
    return np.zeros((len(paths), side, side, 3), np.float16)


def decode_pillow(paths: list[str], side: int) -> np.ndarray:
    """Pillow's own resize; its bilinear filter averages areas when shrinking."""
    from PIL import Image

    pixels = np.empty((len(paths), side, side, 3), np.float16)
    for i, path in enumerate(paths):
        with Image.open(path) as image:
            small = image.convert("RGB").resize((side, side), Image.Resampling.BILINEAR)
        pixels[i] = np.asarray(small, np.float32) / 255
    return pixels


def decode_skimage(paths: list[str], side: int) -> np.ndarray:
    """The way of scikit-image's tutorials: `imread` and `transform.resize`, in float64."""
    from skimage import io, transform

    pixels = np.empty((len(paths), side, side, 3), np.float16)
    for i, path in enumerate(paths):
        pixels[i] = transform.resize(io.imread(path), (side, side))
    return pixels


DECODERS: dict[str, Decode] = {
    "decode": decode_alone,
    "scale": partial(decode_alone, scaled=48),
    "opencv": decode_opencv,
    "opencv8": decode_opencv8,
    "pillow": decode_pillow,
    "skimage": decode_skimage,
    "albumentations": decode_albumentations,
}


def fill(paths: list[str], out: Path, *, side: int, decode: Decode, turn: int, processes: int) -> None:
    """Decode every `processes`-th block, beginning at number `turn`, and write each into its place."""
    item = side * side * 3 * 2
    file = os.open(out, os.O_WRONLY)
    for start in range(turn * BLOCK, len(paths), processes * BLOCK):
        block = np.ascontiguousarray(decode(paths[start : start + BLOCK], side))
        os.pwrite(file, block.view(np.uint8).data, start * item)
    os.close(file)


def run(paths: list[str], out: Path, *, side: int, decode: Decode, processes: int) -> float:
    """Fill the array by forked processes and return the seconds that this took."""
    decode(paths[:1], side)  # the library is imported before the clock starts and before the processes part
    began = time.perf_counter()
    file = os.open(out, os.O_CREAT | os.O_RDWR | os.O_TRUNC)
    os.posix_fallocate(file, 0, len(paths) * side * side * 3 * 2)
    os.close(file)
    children = []
    for turn in range(processes):
        child = os.fork()
        if not child:
            status = 1
            try:
                fill(paths, out, side=side, decode=decode, turn=turn, processes=processes)
                status = 0
            finally:
                os._exit(status)
        children.append(child)
    if any(os.waitpid(child, 0)[1] for child in children):
        raise SystemExit("a process failed")
    return time.perf_counter() - began


def main() -> None:
    """Fill the array from a list of paths, and print how many images took how long as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list", type=Path, help="text file with one path a line")
    parser.add_argument("out", type=Path, help="file for the array, float16, shape (N, side, side, 3)")
    parser.add_argument("--side", type=int, default=48)
    parser.add_argument("--library", choices=DECODERS, default="opencv")
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    paths = options.list.read_text().splitlines()
    seconds = run(paths, options.out, side=options.side, decode=DECODERS[options.library], processes=options.processes)
    print(json.dumps({"images": len(paths), "seconds": seconds}))


if __name__ == "__main__":
    main()
