"""Scaling of series on their device: stored batches come in; windows, or padded rows, with each variable standardised go out."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from datamodules.dataset import Batch, FileDataset
from datamodules.padding import pad_rows
from datamodules.series.batch import SeriesBatch
from toolkit.dataset_file import DatasetFile
from toolkit.errors import DataError, check, wording

__all__ = ["PaddedRows", "ScaledWindows", "Standardize"]

IN_META = ("features", "mean", "std", "target", "known")
BLOCK_ROWS = 256
"""Series that are read at once to fit a scale."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Standardize:
    """Each variable minus its mean, divided by its standard deviation, as fitted on the rows that train.

    It travels in the checkpoint. A kind of batch adds how it is finished.

    Args:
        features: Names of the F columns: the variables, then what is known of the calendar.
        mean: float64, shape (F,).
        std: float64, shape (F,), above 0.
        target: Numbers of the columns that are to be foretold.
        known: Numbers of the columns that are known ahead.
    """

    features: tuple[str, ...]
    mean: Tensor
    std: Tensor
    target: tuple[int, ...]
    known: tuple[int, ...]
    _held: dict[torch.device, tuple[Tensor, Tensor]] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, file: DatasetFile, **more: Any) -> Self:
        """Take what a file of series says of its columns; a column that train knows nothing of stays as it is.

        Args:
            file: A dataset file of series.
            **more: What the kind of batch needs beside.

        Raises:
            DataError: If it does not say it.
        """
        if lacking := [name for name in IN_META if f"meta/{name}" not in file.extents]:
            raise DataError(wording(cls.__name__, "features, mean, std, target and known", "in /meta", f"no {lacking[0]}", at=file.path))
        known = np.isfinite(file.meta["mean"]) & (file.meta["std"] > 0)
        mean, std = (torch.from_numpy(np.where(known, file.meta[name], value)) for name, value in (("mean", 0.0), ("std", 1.0)))
        target, ahead = (tuple(np.flatnonzero(file.meta[name]).tolist()) for name in ("target", "known"))
        return cls(features=tuple(file.texts("meta/features")), mean=mean, std=std, target=target, known=ahead, **more)

    def refit(self, rows: FileDataset) -> Self:
        """Fit mean and deviation anew; columns of the calendar stay as they are, and so do those that are constant or all missing.

        Args:
            rows: Whole series, to be read once.
        """
        count, total, square = (np.zeros(len(self.features)) for _ in range(3))
        for first in range(0, len(rows), BLOCK_ROWS):
            apart = rows[first : first + BLOCK_ROWS].x.numpy() - self.mean.numpy()  # near 0: squares of large values lose their digits
            count += (~np.isnan(apart)).sum(0)
            total += np.nansum(apart, 0)
            square += np.nansum(apart**2, 0)
        shift = total / np.maximum(count, 1)
        std = np.sqrt(np.maximum(square / np.maximum(count, 1) - shift**2, 0))
        fit = (std > 0) & ~np.isin(np.arange(len(std)), self.known)
        mean = torch.from_numpy(np.where(fit, self.mean.numpy() + shift, self.mean.numpy()))
        return replace(self, mean=mean, std=torch.from_numpy(np.where(fit, std, self.std.numpy())))

    def scale(self, values: Tensor) -> Tensor:
        """Standardise values in the units of the source.

        Args:
            values: Floating point, shape (…, F), on any device.

        Returns:
            float32 (float64 of float64), same shape; nan stays nan.
        """
        # one window's worth of constants: broadcasting a few numbers along the last axis is 5 times slower
        mean, std = (part.expand(values.shape[1:]).contiguous() if values.ndim > 1 else part for part in self._on(values))
        return (values - mean).div_(std)

    def unscale(self, values: Tensor, columns: tuple[int, ...] | list[int] | None = None) -> Tensor:
        """Return to the units of the source.

        Args:
            values: Standardised, floating point, shape (…, K), on any device.
            columns: The columns that they are of, K of them, e.g. `target`; None means all F.

        Returns:
            float32 (float64 of float64), same shape.
        """
        mean, std = self._on(values)
        if columns is not None:
            check(len(columns) == values.shape[-1], "unscale", "columns", f"{values.shape[-1]}, as values have", len(columns))
            mean, std = mean[list(columns)], std[list(columns)]
        return values * std + mean

    def _on(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and deviation on a device, held there from the first batch on."""
        if values.device not in self._held:
            self._held[values.device] = self.mean.to(values.device), self.std.to(values.device)
        mean, std = self._held[values.device]
        return (mean, std) if values.dtype == torch.float64 else (mean.float(), std.float())

    def finish(self, batch: Batch) -> Any:
        """Standardise `x` where it now is, and leave its shape."""
        return batch._replace(x=self.scale(batch.x))

    def to_state(self) -> dict[str, Any]:
        """The fields by name, in plain types and tensors."""
        return {part.name: getattr(self, part.name) for part in fields(self) if part.init}


@dataclass(frozen=True, eq=False, kw_only=True)
class ScaledWindows(Standardize):
    """Windows, standardised and cut into past and future.

    Args:
        window: L, steps of the past, at least 1.
    """

    window: int

    def finish(self, batch: Batch) -> SeriesBatch:
        """Finish windows where they now are.

        Args:
            batch: `x` of shape (N, L + H, F) as stored, and its `mask`, if the file has one: without, no value is nan.
        """
        x, missing = self.scale(batch.x), None if batch.mask is None else batch.mask.bool()
        if missing is not None:
            x.nan_to_num_(0.0, torch.inf, -torch.inf)
        return SeriesBatch(x[:, : self.window], x[:, self.window :], missing, batch.index)


class PaddedRows(Standardize):
    """Whole series, standardised and laid out side by side."""

    def finish(self, batch: Batch) -> Batch:
        """Finish series where they now are.

        Args:
            batch: Ragged: `x` of shape (steps, F) as stored, and `lengths`.

        Returns:
            The batch with `x` float32, shape (N, T, F), T at least 1: 0, the mean, behind a series' end and where nothing is known.
        """
        check(batch.lengths is not None, "PaddedRows", "batch", "of ragged rows, with lengths", "none")
        x = self.scale(batch.x).nan_to_num_(0.0, torch.inf, -torch.inf)
        return batch._replace(x=pad_rows(x, batch.lengths), mask=None)  # type: ignore[arg-type]  # just checked
