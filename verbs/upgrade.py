"""The verb `upgrade`: a dataset file of an older schema comes in, one of today's goes out."""

from __future__ import annotations

from pathlib import Path

from verbs.answer import Json, progress_bars, tell

__all__ = ["upgrade"]


def upgrade(old: Path, new: Path, /, *, as_json: Json = False) -> int:
    """Write a dataset file of schema 1 again in schema 2.

    More readers of HDF5 open it then: pyfive, xarray, viewers in a browser. What it
    holds stays the same, bit for bit. Foudre itself reads both.

    For example:

        foudre upgrade old.h5 new.h5

    Args:
        old: A dataset file of schema 1, OLD.h5. It is kept: runs that were trained on it go on with it alone.
        new: The dataset file to write, NEW.h5, where nothing stands yet.
    """
    with progress_bars() as progress:
        from toolkit.upgrade import upgrade_dataset

        answer = upgrade_dataset(old, new, progress=progress)
    return tell(answer, as_json)
