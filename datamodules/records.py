"""The items of one stored array, looked up by place: mapped pieces come in, gathered tensors go out, to the datasets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["DeviceRecords", "Records"]


class Records:
    """An array of items, or several laid end to end, whose items are copied as opaque records.

    numpy copies records with memcpy, whatever the dtype: 1.5 to 10 times faster.

    Args:
        pieces: Each of shape (items, …), of one dtype and item shape; in memory or mapped.
    """

    def __init__(self, pieces: Sequence[NDArray[Any]]) -> None:
        self.item_shape, self.dtype = pieces[0].shape[1:], pieces[0].dtype
        self._item_bytes = self.dtype.itemsize * math.prod(self.item_shape)
        self._pieces = [_as_records(piece) for piece in pieces if piece.size]
        self._firsts = np.cumsum([0, *map(len, self._pieces)])

    def take(self, places: NDArray[np.int64]) -> Tensor:
        """Gather items.

        Args:
            places: int64, shape (N,), each in [0, items): counted through all pieces.

        Returns:
            As stored, shape (N, …).
        """
        values = np.empty((len(places), *self.item_shape), self.dtype)
        if values.size and len(self._pieces) == 1:
            # numpy's "raise" would buffer the whole output, "clip" writes straight into it; the bounds were looked at before
            np.take(self._pieces[0], places, out=_as_records(values), mode="clip")
        elif values.size:
            records = _as_records(values)
            for piece, first in zip(self._pieces, self._firsts, strict=False):
                here = (places >= first) & (places < first + len(piece))
                records[here] = piece[places[here] - first]
        return torch.from_numpy(values)

    def windows(self, places: NDArray[np.int64], width: int) -> Tensor:
        """Gather stretches of items, each with one memcpy.

        Args:
            places: int64, shape (N,): the first item of each. None may reach over a piece's end.
            width: Items in each, at least 1.

        Returns:
            As stored, shape (N, width, …).
        """
        if len(self._pieces) == 1:
            records = self._overlapping(0, width)[places]
        else:
            number, records = np.searchsorted(self._firsts, places, side="right") - 1, np.empty(len(places), self._window_type(width))
            for each in np.unique(number):
                here = number == each
                records[here] = self._overlapping(each, width)[places[here] - self._firsts[each]]
        return torch.from_numpy(records.view(self.dtype).reshape(len(places), width, *self.item_shape))

    def _overlapping(self, number: int, width: int) -> NDArray[Any]:
        """View a piece as one record for each stretch that begins in it. Only indexing may touch it: `np.take` would copy it whole."""
        piece = self._pieces[number]
        return np.ndarray((max(0, len(piece) - width + 1),), self._window_type(width), piece, strides=piece.strides)

    def _window_type(self, width: int) -> np.dtype[np.void]:
        return np.dtype((np.void, width * self._item_bytes))


class DeviceRecords(Records):
    """Items that lie on a training device as a whole.

    Args:
        pieces: As `Records` takes them.
        device: Where they are kept; what is gathered comes from there too.
    """

    def __init__(self, pieces: Sequence[NDArray[Any]], device: torch.device) -> None:
        super().__init__(pieces)
        self.values, self._pieces = torch.from_numpy(np.concatenate(pieces)).to(device), []

    def take(self, places: NDArray[np.int64]) -> Tensor:
        """Gather items on the device, as `Records.take` does."""
        return self.values[torch.from_numpy(places).to(self.values.device)]

    def windows(self, places: NDArray[np.int64], width: int) -> Tensor:
        """Gather stretches of items on the device, as `Records.windows` does."""
        device = self.values.device
        return self.values[torch.from_numpy(places).to(device)[:, None] + torch.arange(width, device=device)]


def _as_records(values: NDArray[Any]) -> NDArray[Any]:
    """View an array (N, …) as N opaque records."""
    if not values.size:
        return values.reshape(len(values))  # no items, or items without bytes: nothing will be gathered
    size_bytes = values.nbytes // len(values)
    return values.reshape(len(values), -1).view(np.dtype((np.void, size_bytes)))[:, 0]
