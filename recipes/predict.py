"""Raw pictures and a checkpoint come in; one answer for each picture goes out, a bad one with its error, in the order given."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from recipes.checkpoint import Restored, load_checkpoint
from toolkit import images as images_wing
from toolkit.errors import ArgumentError, DataError, check, printable, wording
from toolkit.images import ReadOptions
from toolkit.wing import Encode, Manifest

__all__ = ["list_pictures", "predict"]

BLOCK = 128
"""Pictures decoded and scored at a time."""


def predict(
    checkpoint: str | Path, inputs: Sequence[str | Path], *, read: ReadOptions | None = None, device: str = "cpu"
) -> Iterator[dict[str, Any]]:
    """Classify raw pictures by the very pipeline that made the training data.

    Args:
        checkpoint: A checkpoint that `train` wrote.
        inputs: Pictures, folders of pictures (labelled or not, at any depth), or CSV files (.csv, .tsv, .txt) that list them.
            Where the pipeline cuts to a box, each must be a source with boxes: GTSRB's folders or a CSV with the columns x1, y1,
            x2, y2.
        read: How sources with boxes and CSV files are understood; with a layout other than ``"auto"``, every input.
        device: Where the network runs: ``"cpu"``, ``"cuda"``, ….

    Yields:
        ``{"input", "class", "probability"}`` for each picture in the order given, ``{"input", "error"}`` for one that cannot be
        decoded. What a source names but does not have, such as rows of a CSV without their file, follows at that source's end.

    Raises:
        ArgumentError: If there is no input, or no such device.
        DataError: If the checkpoint cannot be used, or bare pictures meet a pipeline that needs boxes.
    """
    check(len(inputs) > 0, "predict", "inputs", "at least one picture, folder or CSV file", list(inputs))
    restored = load_checkpoint(checkpoint)
    encode = images_wing.encoder(restored.data["pipeline"])
    _move(restored, device)
    # sources are listed before the first answer: a wrong input is refused at once
    return _answer(restored, encode, [list_pictures(restored, source, read, where="predict") for source in inputs], device)


def _answer(restored: Restored, encode: Encode, manifests: list[Manifest], device: str) -> Iterator[dict[str, Any]]:
    for manifest in manifests:
        for start in range(0, len(manifest), BLOCK):
            rows = manifest.take(np.arange(start, min(start + BLOCK, len(manifest))))
            encoded = encode(rows)
            probability, best = _score(restored, encoded.arrays["x"], device)
            for i, name in enumerate(rows.origin):
                if i in encoded.failures:
                    yield {"input": name, "error": encoded.failures[i]}
                else:
                    yield {"input": name, "class": restored.classes[best[i]], "probability": probability[i]}
        for skipped in manifest.skipped:
            yield {"input": skipped.path, "error": skipped.reason}


@torch.inference_mode()
def _score(restored: Restored, stored: np.ndarray[Any, np.dtype[Any]], device: str) -> tuple[list[float], list[int]]:
    images = restored.inputs(torch.from_numpy(stored).to(device))
    probability, best = restored.task(images).softmax(dim=1).max(dim=1)
    return probability.tolist(), best.tolist()


def _move(restored: Restored, device: str) -> None:
    try:
        restored.task.to(device)
    except (RuntimeError, AssertionError) as error:  # torch has no such name, or was built without it
        raise ArgumentError(wording("predict", "device", "one that torch can use here, e.g. cpu", device)) from error


def _needs_boxes(restored: Restored) -> bool:
    return any(step["name"] == "crop_box" for step in restored.data["pipeline"]["steps"])


def list_pictures(restored: Restored, source: str | Path, options: ReadOptions | None = None, *, where: str) -> Manifest:
    """List raw pictures for a checkpoint's pipeline; what is missing is among the skipped.

    Args:
        restored: The checkpoint.
        source: A picture, a folder or a CSV file; a source with boxes where the pipeline cuts to them.
        options: How it is understood.
        where: Who asks, for the message.

    Raises:
        DataError: If the source cannot be read, or lacks the boxes that the pipeline needs.
    """
    path, boxes = os.fspath(source), _needs_boxes(restored)
    listed = path.lower().endswith((".csv", ".tsv", ".txt"))  # as `toolkit.images.read` has it
    if not boxes and not listed and (options is None or options.layout == "auto"):
        return images_wing.read_unlabelled([path])
    if boxes and not listed and not Path(path).is_dir():
        raise _no_box(path, where)
    manifest = images_wing.read(path, options)
    if boxes and "box" not in manifest.columns:
        raise _no_box(path, where)
    return manifest


def _no_box(path: str, where: str) -> DataError:
    fix = "Take a source that has boxes, or train on a dataset preprocessed without crop_box."
    return DataError(f"{where}: input must have boxes, as the checkpoint's pipeline cuts to them, got none in {printable(path)}. {fix}")
