"""The verb `look`: a checkpoint comes in, and perhaps a picture or a dataset file; tables and pictures go into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from datamodules import ImageDataModule
from recipes.checkpoint import Restored, load_checkpoint
from recipes.evaluate import note_reading, refuse_mismatch
from recipes.look.draw import draw_filters, draw_maps, draw_mistakes
from recipes.look.kernels import Filters, compare_filters
from recipes.look.maps import activated_maps
from recipes.look.mistakes import Mistakes, find_mistakes, write_mistakes
from recipes.look.result import LookResult
from recipes.look.table import build_table, write_table
from recipes.look.trace import trace
from recipes.precision import full_float32
from recipes.predict import list_pictures
from toolkit import images as images_wing
from toolkit.errors import DataError, check, printable, wording
from toolkit.images import ReadOptions

__all__ = ["look"]

BATCH_SIZE = 256
MAX_MISTAKES = 24
"""Mistakes in the picture; the CSV has all."""

Chosen = tuple[str, NDArray[Any]]
"""A picture's name, and its pixels as stored, shape (H, W, C)."""


def look(
    checkpoint: str | Path,
    path: str | Path | None = None,
    *,
    picture: str | Path | None = None,
    row: int | None = None,
    split: Literal["val", "test"] = "val",
    folder: str | Path | None = None,
) -> LookResult:
    """Look inside a trained network: its table and first filters; with a picture its feature maps, with a file its mistakes.

    Computed in full float32 on the CPU.

    Args:
        checkpoint: A checkpoint that `train` wrote.
        path: A dataset file whose pipeline and classes are those of the checkpoint: its mistakes are told, and the run's ledger
            notes that the split was read.
        picture: A raw picture, or a source that lists just one; it goes through the pipeline stored in the checkpoint. Where that
            cuts to a box, a source with boxes.
        row: A row of the split to take instead of a picture.
        split: ``"val"`` or ``"test"``.
        folder: Where to; None takes ``look`` in the run folder (``look_last`` for last.ckpt), and for a checkpoint outside a run
            ``<its name>_look`` beside it.

    Raises:
        ArgumentError: If the options do not go together, or there is no such row.
        DataError: If the checkpoint cannot be used, the file does not fit it, or the picture cannot be read.

    Example:
        >>> print(look("runs/signs/001/checkpoints/best.ckpt", "signs.h5", row=7))  # doctest: +SKIP
    """
    check(split in ("val", "test"), "look", "split", "val or test", split)
    check(picture is None or row is None, "look", "row", "left out with a picture", row)
    check(row is None or path is not None, "look", "row", "left out without a dataset file", row)
    restored = load_checkpoint(checkpoint)
    if restored.kind != "images":
        got = f"{type(restored.task.network).__name__}, trained on {restored.kind},"
        raise DataError(wording("look", "network", "one of pictures", got, at=str(restored.path), fix="See its run with foudre report."))
    network, (height, width, channels) = restored.task.network, images_wing.encoder(restored.data["pipeline"]).shape
    data = None if path is None else _open(restored, path, split)
    chosen = _read_picture(restored, picture) if picture is not None else _read_row(data, split, row) if data and row is not None else None
    target = _folder(restored) if folder is None else Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    with full_float32():
        calls = trace(network, torch.zeros(1, channels, height, width))
        layers = build_table(network, calls)
        write_table(target / "layers.csv", layers)
        first = next(((call.name, call.layer) for call in calls if isinstance(call.layer, nn.Conv2d)), None)
        filters = _show_filters(target / "filters.png", *first) if first else None
        if chosen is not None:
            _show_maps(target / "feature_maps.png", restored, *chosen)
        mistakes = None if data is None else _show_mistakes(target / f"{split}_mistakes", restored, data, split)
    made = {
        "layers.csv": True,
        "filters.png": first is not None,
        "feature_maps.png": chosen is not None,
        f"{split}_mistakes.csv": mistakes is not None,
        f"{split}_mistakes.png": mistakes is not None and mistakes.worst_first,
    }
    files = tuple(name for name, there in made.items() if there)
    parameters = sum(parameter.numel() for parameter in network.parameters())
    return LookResult(str(checkpoint), str(target), files, (channels, height, width), layers, parameters, filters, mistakes)


