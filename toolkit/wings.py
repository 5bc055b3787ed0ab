"""The kinds of data, listed here alone: each with the package that is its wing, imported when it is asked for.

A wing of a new kind is a folder with `read`, `plan` and a `declaration`, and one line here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from toolkit.declaration import Declaration

__all__ = ["WINGS", "Wings"]


class Wings(Mapping[str, ModuleType]):
    """Wings by the names of their kinds; looking at the names imports none of them.

    Args:
        places: Kind → the package's name.
    """

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = places

    def __getitem__(self, kind: str) -> ModuleType:
        return import_module(self._places[kind])

    def __contains__(self, kind: object) -> bool:
        return kind in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def declaration(self, kind: str) -> Declaration:
        """Return what a wing declares, `DECLARATION` of its module `declaration`."""
        found: Declaration = import_module(f"{self._places[kind]}.declaration").DECLARATION
        return found


WINGS = Wings(
    {
        "images": "toolkit.images",
        "text": "toolkit.text",
        "series": "toolkit.series",
    }
)
