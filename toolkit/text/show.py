"""What a report shows of texts: rows of a manifest come in, excerpts go out, raw or as stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from numpy.typing import NDArray

from toolkit.contents import UNREAD
from toolkit.errors import check
from toolkit.text.documents import load_texts
from toolkit.text.subwords import join_pieces
from toolkit.wing import Manifest

__all__ = ["Show"]

_NOTHING = "(no words)"


@dataclass(frozen=True)
class Show:
    """Shows texts; what reports ask of this wing.

    Args:
        take: From rows to what a dataset file stores of each, ``tokens``; None reads the raw texts.
        vocabulary: The file's words by number.
        pieces: Whether these are pieces, to be put together to words.
        length: Characters of an excerpt, at least 20.
    """

    take: Callable[[Manifest], Iterable[Mapping[str, NDArray[Any]]]] | None = None
    vocabulary: Sequence[str] = ()
    pieces: bool = False
    length: int = 240

    meanings: ClassVar[Mapping[str, str]] = {
        "characters": "length in characters",
        "words": "words, runs of other signs counted too",
        "sentences": "sentences, told by a rule",
        "distinct": "different words as a share of all, 0 … 1",
        "unknown": "words without a number as a share of all, 0 … 1",
        "capitals": "capitals as a share of the letters, 0 … 1",
    }
    """The measured columns that are summed up, and what each of them is."""

    histograms: ClassVar[tuple[str, ...]] = ("words", "sentences", "distinct", "unknown")
    """Columns whose distribution is drawn by split."""

    pairs: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Columns whose joint distribution is drawn, and their ratio: none."""

    def __post_init__(self) -> None:
        check(self.length >= 20, "Show", "length", "at least 20", self.length)

    @classmethod
    def stored(
        cls, take: Callable[[Manifest], Iterable[Mapping[str, NDArray[Any]]]], vocabulary: Sequence[str], pipeline: Mapping[str, Any]
    ) -> Self:
        """Show what a dataset file holds, by its vocabulary and its pipeline."""
        return cls(take, vocabulary, pieces=pipeline.get("subwords", 0) > 0)

    def pictures(self, rows: Manifest) -> list[str]:
        """Return an empty address for each row: a text has no picture."""
        return [""] * len(rows)

    def average(self, rows: Manifest) -> str:  # noqa: ARG002
        """Return an empty address: texts have no mean."""
        return ""

    def excerpts(self, rows: Manifest) -> list[str]:
        """Return how each text begins; of a stored one its words, with spaces between them. Empty for a row that cannot be read."""
        shown = [""] * len(rows)
        if self.take is not None:
            for i, stored in enumerate(self.take(rows)):
                words = [self.vocabulary[token] for token in stored["tokens"][: self.length].tolist()]
                shown[i] = " ".join(join_pieces(words) if self.pieces else words) or _NOTHING
        else:
            for i, text in load_texts(rows, failures={}, contents=[UNREAD] * len(rows)):
                shown[i] = " ".join(text[: 4 * self.length].split()) or _NOTHING
        return [text if len(text) <= self.length else f"{text[: self.length]}…" for text in shown]
