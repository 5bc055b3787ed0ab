"""Checkpoints, read with suspicion: a path comes in, a rebuilt task and what it knows of its data go out, to evaluate and predict."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar
from zipfile import is_zipfile

import torch

from datamodules import Normalize
from recipes.models import Network
from recipes.tasks import Task
from toolkit.errors import DataError, printable, wording

__all__ = ["Restored", "load_checkpoint"]

Kind = TypeVar("Kind")


@dataclass(frozen=True, eq=False)
class Restored:
    """A trained task and its data's description.

    Args:
        path: The checkpoint.
        task: In evaluation mode, on the CPU.
        data: What the datamodule left: kind, digest, pipeline, classes, normalize.
    """

    path: Path
    task: Task
    data: Mapping[str, Any]

    @property
    def run(self) -> Path:
        """The run folder that the checkpoint lies in."""
        return self.path.parent.parent if self.path.parent.name == "checkpoints" else self.path.parent

    @property
    def classes(self) -> list[str]:
        """Class names in the order of their ids."""
        return list(self.data["classes"])

    @property
    def normalize(self) -> Normalize:
        """How images were scaled in training."""
        stored = self.data["normalize"]
        return Normalize(stored["mode"], tuple(stored["mean"]), tuple(stored["std"]))


def load_checkpoint(path: str | Path) -> Restored:
    """Load a checkpoint that a recipe wrote; no code in it is run.

    Args:
        path: A ``.ckpt`` file.

    Raises:
        DataError: If it is missing, damaged, or was not written by a Foudre task with a Foudre datamodule.
    """
    path = Path(path)
    content = _read(path)
    parts = [part for part in content.values() if isinstance(part, dict)]  # Lightning keeps the datamodule's under its class name
    data = next((part for part in parts if {"pipeline", "classes", "digest"} <= part.keys()), None)
    if "foudre" not in content or data is None:
        fix = "Train a recipes.tasks.Task with a datamodule of Foudre's."
        raise DataError(f"load: {printable(str(path))} must hold a task and its data, got a checkpoint without them. {fix}")
    network = _find(content["foudre"]["network"], Network, path)(**content["foudre"]["settings"])
    task = _find(content["foudre"]["task"], Task, path)(network)
    task.load_state_dict(content["state_dict"])
    return Restored(path, task.eval(), data)


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise DataError(f"load: checkpoint must exist, got nothing at {printable(str(path))}.")
    if not is_zipfile(path):
        raise DataError(f"load: checkpoint must be one that torch wrote, got another or a truncated file in {printable(str(path))}.")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, pickle.UnpicklingError) as error:
        reason = printable(str(error).split("\n", 1)[0])
        raise DataError(f"load: checkpoint must be readable, got this in {printable(str(path))}: {reason}") from error
    return content if isinstance(content, dict) else {}


def _find(class_path: str, kind: type[Kind], at: Path) -> type[Kind]:
    """Import a class by its path; anything but a subclass of `kind` is refused."""
    module, _, name = class_path.rpartition(".")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        fix = "Put the module that defines it on the import path."
        raise DataError(wording("load", kind.__name__.lower(), "importable", class_path, at=str(at), fix=fix)) from error
    if not (isinstance(found, type) and issubclass(found, kind)):
        raise DataError(wording("load", kind.__name__.lower(), f"a subclass of {kind.__name__}", class_path, at=str(at)))
    return found
