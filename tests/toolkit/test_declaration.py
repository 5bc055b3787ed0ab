"""Declarations: a dataclass says once what a command asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

import pytest

from toolkit.declaration import UNTYPED, Typed, list_options
from toolkit.errors import ArgumentError


@dataclass(frozen=True)
class Common:
    """What boats have in common.

    Args:
        hull: ``"oak"``, or ``"steel"``
            of any kind; ``"a (b)"`` keeps its quotes.
        sails: Said of all.
    """

    WOODS: ClassVar[tuple[str, ...]] = ("oak",)

    hull: str = "oak"
    sails: int | None = None


@dataclass(frozen=True)
class Boat(Common):
    """A boat.

    Args:
        sails: How many `Sail` there are.
        crew: Names.
        wet: Whether it floats.
        berths: Name and bed.
        secret: Not typed.
        knots: Speed.

    Raises:
        ArgumentError: Never.
    """

    crew: tuple[str, ...] = ()
    wet: bool = True
    berths: Mapping[str, str] | str = field(default_factory=dict)
    secret: Annotated[int, UNTYPED] = 3
    knots: Annotated[float, Typed("top_speed", parse=float, opens=True)] = 0.0


OPTIONS = {option.name: option for option in list_options(Boat, "boat")}


def test_fields_are_options_in_their_order_with_their_docstrings():
    assert {name: option.help for name, option in OPTIONS.items()} == {
        "hull": 'oak, or steel of any kind; "a (b)" keeps its quotes.',
        "sails": "How many `Sail` there are.",
        "crew": "Names.",
        "wet": "Whether it floats.",
        "berths": "Name and bed.",
        "top_speed": "Speed.",
    }
    assert (OPTIONS["top_speed"].flag, OPTIONS["top_speed"].attribute, OPTIONS["top_speed"].part) == ("--top-speed", "knots", "boat")


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("hull", "steel", "steel"),
        ("sails", 3, 3),
        ("crew", "Ann, Bob", ("Ann", "Bob")),
        ("crew", ["Ann", "Bob"], ("Ann", "Bob")),
        ("wet", False, False),
        ("berths", {"Ann": "1", "Bob": 2}, "Ann=1,Bob=2"),
        ("top_speed", "4.5", 4.5),
        ("top_speed", 4.5, 4.5),
    ],
)
def test_values_are_read_as_their_fields_have_them(name, typed, value):
    assert OPTIONS[name].read(typed) == value


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("sails", "3", "options: sails must be a whole number, got 3."),
        ("sails", True, "options: sails must be a whole number, got True."),
        ("wet", "yes", "options: wet must be true or false, got yes."),
    ],
)
def test_numbers_and_switches_are_no_text(name, typed, message):
    with pytest.raises(ArgumentError) as caught:
        OPTIONS[name].read(typed)
    assert str(caught.value) == message


def test_defaults_are_shown_as_they_are_typed():
    assert {name: option.show_default() for name, option in OPTIONS.items()} == {
        "hull": "oak", "sails": "", "crew": "", "wet": "true", "berths": "", "top_speed": "",
    }  # fmt: skip
