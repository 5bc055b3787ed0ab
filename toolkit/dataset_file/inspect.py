"""What is inside a dataset file, as one answer: `foudre inspect` prints it, programs take its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolkit.dataset_file.outline import describe_pipeline
from toolkit.dataset_file.read import open_dataset
from toolkit.dataset_file.seal import SCHEMA
from toolkit.dataset_file.skipped import list_skipped, tell_skipped
from toolkit.errors import DatasetFileError, printable
from toolkit.shell import quote_word
from toolkit.wing import Progress, Skipped, silent

__all__ = ["Inspection", "inspect_dataset"]


@dataclass(frozen=True)
class Inspection:
    """The answer of `inspect_dataset`; ``str()`` is for people.

    Args:
        path: The file, absolute.
        schema: Its schema's number.
        kind: The wing that made it.
        splits: Samples, groups and classes of each split, and what the kind counts beside.
        pipeline: What was done to the raw data.
        damage: One line a damaged place; None if the contents were not read.
        text: The file's own description.
        skipped: Inputs that became no sample.
        facts: What the kind tells of the pipeline, a line each by a word; where there are none, the pipeline is shown as it is.
    """

    path: str
    schema: int
    kind: str
    splits: dict[str, dict[str, int | str]]
    pipeline: dict[str, Any]
    damage: tuple[str, ...] | None
    text: str
    skipped: tuple[Skipped, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def verified(self) -> bool | None:
        """Whether every checksum held; None if none was read."""
        return None if self.damage is None else not self.damage

    def to_json(self) -> dict[str, Any]:
        """The object that ``foudre inspect --json`` prints."""
        names = ("path", "schema", "kind", "splits", "pipeline", "verified")
        damage = {"damage": list(self.damage)} if self.damage else {}
        return {name: getattr(self, name) for name in names} | damage | {"skipped": list_skipped(self.skipped)}

    def __str__(self) -> str:
        facts = self.facts or {"pipeline:": ", ".join(f"{key}: {printable(str(value))}" for key, value in self.pipeline.items())}
        lines = [self.text, *(f"  {word:9} {fact}" for word, fact in facts.items())]
        if self.schema < SCHEMA:
            lines.append(
                f"  schema {self.schema} is read as ever; `foudre upgrade` writes it again in schema {SCHEMA}, which more programs open"
            )
        lines += [f"  skipped {len(self.skipped):,} of the inputs:"] if self.skipped else []
        lines += [f"    {line}" for line in tell_skipped(self.skipped, all_in=f"`foudre inspect {quote_word(self.path)} --skipped`")]
        if self.damage is not None:
            lines += [f"  damaged: {line}" for line in self.damage] or ["  verified: every checksum holds"]
        return "\n".join(lines)


def inspect_dataset(path: str | Path, *, verify: bool = False, progress: Progress = silent) -> Inspection:
    """Say what a dataset file holds.

    Args:
        path: The file.
        verify: Read every byte and compare all checksums.
        progress: Told the bytes verified.

    Raises:
        DatasetFileError: If it is no complete dataset file.
    """
    file = open_dataset(path)
    damage = tuple(file.verify(progress=progress)) if verify else None
    try:
        splits, text, skipped = file.summary(), str(file), file.skipped
    except DatasetFileError as error:
        if not damage:
            raise
        splits, text, skipped = {}, str(error), ()
    facts = describe_pipeline(file.pipeline, file.kind, labelled=any(path.endswith("/y") for path in file.extents))
    return Inspection(file.path, file.schema, file.kind, splits, file.pipeline, damage, text, skipped, facts)
