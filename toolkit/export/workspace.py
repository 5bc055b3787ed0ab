"""Where a dataset file grows until it is whole: a hidden folder beside the target, its lock, its journal, the last rename.

A kill at any moment leaves the target as it was; the next run that takes the lock resumes from the journal or clears what is left.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from toolkit.dataset_file import Extent, Field, write_skeleton
from toolkit.dataset_file.structure import read_structure
from toolkit.errors import DataError, DatasetFileError, ExportError, printable, wording

__all__ = ["Workspace", "refuse_folder"]

_SLACK_BYTES = 1 << 20  # HDF5's own structures: some kilobytes a dataset


def refuse_folder(target: Path, verb: str = "export") -> None:
    """Refuse to write a file where a folder is, which nothing replaces."""
    if target.is_dir():
        raise ExportError(wording(verb, "path", "a file", "a folder", at=str(target)))


class Workspace:
    """The folder ``.NAME.partial`` beside the target, held under a lock while the context lasts.

    Args:
        target: Where the finished file is to appear.
        verb: Who writes it, for messages.

    Raises:
        ExportError: On entering, if another export holds the lock.
    """

    def __init__(self, target: Path, verb: str = "export") -> None:
        self.target, self.verb = target, verb
        self.folder = target.parent / f".{target.name}.partial"
        self.data = self.folder / "data.h5"
        self._journal = self.folder / "journal.jsonl"
        self._lock = -1

    def __enter__(self) -> Self:
        refuse_folder(self.target, self.verb)
        while True:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                place, rule = printable(str(self.target.parent)), "a folder that can be written to"
                raise ExportError(f"{self.verb}: {place} must be {rule}, got: {error.strerror}.") from error
            try:
                self._lock = os.open(self.folder, os.O_RDONLY)
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(self._lock)
                fix = "Wait for it to end, or choose another path."
                raise ExportError(f"{self.verb}: {printable(str(self.target))} is being written by another export. {fix}") from None
            except FileNotFoundError:
                continue  # another run finished and removed the folder in between
            if self.folder.exists() and os.path.samestat(os.fstat(self._lock), self.folder.stat()):
                return self
            os.close(self._lock)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with suppress(OSError):
            if kind and issubclass(kind, DataError):
                self.clear()  # the next run is of other inputs
            self.folder.rmdir()  # if nothing is in it that a next run could use
        os.close(self._lock)

    def resume(self, key: str) -> tuple[dict[str, Extent], list[dict[str, Any]]] | None:
        """Return the skeleton's extents and the journalled blocks of an earlier run of the same job, or None.

        Args:
            key: What the job is; another job's leftovers are of no use.
        """
        try:
            head, *lines = self._journal.read_text().splitlines(keepends=True)
            begun = json.loads(head)
            if begun["key"] != key or self.data.stat().st_size != begun["size"]:
                return None
            extents = {e["path"]: Extent(**{**e, "shape": tuple(e["shape"])}) for e in begun["extents"]}
            if read_structure(self.data)[1] != extents:
                return None
        except (OSError, ValueError, KeyError, TypeError, DatasetFileError):
            return None
        blocks = list(_whole_lines(lines))
        os.truncate(self._journal, len(head) + sum(map(len, lines[: len(blocks)])))  # what is appended must not hang on a torn line
        return extents, blocks

    def begin(self, key: str, fields: Sequence[Field], attributes: dict[str, str | int]) -> dict[str, Extent]:
        """Clear the folder, lay out a new file, reserve its space, and open the journal.

        Raises:
            ExportError: If the disk has too little room.
        """
        self.clear()
        extents = self.create(self.data, fields, attributes)
        head = {"key": key, "size": self.data.stat().st_size, "extents": [asdict(extent) for extent in extents.values()]}
        self._journal.write_text(json.dumps(head) + "\n")
        return extents

    def create(self, path: Path, fields: Sequence[Field], attributes: dict[str, str | int]) -> dict[str, Extent]:
        """Lay out one file and reserve its space, so that filling it cannot meet a full disk."""
        path.unlink(missing_ok=True)
        needed, free = sum(field.size_bytes for field in fields) + _SLACK_BYTES, shutil.disk_usage(self.folder).free
        message = f"{self.verb}: free space must be at least {needed} bytes, got {free} in {printable(str(self.target.parent))}."
        if needed > free:
            raise ExportError(message)
        extents = write_skeleton(path, fields, attributes)
        with open(path, "r+b") as file:
            try:
                os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
            except OSError as error:
                raise ExportError(message) from error
        return extents

    def record(self, block: dict[str, Any]) -> None:
        """Append one finished block to the journal."""
        with open(self._journal, "a") as file:
            file.write(json.dumps(block) + "\n")

    def publish(self, data: Path) -> None:
        """Put a finished file under the target's name, in one step that lasts."""
        with open(data, "r+b") as file:
            os.fsync(file.fileno())
        data.replace(self.target)
        parent = os.open(self.target.parent, os.O_RDONLY)
        os.fsync(parent)
        os.close(parent)

    def clear(self) -> None:
        """Remove what an earlier run left."""
        for entry in self.folder.iterdir():
            entry.unlink()

    def remove(self) -> None:
        """Remove the folder with all that is in it; the lock goes with it."""
        self.clear()
        self.folder.rmdir()


def _whole_lines(lines: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the journal's blocks up to the line that a kill tore, if one did."""
    for line in lines:
        try:
            block = json.loads(line)
        except ValueError:
            return
        if not line.endswith("\n") or not isinstance(block, dict):
            return
        yield block
