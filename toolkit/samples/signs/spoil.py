"""Plants faults: a folder of drawn pictures and the plan of `faults` come in, spoilt files and their new annotations go out."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.samples.signs.faults import Fault
from toolkit.samples.signs.slots import Annotation

__all__ = ["spoil"]

_STREAM = 9


def spoil(folder: Path, faults: Sequence[Fault], annotations: Mapping[str, Annotation], *, seed: int) -> dict[str, Annotation]:
    """Overwrite the files that are to be faulty; wrong labels were drawn as such already.

    Args:
        folder: The set's folder, every picture drawn.
        faults: From `plan_faults`.
        annotations: Of every picture, by path.
        seed: Decides the random bytes of unreadable files.

    Returns:
        What changes in the annotations: a copy has the size and the box of its original.
    """
    rng = np.random.default_rng((seed, _STREAM))
    changed = {}
    for fault in faults:
        path = folder / fault.path
        match fault.kind:
            case "unreadable":
                path.write_bytes(rng.bytes(path.stat().st_size))
            case "truncated":
                path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
            case "duplicates" | "leaks" | "near_duplicates":
                changed[fault.path] = replace(annotations[fault.truth], path=fault.path)
                copy = _resave if fault.kind == "near_duplicates" else shutil.copyfile
                copy(folder / fault.truth, path)
    return changed


def _resave(original: Path, copy: Path) -> None:
    """Copy a picture a little brighter and through lossy compression, as pictures come back from elsewhere."""
    brighter = cv2.convertScaleAbs(_decode(np.fromfile(original, np.uint8)), alpha=1.04, beta=3)
    compressed = cv2.imencode(".jpg", brighter, [cv2.IMWRITE_JPEG_QUALITY, 90])[1]
    cv2.imencode(".ppm", _decode(compressed))[1].tofile(copy)


def _decode(data: NDArray[np.uint8]) -> Any:
    return cv2.imdecode(data, cv2.IMREAD_COLOR)
