"""What an export is told and what it answers: options in, a summary out, and the list of inputs that failed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from toolkit.dataset_file.outline import tell_outline
from toolkit.dataset_file.skipped import NUM_SHOWN, list_skipped, skipped_lines, tell_skipped, write_skipped
from toolkit.errors import DataError, ExportError, check, printable
from toolkit.shell import quote_word
from toolkit.sources import SourceDescription
from toolkit.wing import Skipped

__all__ = ["ExportOptions", "FailedInputsError", "Summary"]


@dataclass(frozen=True)
class ExportOptions:
    """How a dataset file is written; none of this changes a byte of it.

    Args:
        workers: Processes that read and decode; 0 works in this one. One for each processor unless given.
        on_error: What a bad input does: ``skip`` lists it and goes on, ``fail`` lists all of them and writes nothing.
        overwrite: Replace whatever stands at the path, even the result of the same command.
        dry_run: Tell what the source is understood as and how it would be split, and write nothing.
    """

    workers: int | None = None
    on_error: Literal["skip", "fail"] = "skip"
    overwrite: bool = False
    dry_run: bool = False

    def num_workers(self) -> int:
        """Number of processes asked for."""
        return len(os.sched_getaffinity(0)) if self.workers is None else self.workers

    def __post_init__(self) -> None:
        most = max(16, 4 * len(os.sched_getaffinity(0)))
        fit = self.workers is None or 0 <= self.workers <= most
        check(fit, "export", "workers", f"from 0 to {most}", self.workers)
        check(self.on_error in ("skip", "fail"), "export", "on_error", "skip or fail", self.on_error)


@dataclass(frozen=True)
class Summary:
    """What an export did; ``str()`` is for people.

    Args:
        path: The dataset file, absolute.
        kind: The wing.
        splits: Samples, groups and classes of each split, and what the kind counts beside.
        skipped: Inputs that became no sample.
        bytes: The file's size.
        seconds: Wall time of the export.
        up_to_date: True if the file stood there already, made from the same input by the same options.
        note: What the reader, the splits and the plan have to tell.
        unknown_rate: Share of words without a number in each split; empty for a kind without a vocabulary.
        understood: What the source was understood as; None where no source was read.
        dry_run: True if nothing was to be written, and nothing was: neither are inputs known that fail when they are decoded.
    """

    path: str
    kind: str
    splits: dict[str, dict[str, int | str]]
    skipped: tuple[Skipped, ...]
    bytes: int
    seconds: float
    up_to_date: bool
    note: str = ""
    unknown_rate: Mapping[str, float] = field(default_factory=dict)
    understood: SourceDescription | None = None
    dry_run: bool = False

    def to_json(self) -> dict[str, Any]:
        """The object that ``foudre preprocess --json`` prints."""
        names = ("path", "kind", "splits", "bytes", "seconds", "up_to_date", "note")
        rates = {"unknown_rate": dict(self.unknown_rate)} if self.unknown_rate else {}
        understood = {"understood": self.understood.to_json()} if self.understood else {}
        more = {"dry_run": True} if self.dry_run else {}
        return {name: getattr(self, name) for name in names} | rates | {"skipped": list_skipped(self.skipped)} | understood | more

    def __str__(self) -> str:
        state = "is up to date" if self.up_to_date else f"written in {self.seconds:.1f} s"
        state = "would be written" if self.dry_run else f"{state}: {self.bytes / 1e6:,.1f} MB"
        lines = [f"{printable(self.path)} {state}"]
        lines += [f"  {name:5} " + tell_outline(part, self.kind, ",") for name, part in self.splits.items()]
        if self.unknown_rate:
            lines.append("  unknown words: " + ", ".join(f"{rate:.2%} of {name}" for name, rate in self.unknown_rate.items()))
        note = self.note.removeprefix(self.understood.note).strip() if self.understood else self.note  # that was told before the work
        lines += [f"  {note}"] if note else []
        lines += [f"  skipped {len(self.skipped):,} of the inputs:"] if self.skipped else []
        where = "--json lists all" if self.dry_run else f"`foudre inspect {quote_word(self.path)} --skipped`"
        return "\n".join([*lines, *(f"    {line}" for line in tell_skipped(self.skipped, all_in=where))])


class FailedInputsError(DataError):
    """Inputs failed and ``on_error="fail"`` was asked for; `skipped` lists them all.

    Args:
        skipped: The inputs. The message has ten of them; where there are more, a file beside `target` has them all.
        target: The dataset file that was not written.
    """

    def __init__(self, skipped: Sequence[Skipped], target: str | Path) -> None:
        self.skipped = tuple(skipped)
        listing = Path(f"{target}.skipped.txt")
        told = skipped_lines(skipped)
        if len(skipped) > NUM_SHOWN:
            with suppress(ExportError):  # in a folder closed to us, the message has them all
                write_skipped(skipped, listing)
                told = tell_skipped(skipped, all_in=printable(str(listing)))
        lines = "".join(f"\n    {line}" for line in told)
        rule = "export: with --on-error fail every input must be readable"
        super().__init__(f"{rule}, got {len(skipped):,} that are not; no dataset file was written:{lines}")
