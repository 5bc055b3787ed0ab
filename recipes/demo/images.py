"""The demo of images: nothing comes in; drawn signs, a dataset file, a trained network, its figures and pictures go out."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from recipes.demo.folder import Demo, clear
from recipes.demo.steps import command, fit, indented, judge
from recipes.predict import predict
from toolkit.dataset_file import DatasetFile, open_dataset
from toolkit.preprocess import preprocess_images
from toolkit.samples import DrawnSigns, SignFaults, SignOptions, contact_sheet, draw_signs, write_png
from toolkit.wing import Progress, silent

__all__ = ["demo_images"]

DEFAULT_SIGNS = SignOptions(faults=SignFaults(unreadable=2, truncated=1))
NUM_SHOWN = 48
NUM_SAID = 5


def demo_images(
    folder: str | Path, *, say: Callable[[str], None], progress: Progress = silent, signs: SignOptions = DEFAULT_SIGNS, epochs: int = 8
) -> Demo:
    """Draw traffic signs, preprocess, train, evaluate and predict.

    Args:
        folder: Where to; new, empty, or what an earlier demo of images left, which is replaced.
        say: Told in a few lines what each step does and the command for it.
        progress: Told how far drawing and preprocessing are.
        signs: What to draw; a few files are broken on purpose, to show what becomes of them.
        epochs: How long to train, at least 1.

    Returns:
        Where everything lies.

    Raises:
        ArgumentError: If the folder holds something else.
    """
    began = time.monotonic()
    folder = clear(folder, "images")
    say("1. Traffic signs, drawn as a car's camera sees them: tracks of frames, and a few broken files")
    drawn = draw_signs(folder / "GTSRB", options=signs, progress=progress)
    say(f"   {drawn.num_train} pictures to learn from, {drawn.num_test} to be tested on, {len(drawn.classes)} classes")

    path = folder / "signs.h5"
    say("\n2. One checked dataset file; no track stands in two splits")
    say(command("preprocess", "images", drawn.folder, path))
    say(indented(preprocess_images(drawn.folder, path, progress=progress)))
    file = open_dataset(path)
    sheet = _write_signs(folder / "signs.png", file)

    say("\n3. A small convolutional network, chosen by its loss on val")
    options = ("--data.batch_size", "64", "--trainer.max_epochs", str(epochs))
    checkpoint = Path(fit("signs", path, *options, run=folder / "run", say=say).checkpoint or "")

    say("\n4. How good it is on pictures that it never saw")
    accuracy = judge(checkpoint, path, say=say)

    raw = drawn.folder / "Final_Test" / "Images"
    say("\n5. What it says about raw files")
    say(command("predict", checkpoint, raw))
    answers = list(islice(predict(checkpoint, [raw]), NUM_SHOWN))
    for answer in answers[:NUM_SAID]:
        name = Path(answer["input"]).name
        say(
            f"   {name}: {answer['error']}"
            if "error" in answer
            else f"   {name}: {drawn.classes[answer['class']]}, {answer['probability']:.0%}"
        )
    predictions = _write_predictions(folder / "predictions.png", answers, raw, file, drawn)

    pictures = (sheet, predictions, folder / "run" / "test_confusion.png")
    return Demo(folder, path, checkpoint, accuracy, pictures).conclude(say, time.monotonic() - began)


def _write_signs(path: Path, file: DatasetFile) -> Path:
    """Draw a sheet of training pictures as the dataset file stores them, spread over the classes."""
    train_part = file["train"]
    rows = np.linspace(0, len(train_part) - 1, NUM_SHOWN).astype(np.int64)
    write_png(path, contact_sheet(list(np.asarray(train_part.x[rows]))))
    return path


def _write_predictions(path: Path, answers: list[dict[str, Any]], raw: Path, file: DatasetFile, drawn: DrawnSigns) -> Path:
    """Draw a sheet of raw test pictures with what was said about each; green is right, red is wrong."""
    labels = file["test"].y
    truth = {
        Path(source).name: file.classes[label]
        for source, label in zip(file["test"].source, labels if labels is not None else (), strict=True)
    }
    said = [answer for answer in answers if "class" in answer]
    images = [_read_rgb(raw / Path(answer["input"]).name) for answer in said]
    right = [truth.get(Path(answer["input"]).name) == answer["class"] for answer in said]
    write_png(path, contact_sheet(images, captions=[drawn.classes[answer["class"]] for answer in said], frames=right))
    return path


def _read_rgb(path: Path) -> NDArray[Any]:
    return np.asarray(cv2.imread(str(path)))[..., ::-1]
