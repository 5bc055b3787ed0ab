"""Series that go on from file to file: those of one id come in, piece by piece, and go out as one each; `open_source` asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from toolkit.errors import DataError, wording
from toolkit.series.raw import RawSeries

__all__ = ["join_files"]


def join_files(series: Iterable[RawSeries]) -> Iterator[RawSeries]:
    """Yield a series an id, in the order in which ids come first; all are held in memory until then.

    Args:
        series: Of several files, all with stamps or all without.

    Yields:
        Those of one file as they are; those of several without a file, their pieces in order of their first stamps, or else of files.

    Raises:
        DataError: If the pieces of one have different labels.
    """
    pieces: dict[str, list[RawSeries]] = {}
    for each in series:
        pieces.setdefault(each.name, []).append(each)
    for name in list(pieces):
        yield _join(pieces.pop(name))


def _join(pieces: Sequence[RawSeries]) -> RawSeries:
    first = pieces[0]
    if len(pieces) == 1:
        return first
    for each in pieces[1:]:
        if each.label != first.label:
            got = f"{first.label} and {each.label}"
            raise DataError(wording("read", f"label of {first.name}", "the same in all files", got, at=each.file))
    full = [each for each in pieces if len(each)] or [first]
    stamps = [each.time for each in full if each.time is not None and len(each)]
    if len(stamps) < len(full):
        return replace(first, file="", values=np.concatenate([each.values for each in full]))
    order = sorted(range(len(stamps)), key=lambda i: int(stamps[i].min()))
    values = np.concatenate([full[i].values for i in order])
    return replace(full[order[0]], file="", values=values, time=np.concatenate([stamps[i] for i in order]))
