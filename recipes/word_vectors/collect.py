"""Words and their numbers come in one by one as a file is read; those that are wanted and sound are kept, the others counted and told."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np

from recipes.word_vectors.told import VectorFile
from recipes.word_vectors.vectors import Floats, WordVectors
from toolkit.errors import DataError, printable

__all__ = ["Collector"]

_MAX_TOLD = 10
_MAX_SKIPPED = 0.1
"""Of a file's words: one with more damaged ones is not what it is taken for."""


class Collector:
    """Keeps the vectors of words; memory holds those kept alone.

    Args:
        wanted: The words to keep; None keeps all.
    """

    def __init__(self, wanted: Collection[str] | None) -> None:
        self._wanted = None if wanted is None else dict.fromkeys(wanted)
        self._rows: dict[str, int] = {}
        self._values = bytearray()  # it grows without being copied as a whole each time
        self._skipped: list[str] = []
        self._words = self._num_skipped = self._doubled = self._composed = 0

    @property
    def missing(self) -> list[str]:
        """The words wanted that have no vector so far."""
        return [word for word in self._wanted or () if word not in self._rows]

    def meet(self, name: bytes, where: str, numbers: Callable[[], Floats]) -> None:
        """Take one of a file's words.

        Args:
            name: The word, in UTF-8.
            where: Its place in the file, for the user.
            numbers: Reads its vector; asked only where the word is wanted. It raises ValueError where that is damaged.
        """
        try:
            word = name.decode()
            if self._wanted is None or word in self._wanted:
                if word in self._rows:
                    self._doubled += 1
                else:
                    self._keep(word, numbers())
            self._words += 1
        except ValueError as error:
            self.skip(where, str(error))

    def compose(self, word: str, vector: Floats) -> None:
        """Take a vector that was made for a word that the file lacks; one that is not finite is left out."""
        if np.isfinite(vector).all():
            self._keep(word, vector)
            self._composed += 1

    def skip(self, where: str, reason: str) -> None:
        """Count a damaged word."""
        self._num_skipped += 1
        if len(self._skipped) < _MAX_TOLD:
            self._skipped.append(printable(f"{' '.join(reason.split())} in {where}"))

    def conclude(self, form: str, size: int, path: str) -> WordVectors:
        """Return what was kept.

        Raises:
            DataError: If too many of the file's words are damaged.
        """
        total = self._words + self._num_skipped
        if self._num_skipped > _MAX_SKIPPED * total:
            got = f"{self._num_skipped:,} of {total:,} damaged, the first by {self._skipped[0]}"
            rule = f"as {form.split(maxsplit=1)[0]} writes them for nine words of ten at least"
            raise DataError(f"open: vectors must be {rule}, got {got} in {printable(path)}.")
        told = (self._num_skipped, tuple(self._skipped), self._doubled, self._composed)
        vectors = np.frombuffer(self._values, np.float32).reshape(-1, size)
        return WordVectors(tuple(self._rows), vectors, VectorFile(form, self._words, size, *told))

    def _keep(self, word: str, vector: Floats) -> None:
        finite = np.isfinite(vector)
        if not finite.all():
            raise ValueError(f"the vector of {word} must be of finite numbers, got {float(vector[~finite][0])}")
        self._rows[word] = len(self._rows)
        self._values += vector.astype(np.float32, copy=False).tobytes()
