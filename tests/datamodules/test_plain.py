"""What checkpoints keep: numpy's numbers and paths become plain and are read again, what cannot be is refused by name."""

import datetime as dt
import io
from collections import OrderedDict
from enum import Enum, IntEnum, StrEnum
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from datamodules import make_plain
from toolkit import ArgumentError


class Schedule(StrEnum):
    COSINE = "cosine"


class Size(IntEnum):
    LARGE = 3


class Colour(Enum):
    RED = "red"


class Name(str):
    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64(0.01), 0.01),
        (np.float32(0.5), 0.5),
        (np.float16(0.25), 0.25),
        (np.longdouble(0.125), 0.125),
        (np.int64(3), 3),
        (np.uint8(200), 200),
        (np.bool_(True), True),
        (np.complex64(1 + 2j), 1 + 2j),
        (np.str_("word"), "word"),
        (np.array(0.01), 0.01),
        (np.array([[1, 2], [3, 4]], np.int16), [[1, 2], [3, 4]]),
        (Path("a") / "b", "a/b"),
        (Schedule.COSINE, "cosine"),
        (Size.LARGE, 3),
        (Name("word"), "word"),
        ([np.int64(1), 2], [1, 2]),
        ((np.int64(1), "a"), (1, "a")),
        ({np.int64(1): {"rate": np.float64(2)}}, {1: {"rate": 2.0}}),
    ],
    ids=repr,
)
def test_it_becomes_plain_and_is_read_again(value, expected):
    found = make_plain(value, "settings")
    assert found == expected
    assert type(found) is type(expected)
    memory = io.BytesIO()
    torch.save(found, memory)
    memory.seek(0)
    assert torch.load(memory, weights_only=True) == expected


@pytest.mark.parametrize(
    "value", [1, 0.5, "a", None, True, [1, "a"], {"a": [1, (2, 3)]}, torch.ones(2), OrderedDict(a=torch.ones(1))], ids=repr
)
def test_what_is_plain_stays_the_very_same(value):
    assert make_plain(value, "settings") is value


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (dt.date(2026, 1, 2), "Net.a must be .*, got date 2026-01-02"),
        (np.datetime64("2026-01-02", "ns"), "Net.a must be .*, got datetime64 2026-01-02"),
        (Colour.RED, "Net.a must be .*, got Colour Colour.RED"),
        ([1, Fraction(1, 3)], r"Net.a\[1\] must be .*, got Fraction 1/3"),
        ({"b": print}, "Net.a.b must be .*, got builtin_function_or_method"),
        (np.array([dt.date(2026, 1, 2)]), r"Net.a\[0\] must be .*, got date 2026-01-02"),
    ],
    ids=repr,
)
def test_what_cannot_be_read_again_is_refused_by_name(value, told):
    with pytest.raises(ArgumentError, match=told):
        make_plain({"a": value}, "Net")
    assert make_plain({"a": 1, "b": value}, "Net", strict=False)["a"] == 1