def _folder(restored: Restored) -> Path:
    stem = restored.path.stem
    if restored.run is None:
        return restored.path.parent / f"{stem}_look"
    return restored.run / ("look" if stem == "best" else f"look_{stem}")


def _open(restored: Restored, path: str | Path, split: str) -> ImageDataModule:
    data = ImageDataModule(path, batch_size=BATCH_SIZE)
    refuse_mismatch(restored, data, split, where="look")
    data.require(split)
    return data


def _read_row(data: ImageDataModule, split: str, row: int) -> Chosen:
    part = data.file[split]
    check(0 <= row < len(part), "look", "row", f"in [0, {len(part)})", row, at=f"{data.path}, {split}")
    return part.source[row], np.array(part.x[row])


def _read_picture(restored: Restored, picture: str | Path) -> Chosen:
    """Send a raw picture through the stored pipeline."""
    manifest = list_pictures(restored, picture, ReadOptions(group="none"), where="look")
    if len(manifest) > 1:
        raise DataError(wording("look", "picture", "one picture", len(manifest), at=str(picture)))
    encoded = images_wing.encoder(restored.data["pipeline"])(manifest)
    reasons = [*encoded.failures.values(), *(skipped.reason for skipped in manifest.skipped)]
    if reasons or not len(manifest):
        reason = printable(reasons[0] if reasons else "nothing")
        raise DataError(f"look: picture must be readable, got this in {printable(str(picture))}: {reason}")
    return manifest.origin[0], encoded.arrays["x"][0]


def _show_filters(png: Path, name: str, layer: nn.Conv2d) -> Filters | None:
    weights: NDArray[np.float32] = layer.weight.detach().float().numpy()
    filters = compare_filters(name, weights)
    count, _, height, width = weights.shape
    title, note = f"{printable(name, 40)}: {count} filters of {height}×{width}", "Each is stretched around grey, which is 0."
    if filters:
        title += ", each beside the edge kernel that it is most like"
        below = "Below the colours their sum, and the cosine of that" if weights.shape[1] == 3 else "Below, the cosine"
        note = f"{below} with the kernel; − if bright and dark are exchanged. Half of all filters of noise reach {filters.chance:.2f}."
    draw_filters(png, weights, filters.likeness if filters else (), title=title, note=note)
    return filters


@torch.inference_mode()
def _show_maps(png: Path, restored: Restored, name: str, stored: NDArray[Any]) -> None:
    images = restored.inputs(torch.from_numpy(stored[None]))
    probability, best = restored.task(images).softmax(dim=1).max(dim=1)
    taken = f"Taken for {printable(restored.titles[int(best)], 60)} at {float(probability):.3f}."
    note = f"{taken} Each row has one scale, from its lowest value (dark) to its highest (bright)."
    maps = activated_maps(trace(restored.task.network, images))
    draw_maps(png, stored, maps, title=f"What each convolution makes of {printable(name, 90)}", note=note)


def _show_mistakes(stem: Path, restored: Restored, data: ImageDataModule, split: str) -> Mistakes:
    mistakes = find_mistakes(restored, data, split)
    found = mistakes.worst_first
    note_reading(restored, data, split, mistakes=len(found))
    write_mistakes(stem.with_suffix(".csv"), mistakes)
    png = stem.with_suffix(".png")
    png.unlink(missing_ok=True)  # an earlier look's, which would be wrong where there are no mistakes any more
    worst = found[:MAX_MISTAKES]
    if worst:
        pictures = [np.array(data.file[split].x[mistake.row]) for mistake in worst]
        title = f"The {len(worst)} worst of {len(found):,} mistakes on {mistakes.samples:,} samples of {split}"
        draw_mistakes(png, pictures, worst, title=title, note="By loss: the less probable the true class was held to be, the worse.")
    return mistakes
