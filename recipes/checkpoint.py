"""Checkpoints, read with suspicion: a path comes in, a rebuilt task and what it knows of its data go out, to evaluate and predict."""

from __future__ import annotations

import pickle
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar
from zipfile import BadZipFile, ZipFile, is_zipfile

import torch
from torch import Tensor

import datamodules
from datamodules import Batch, FileDataModule, ImageDataModule, SeriesDataModule, TextDataModule, View, WholeSeriesDataModule
from datamodules.text.word_state import restore_vocabulary
from recipes.models import Network
from recipes.run_folder import find_checkpoint
from recipes.tasks import Task
from toolkit import images as images_wing
from toolkit import series as series_wing
from toolkit import text as text_wing
from toolkit.errors import DataError, printable, wording
from toolkit.wing import Encode, title_classes

__all__ = ["Restored", "load_checkpoint", "read_checkpoint"]

Kind = TypeVar("Kind")


@dataclass(frozen=True, eq=False)
class Restored:
    """A trained task and its data's description.

    Args:
        path: The checkpoint.
        task: In evaluation mode, on the CPU.
        data: What the datamodule left: kind, digest, pipeline, classes.
        data_class: The datamodule.
        view: How it finished batches in training.
    """

    path: Path
    task: Task
    data: Mapping[str, Any]
    data_class: type[FileDataModule]
    view: View

    @property
    def run(self) -> Path | None:
        """The run folder that the checkpoint lies in; None if it lies elsewhere."""
        folder = self.path.absolute().parent
        return folder.parent if folder.name == "checkpoints" and (folder.parent / "config.yaml").is_file() else None

    @property
    def kind(self) -> str:
        """The kind of data that it was trained on."""
        return str(self.data["kind"])

    def open(self, path: str | Path, **options: Any) -> FileDataModule:
        """Open a dataset file with the datamodule of training, whose batches are finished as they were then.

        Args:
            path: A dataset file of the same kind.
            options: As the datamodule takes them, e.g. `batch_size`.
        """
        data = self.data_class(path, **self.data_class.options_of(self.data), **options)
        data.view = self.view
        return data

    def encoder(self) -> Encode:
        """Rebuild what turned raw input into the arrays of the training data.

        Raises:
            DataError: If this version cannot follow the stored pipeline.
        """
        if self.kind == "text":
            return text_wing.encoder(self.data["pipeline"], restore_vocabulary(self.data["vocabulary"]))
        if self.kind == "series":
            return series_wing.encoder(self.data["pipeline"])
        return images_wing.encoder(self.data["pipeline"])

    def inputs(self, stored: Tensor) -> Tensor:
        """Turn pictures as stored, shape (N, H, W, C), into what the task takes: float32, normalised, shape (N, C, H, W)."""
        finished: Batch = self.view.finish(Batch(stored, None, torch.arange(len(stored))))
        return finished.x

    @property
    def classes(self) -> list[str]:
        """Class names in the order of their ids."""
        return list(self.data["classes"])

    @property
    def class_names(self) -> list[str]:
        """What people call each class, empty where they have no other name."""
        return list(self.data.get("class_names") or [""] * len(self.classes))

    @property
    def titles(self) -> list[str]:
        """What pages call each class."""
        return list(title_classes(self.classes, self.class_names))


