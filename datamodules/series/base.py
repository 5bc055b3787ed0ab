"""What the datamodules of series share: what a file says of its columns, and how they are scaled where a fold trains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from datamodules.dataset import FileDataset
from datamodules.module import FileDataModule
from datamodules.series.scale import Standardize
from toolkit.errors import DataError, wording

__all__ = ["SeriesFileDataModule"]

Scale = TypeVar("Scale", bound=Standardize)


class SeriesFileDataModule(FileDataModule):
    """Reads a file of series, as the arguments of `FileDataModule` say; a subclass says how series become samples."""

    kind: ClassVar[str | None] = "series"

    finisher: ClassVar[type[Standardize]] = Standardize
    """What finishes batches."""

    view: Standardize

    @classmethod
    def view_of(cls, state: Mapping[str, Any]) -> Standardize:
        """Rebuild the scale that a checkpoint was trained with."""
        return cls.finisher(**state["view"])

    def fit_scale(self, **more: Any) -> None:
        """Take the file's scale, fitted on train; or fit it on the rows that train in a fold.

        Args:
            **more: What the kind of batch needs beside.

        Raises:
            DataError: If folds would have to cut series in time.
        """
        self.view = self.finisher.of(self.file, **more)
        if self.fold is None:
            return
        names = [name for split in self.file.splits if split != "test" for name in set(self.file[split].source)]
        if len(set(names)) < len(names):
            fix = "Compare seeds instead; folds are for files whose series are in one split each."
            raise DataError(
                wording(type(self).__name__, "fold", "left away where time cuts series", self.fold.number, at=self.path, fix=fix)
            )
        split, rows = super().rows("train")
        self.view = self.view.refit(FileDataset(self.file, split, array="x", rows=rows))

    @property
    def features(self) -> tuple[str, ...]:
        """Names of all columns: the variables, then what is known of the calendar."""
        return self.view.features

    @property
    def num_features(self) -> int:
        """Columns of a step."""
        return len(self.features)

    @property
    def step(self) -> str:
        """What lies between two steps, such as ``"1h"``; empty if it is unknown."""
        return str(self.file.pipeline.get("step", ""))

    @property
    def zone(self) -> str:
        """The time zone that stamps were read in; empty where there are none."""
        return str(self.file.pipeline.get("zone", ""))

    def state_dict(self) -> dict[str, Any]:
        """Say what a checkpoint must know of its data, the scale included."""
        return {**super().state_dict(), "view": self.view.to_state()}
