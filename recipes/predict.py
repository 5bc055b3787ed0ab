"""Raw input and a checkpoint come in; one answer for each sample goes out, a bad one with its error, in the order given."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from datamodules import Batch
from recipes.checkpoint import Restored, load_checkpoint
from recipes.forecast.onward import Onward
from recipes.forecast.reading import advise, reading_like
from recipes.tasks import Classifier, Forecaster
from toolkit import images as images_wing
from toolkit import series as series_wing
from toolkit import text as text_wing
from toolkit.errors import ArgumentError, DataError, check, printable, wording
from toolkit.images import ReadOptions
from toolkit.options import options_of
from toolkit.series import SeriesReadOptions
from toolkit.sources import archive_stem
from toolkit.text import TextReadOptions
from toolkit.wing import Encode, Encoded, Manifest, Skipped

__all__ = ["list_pictures", "predict"]

BLOCK = 128
"""Samples read and scored at a time."""

AnyOptions = ReadOptions | TextReadOptions | SeriesReadOptions
"""How a source is read, of any kind."""

Listed = tuple[Path, Manifest]
"""The samples of an input, and what their names begin with."""


def predict(
    checkpoint: str | Path,
    inputs: Sequence[str | Path],
    *,
    read: AnyOptions | Mapping[str, Any] | None = None,
    device: str = "cpu",
    steps: int | None = None,
) -> Iterator[dict[str, Any]]:
    """Classify raw input, or foretell how raw series go on, by the very pipeline that made the training data.

    Args:
        checkpoint: A checkpoint that `train` wrote.
        inputs: Of pictures: pictures, folders or archives of them (labelled or not, at any depth), CSV files (.csv, .tsv, .txt) that list
            them, or another source that `toolkit.images.read` takes. Where the pipeline cuts to a box, each must be a source with boxes:
            GTSRB's folders, also that of its test images alone, annotations as COCO, Pascal VOC or YOLO have them, or a CSV with the
            columns x1, y1, x2, y2. Of texts: folders of .txt files, .txt files, or tables (.csv, .tsv,
            .jsonl, .parquet), also compressed. A .txt file is one text if the network learned from texts that were files of their own,
            else a text a line. Of series: what `toolkit.series.read` takes, read as the training data were.
        read: How sources are understood: options of the checkpoint's kind, or some of their values by name; for pictures with a layout
            other than ``"auto"``, every input. Of texts, the layout ``"lines"`` or ``"paragraphs"`` says what a .txt file holds.
        device: Where the network runs: ``"cpu"``, ``"cuda"``, ….
        steps: Of a forecast, how many steps are foretold behind each series' end; None is the horizon of training.

    Yields:
        ``{"input", "class", "probability"}``, and ``"name"`` where people call the class by another, for each sample in the order
        given, also its ``"box"``, x1, y1, x2, y2 in pixels with both corners inside, where boxes of a picture are the samples;
        ``{"input", "error"}`` for one that cannot be decoded, and for an input that cannot be read at all. What a source names but does
        not have, such as rows of a CSV without their file, follows at that source's end. Names begin with the input's path as it was
        given. Of a forecast, ``{"input", "times", "values"}`` for each series, as `recipes.forecast.onward` has it.

    Raises:
        ArgumentError: If there is no input, or no such device.
        DataError: If the checkpoint cannot be used or names no classes.
    """
    check(len(inputs) > 0, "predict", "inputs", "at least one picture, text, folder or table", list(inputs))
    restored = load_checkpoint(checkpoint)
    if not isinstance(restored.task, Classifier | Forecaster):
        fix = "A language model goes on with a text: foudre generate."
        raise DataError(wording("predict", "task", "one that names classes", type(restored.task).__name__, at=str(restored.path), fix=fix))
    encode = restored.encoder()
    _move(restored, device)
    if read is None and restored.kind == "series":
        read = {}  # as its pipeline says
    options = _read_options(restored, **read) if isinstance(read, Mapping) else read
    only: tuple[str, ...] = ()
    if isinstance(options, SeriesReadOptions):  # labels are not looked at, and the network foretells the targets of training
        only, options = options.target, replace(options, label="", target=())
    # sources are listed before the first answer: a wrong option is refused at once
    if isinstance(restored.task, Forecaster):
        onward = Onward(restored, restored.task.network.horizon if steps is None else steps, only)
        return _go_on(onward, [_list(restored, source, options) for source in inputs])
    check(steps is None, "predict", "steps", "left out where classes are predicted", steps)
    check(not only, "predict", "target", "left out where classes are predicted", ", ".join(only))
    return _answer(restored, encode, [_list(restored, source, options) for source in inputs], device)


def _go_on(onward: Onward, sources: list[Listed]) -> Iterator[dict[str, Any]]:
    for base, manifest in sources:
        yield from onward.answer(manifest, [str(base / origin) for origin in manifest.origin])
        for skipped in manifest.skipped:
            yield {"input": str(base / skipped.path), "error": skipped.reason}


def _read_options(restored: Restored, **given: Any) -> AnyOptions:
    """Options of the checkpoint's kind; a sample is predicted whether or not its label or group is known."""
    if restored.kind == "series":
        return reading_like(restored.data["pipeline"], given)
    unlabelled = {"label": "none", "group": "none"} if restored.kind == "text" else {"group": "none"}
    options: ReadOptions | TextReadOptions = options_of(restored.kind, **{**given, **unlabelled})["read"]
    return options


