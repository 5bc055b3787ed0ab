"""Files of a folder that cannot be read: each is skipped, with its reason, as long as others can be; one alone, or all, are an error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from toolkit.errors import AmbiguousSourceError, DataError, UnlikeFileError, printable
from toolkit.wing import Skipped

__all__ = ["read_each", "read_streams"]

File = TypeVar("File")
Found = TypeVar("Found")


def read_each(files: Iterable[File], read: Callable[[File], Found], skipped: list[Skipped], *, alike: int = 0) -> Iterator[Found]:
    """Yield what is read of each file that can be.

    Args:
        files: Names, or what has one.
        read: Reads one.
        skipped: Those that cannot be read are added, with their reasons.
        alike: How many have been read before these, which these are to be like.

    Raises:
        AmbiguousSourceError: If one can be read in two ways: what to type settles it.
        UnlikeFileError: If there are as many files unlike those before as like them.
        DataError: If none can be read: the first one's reason, and how many there are.
    """
    unlike = list[UnlikeFileError]()
    for file in files:
        try:
            found = read(file)
        except AmbiguousSourceError:
            raise
        except DataError as error:
            unlike += [error] if isinstance(error, UnlikeFileError) else []
            skipped.append(Skipped(str(getattr(file, "name", file)), str(error).removeprefix("read: ")))
        else:
            alike += 1
            yield found
    if unlike and len(unlike) >= alike:
        raise unlike[0]
    if not alike:
        first, count = skipped[0], len(skipped)
        others = f" None of {count:,} files can be read; this is the first, {printable(first.path)}." if count > 1 else ""
        raise DataError(f"read: {first.reason}{others}")


def read_streams(files: Sequence[File], read: Callable[[File], Iterator[Found]], skipped: list[Skipped]) -> Iterator[Found]:
    """Yield all that each file holds, or nothing of it; the arguments are those of `read_each`.

    What one file among several holds is in memory together.
    """
    if len(files) == 1 and not skipped:
        yield from read(files[0])
        return
    for held in read_each(files, lambda file: list(read(file)), skipped):
        yield from held
