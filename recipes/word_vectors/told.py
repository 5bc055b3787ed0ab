"""What a file of word vectors was found to hold, told by whoever read it: to the run's ledger, its metrics and its user."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["VectorFile"]


@dataclass(frozen=True)
class VectorFile:
    """A file of word vectors, as it was understood.

    Args:
        form: ``"word2vec text"``, ``"word2vec binary"``, ``"GloVe text"`` or ``"fastText binary"``.
        num_words: Words in it, those that came again included, those skipped left out.
        size: Numbers in a vector.
        num_skipped: Words that were damaged, or whose numbers are not all finite; where only some words are wanted, the numbers of others
            are not read.
        skipped: The first ten of these, each with its reason.
        num_doubled: Words among those wanted that came again; the first counts.
        num_composed: Words wanted that it lacks, whose vectors were made of their parts, as fastText does.
    """

    form: str
    num_words: int
    size: int
    num_skipped: int = 0
    skipped: tuple[str, ...] = ()
    num_doubled: int = 0
    num_composed: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the fields as one JSON-able object."""
        return {**asdict(self), "skipped": list(self.skipped)}

    def __str__(self) -> str:
        more = ", …" if self.num_skipped > len(self.skipped) else ""
        told = [f"{self.num_words:,} words of {self.size} numbers ({self.form})"]
        told += [f"{self.num_skipped:,} skipped: {'; '.join(self.skipped)}{more}"] if self.num_skipped else []
        told += [f"{self.num_doubled:,} came again, the first counts"] if self.num_doubled else []
        told += [f"{self.num_composed:,} more made of their parts"] if self.num_composed else []
        return "; ".join(told)