def _list(restored: Restored, source: str | Path, read: AnyOptions | None) -> Listed:
    """List an input's samples; one that cannot be read is skipped as a whole."""
    path = Path(source)
    try:
        manifest = _read(restored, source, read)
    except DataError as error:
        reason = advise(error, restored.data["pipeline"]) if restored.kind == "series" else str(error)
        return Path(), Manifest(restored.kind, "", (), skipped=(Skipped(str(source), reason),))
    base, root = path if path.is_dir() else path.parent, Path(manifest.root)
    if root.is_relative_to(base.absolute()):
        return base / root.relative_to(base.absolute()), manifest
    return Path() if root == Path.cwd() else root, manifest  # names begin as the input does already, or lie beside it


def _read(restored: Restored, source: str | Path, read: AnyOptions | None) -> Manifest:
    ours = {"text": TextReadOptions, "series": SeriesReadOptions}.get(restored.kind, ReadOptions)
    check(isinstance(read, ours | None), "predict", "read", f"{ours.__name__} for {restored.kind}", type(read).__name__)
    if restored.kind == "text":
        return _read_texts(restored, Path(source), read or TextReadOptions(label="none", group="none"))  # type: ignore[arg-type]  # just checked
    if restored.kind == "series":
        return series_wing.read(source, read)  # type: ignore[arg-type]
    return list_pictures(restored, source, read, where="predict")  # type: ignore[arg-type]


def _read_texts(restored: Restored, path: Path, options: TextReadOptions) -> Manifest:
    """List raw texts: a .txt file is one text where those of training were, unless a layout says otherwise."""
    one = restored.data.get("whole_files") and options.layout == "auto" and path.suffix.lower() == ".txt" and path.is_file()
    if not one:
        return text_wing.read(path, options)
    reading = {"format": "files", "encoding": options.encoding, "file": ""}
    return Manifest(restored.kind, str(path.absolute().parent), (path.name,), reading=reading)


def _answer(restored: Restored, encode: Encode, sources: list[Listed], device: str) -> Iterator[dict[str, Any]]:
    names = restored.class_names
    for base, manifest in sources:
        inside = base / manifest.file if archive_stem(manifest.file) else base
        above = base if manifest.reading.get("files") else inside  # rows that lie in an archive itself begin with its name
        for start in range(0, len(manifest), BLOCK):
            rows = manifest.take(np.arange(start, min(start + BLOCK, len(manifest))))
            encoded = encode(rows)
            probability, best = _score(restored, encoded, device)
            for i, name in enumerate(str(above / origin) for origin in rows.origin):
                sample = {"input": name} | ({"box": rows.columns["box"][i].tolist()} if rows.reading.get("cut") else {})
                if i in encoded.failures:
                    yield {**sample, "error": encoded.failures[i]}
                else:
                    called = {"name": names[best[i]]} if names[best[i]] else {}
                    yield {**sample, "class": restored.classes[best[i]], **called, "probability": probability[i]}
        for skipped in manifest.skipped:
            yield {"input": str(inside / skipped.path), "error": skipped.reason}


@torch.inference_mode()
def _score(restored: Restored, encoded: Encoded, device: str) -> tuple[list[float], list[int]]:
    stored = next(iter(encoded.arrays.values()))  # behind it, of series, stand times and what is missing
    count = len(stored) if encoded.lengths is None else len(encoded.lengths)
    lengths = None if encoded.lengths is None else torch.from_numpy(encoded.lengths).to(device)
    batch = Batch(torch.from_numpy(stored).to(device), None, torch.arange(count), lengths)
    probability, best = restored.task.predict_step(restored.view.finish(batch)).max(dim=1)
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
        source: A picture, a folder or an archive of them, or what `toolkit.images.read` takes; with boxes where the pipeline cuts to them.
        options: How it is understood.
        where: Who asks, for the message.

    Raises:
        DataError: If the source cannot be read, or lacks the boxes that the pipeline needs.
    """
    boxes = _needs_boxes(restored)
    manifest = images_wing.read_raw(source, options, boxes=boxes)
    if boxes and len(manifest) and "box" not in manifest.columns:
        raise _no_box(os.fspath(source), where)
    return manifest


def _no_box(path: str, where: str) -> DataError:
    fix = "Take a source that has boxes, or train on a dataset preprocessed without crop_box."
    return DataError(f"{where}: input must have boxes, as the checkpoint's pipeline cuts to them, got none in {printable(path)}. {fix}")
