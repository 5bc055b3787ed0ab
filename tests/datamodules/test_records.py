"""Items and stretches of items are looked up through all pieces of an array, on the host as on a device."""

import numpy as np
import pytest
import torch

from datamodules.records import DeviceRecords, Records

PIECES = [np.arange(10, dtype=np.float32).reshape(5, 2), np.empty((0, 2), np.float32), np.arange(10, 18, dtype=np.float32).reshape(4, 2)]


@pytest.fixture(params=["host", "device"])
def records(request):
    return Records(PIECES) if request.param == "host" else DeviceRecords(PIECES, torch.device("cpu"))


def test_items_are_counted_through_the_pieces(records):
    assert records.take(np.array([8, 0, 5, 4])).tolist() == [[16, 17], [0, 1], [10, 11], [8, 9]]


def test_stretches_come_from_the_piece_that_they_lie_in(records):
    assert records.windows(np.array([6, 1, 3]), 2).tolist() == [[[12, 13], [14, 15]], [[2, 3], [4, 5]], [[6, 7], [8, 9]]]


def test_of_one_piece_each_stretch_is_what_a_slice_is():
    values = np.random.default_rng(0).integers(0, 255, (50, 3), np.uint8)
    found = Records([values]).windows(np.array([0, 43, 7]), 7)
    assert found.numpy().tolist() == [values[first : first + 7].tolist() for first in (0, 43, 7)]


def test_items_may_be_single_numbers():
    found = Records([np.arange(6), np.arange(6, 9)]).windows(np.array([6, 2]), 3)
    assert (found.dtype, found.tolist()) == (torch.int64, [[6, 7, 8], [2, 3, 4]])


def test_no_places_give_no_items(records):
    none = np.empty(0, np.int64)
    assert (records.take(none).shape, records.windows(none, 3).shape) == ((0, 2), (0, 3, 2))
    assert Records([PIECES[0]]).windows(none, 3).shape == (0, 3, 2)


def test_a_stretch_that_is_longer_than_a_piece_is_in_none():
    with pytest.raises(IndexError):
        Records([PIECES[0]]).windows(np.array([0]), 6)
