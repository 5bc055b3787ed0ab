"""What a layout is to be read as: a builder draws it, a case says what a user means by it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Case", "Read", "Refused"]


@dataclass(frozen=True)
class Read:
    """A reading that is right.

    Args:
        parts: Samples of each part that the source itself fixes; ``unsplit`` those that it leaves to be split.
        classes: Names → samples; None for unlabelled samples.
        groups: How many there are; None where they are unknown.
        told: What must be said of it, as regular expressions.
        skipped: Inputs that become no sample.
    """

    parts: Mapping[str, int]
    classes: Mapping[str, int] | None
    groups: int | None = None
    told: tuple[str, ...] = ()
    skipped: int = 0


@dataclass(frozen=True)
class Refused:
    """A refusal.

    Args:
        message: A regular expression for what it says.
        typed: Options that it names, each with the reading that they lead to.
    """

    message: str
    typed: Mapping[str, Read] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """A layout.

    Args:
        draw: Draws it into a folder, and returns the source.
        kind: The kind of data.
        meant: What it is to be read as.
        options: What is typed.
        needs: A package without which it cannot be read.
    """

    draw: Callable[[Path], Path]
    kind: str
    meant: Read | Refused
    options: str = ""
    needs: str = ""

    @property
    def name(self) -> str:
        """What the builder calls it."""
        return f"{self.draw.__name__}{'-' + self.options.split('=')[0].strip('- ').split(' ')[0] if self.options else ''}"