def load_checkpoint(path: str | Path) -> Restored:
    """Load a checkpoint that a recipe wrote; no code in it is run, and it makes no module be imported but those of `recipes`.

    Args:
        path: A ``.ckpt`` file, or a run folder: its chosen checkpoint, or the last where nothing was chosen.

    Raises:
        DataError: If it is missing, damaged, was not written by a Foudre task with a Foudre datamodule, or names a class of a
            module that is neither one of `recipes` nor already imported.
    """
    path = find_checkpoint(Path(path))
    content = read_checkpoint(path)
    parts = {name: part for name, part in content.items() if isinstance(part, dict)}
    # Lightning keeps the datamodule's under its class name
    name, data = next(((name, part) for name, part in parts.items() if {"pipeline", "classes", "digest"} <= part.keys()), ("", None))
    if "foudre" not in content or data is None:
        fix = "Train a recipes.tasks.Task with a datamodule of Foudre's."
        raise DataError(f"load: {printable(str(path))} must hold a task and its data, got a checkpoint without them. {fix}")
    try:
        _check_data(data)
        data_class = _data_class(name, data)
        return Restored(path, _rebuild(content, path), data, data_class, data_class.view_of(data))
    except DataError:
        raise
    except Exception as error:  # whatever a foreign checkpoint's values do to constructors
        reason = printable(" ".join(f"{type(error).__name__} {error}".split()))
        raise DataError(f"load: checkpoint must hold what rebuilds its task, got this from {printable(str(path))}: {reason}") from error


def _data_class(name: str, data: Mapping[str, Any]) -> type[FileDataModule]:
    """Our datamodule of that name; for one of a user's own, the one of its kind."""
    found = getattr(datamodules, name, None)
    if isinstance(found, type) and issubclass(found, FileDataModule) and found.kind:
        return found
    series = SeriesDataModule if "window" in data else WholeSeriesDataModule
    return {"images": ImageDataModule, "text": TextDataModule, "series": series}[data["kind"]]


def _check_data(data: Mapping[str, Any]) -> None:
    classes = data["classes"]
    named = classes or data["kind"] in ("text", "series")  # of what goes on, classes are not asked for
    if not (isinstance(classes, list) and named and all(isinstance(name, str) for name in classes)):
        raise TypeError(f"classes {classes!r}")
    names = data.get("class_names", [])
    if not (isinstance(names, list) and len(names) in (0, len(classes)) and all(isinstance(name, str) for name in names)):
        raise TypeError(f"class_names {names!r}")
    if not isinstance(data["pipeline"], dict):
        raise TypeError(f"pipeline {data['pipeline']!r}")


def _rebuild(content: Mapping[str, Any], path: Path) -> Task:
    made = content["foudre"]
    network = _find(made["network"], Network, path)(**made["settings"])
    task = _find(made["task"], Task, path)(network, **made["task_settings"])
    task.load_state_dict(content["state_dict"])
    return task.eval()


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Read what a checkpoint holds; no code in it is run.

    Args:
        path: A ``.ckpt`` file.

    Raises:
        DataError: If it is missing or damaged.
    """
    if not path.is_file():
        raise DataError(f"load: checkpoint must exist, got nothing at {printable(str(path))}.")
    if not is_zipfile(path):
        raise DataError(f"load: checkpoint must be one that torch wrote, got another or a truncated file in {printable(str(path))}.")
    try:
        with ZipFile(path) as archive:
            damaged = archive.testzip()  # torch itself compares no checksum
        if damaged:
            raise DataError(f"load: checkpoint must be as it was written, got a damaged {damaged} in {printable(str(path))}.")
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, BadZipFile, pickle.UnpicklingError) as error:
        reason = printable(re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split("\n", 1)[0])  # torch colours its words
        raise DataError(f"load: checkpoint must be readable, got this in {printable(str(path))}: {reason}") from error
    return content if isinstance(content, dict) else {}


def _find(class_path: str, kind: type[Kind], at: Path) -> type[Kind]:
    """Look a class up by its path, in `recipes` or in what is already imported; anything but a subclass of `kind` is refused."""
    module, _, name = class_path.rpartition(".")
    try:
        # importing runs code: a checkpoint may not say which
        found = getattr(import_module(module) if module.startswith("recipes.") else sys.modules[module], name)
    except (ImportError, AttributeError, KeyError) as error:
        fix = "Import the module that defines it first."
        raise DataError(wording("load", kind.__name__.lower(), "of recipes or imported", class_path, at=str(at), fix=fix)) from error
    if not (isinstance(found, type) and issubclass(found, kind)):
        raise DataError(wording("load", kind.__name__.lower(), f"a subclass of {kind.__name__}", class_path, at=str(at)))
    return found
