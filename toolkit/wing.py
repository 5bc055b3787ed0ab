"""What every kind of data offers to the corridors, and the tables that pass between them.

A wing (images, text, …) is a module with `read` and `plan`; splits, export and the dataset file work on the `Manifest` and the
`Plan` that these return and never ask which kind it is. Wings import this module, never each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import check
from toolkit.row_numbers import row_numbers

__all__ = [
    "SPLITS",
    "Array",
    "Curve",
    "Encode",
    "Encoded",
    "Finding",
    "Lines",
    "Manifest",
    "Plan",
    "Progress",
    "Run",
    "Skipped",
    "Spool",
    "Stage",
    "Topic",
    "Understood",
    "Wing",
    "run_here",
    "silent",
    "title_classes",
]

SPLITS = ("train", "val", "test")
"""The names of the splits; a manifest's `split` column holds indices into this tuple."""

Progress = Callable[[str, int, int], None]
"""Called as ``progress(stage, done, total)`` while long work goes on."""


def silent(stage: str, done: int, total: int) -> None:
    """Report no progress: what the library does unless a caller passes its own `Progress`."""


Run = Callable[[Callable[[Any, Any], Any], Any, Iterable[Any], int], Iterator[Any]]
"""Called as ``run(function, shared, tasks, total)``: yields ``function(shared, task)`` of each of `total` tasks, in any order."""


def run_here(function: Callable[[Any, Any], Any], shared: Any, tasks: Iterable[Any], total: int) -> Iterator[Any]:  # noqa: ARG001
    """Do each task in this process: what the library does unless a caller passes workers as its own `Run`."""
    return (function(shared, task) for task in tasks)


def title_classes(classes: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """Return what pages and pictures call classes, such as ``"14 Stop"``.

    Args:
        classes: Their names in the data.
        names: What people call each, empty where they do not; or nothing at all.
    """
    return tuple(f"{label} {name}" if name else label for label, name in zip(classes, names or ("",) * len(classes), strict=True))


@dataclass(frozen=True)
class Skipped:
    """An input that became no sample, and why.

    Args:
        path: The path or row, as the user knows it.
        reason: One line.
    """

    path: str
    reason: str


class Spool(Protocol):
    """A file that holds the contents of samples end to end, as long as anything refers to it."""

    @property
    def path(self) -> str:
        """Where it lies."""
        ...


@dataclass(frozen=True)
class Understood:
    """What a reader took a source for, as people read it; it is told back before work begins.

    Args:
        layout: What the source was recognised as.
        parts: Which folders, files or columns each split comes from, by its name in `SPLITS`; under ``""`` what no split is imposed on.
        labels: Where labels come from; empty if the source has none.
        groups: Where groups come from; empty if the source knows none.
        boxes: Where boxes come from, and what they are for; empty if there are none.
        passed_over: What lies beside the samples and is not read, and why.
        suggestion: What to type where names suggest something that the source does not say; empty if nothing does.
        rows: What the kind calls a row, and several.
        facts: What the kind has to tell beside, a line each by a word. Where there are some, what is unknown of classes and groups is
            not told: a kind that foretells has none.
        figures: JSON-able: the same for programs.
    """

    layout: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    labels: str = ""
    groups: str = ""
    boxes: str = ""
    passed_over: tuple[Skipped, ...] = ()
    suggestion: str = ""
    rows: tuple[str, str] = ("sample", "samples")
    facts: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Manifest:
    """A columnar table of samples, one row each, nothing decoded yet: about 200 bytes a row.

    Args:
        kind: The wing's name, e.g. ``"images"``.
        root: The folder that relative origins start from, absolute.
        origin: Path relative to `root`, or row, of each sample. Undecodable bytes are kept by surrogate escapes.
        classes: Class names in the order of their ids; empty if unlabelled.
        label: int64 class ids, shape (N,), or int64 (N, L), or float32 targets; None if unlabelled.
        group: int64, shape (N,): what no split may cut; None if samples are independent.
        group_names: Name of each group id, for messages.
        split: int8, shape (N,): index into `SPLITS` where the source or the splits corridor fixed it, −1 elsewhere.
        time: int64, shape (N,), any unit that sorts; None if samples have no time.
        columns: The wing's own columns, each with N rows, e.g. ``box``.
        skipped: Inputs that the source names but that can be no sample (missing files, bad rows).
        files: Paths relative to `root` whose contents make up the source; None if each origin is such a path.
        reading: JSON-able; what the wing has to know of the source to decode its rows, e.g. their encoding.
        note: One line to tell the user about how the source was read; empty if nothing is worth telling.
        file: The one file, relative to `root`, that lists or holds the samples, e.g. a table; empty if they are files of a folder.
        made_by: Where the source lies, what was typed, and which splits it brings; a dataset file keeps it, so that it can be made again.
        understood: What the source was taken for.
        class_names: What people call each class, in the order of `classes`, empty where they have no other name; or nothing at all.
        spool: Where what cannot be read in place was unpacked to; None if nothing was. Rows are slices of it, or of `reading`'s ``files``.
    """

    kind: str
    root: str
    origin: Sequence[str]
    classes: tuple[str, ...] = ()
    label: NDArray[Any] | None = None
    group: NDArray[np.int64] | None = None
    group_names: tuple[str, ...] = ()
    split: NDArray[np.int8] | None = None
    time: NDArray[np.int64] | None = None
    columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    files: tuple[str, ...] | None = None
    reading: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    file: str = ""
    made_by: Mapping[str, str] = field(default_factory=dict)
    understood: Understood = Understood()
    class_names: tuple[str, ...] = ()
    spool: Spool | None = None

    def __post_init__(self) -> None:
        for name, column in self.row_columns():
            check(len(column) == len(self.origin), "Manifest", f"{name}'s length", f"that of origin, {len(self.origin)}", len(column))

    def __len__(self) -> int:
        return len(self.origin)

    @property
    def place(self) -> str:
        """What messages call the source: the file, if it is one, or the root."""
        return self.locate(self.file) if self.file else self.root

    @property
    def titles(self) -> tuple[str, ...]:
        """What pages call each class: with the name that people give it, if it has one."""
        return title_classes(self.classes, self.class_names)

    @property
    def brought(self) -> list[str]:
        """Names of the splits that some row has already."""
        return [] if self.split is None else [SPLITS[part] for part in np.unique(self.split[self.split >= 0])]

    def row_columns(self) -> list[tuple[str, NDArray[Any]]]:
        """The columns with one entry a row, by name, in a fixed order; `origin` is not among them."""
        own = [(name, getattr(self, name)) for name in ("label", "group", "split", "time")]
        return [(name, column) for name, column in [*own, *sorted(self.columns.items())] if column is not None]

    def locate(self, name: str) -> str:
        """Return the path of an origin, or of one of `files`: it is relative to the root, or absolute."""
        return name if name.startswith("/") else f"{self.root}/{name}"

    def take(self, rows: Any) -> Manifest:
        """Return the given rows, in the given order; `skipped`, `files`, `group_names` and `note` stay behind.

        Args:
            rows: What numpy takes along one axis, e.g. an array of integers or a mask.

        Raises:
            IndexError: If a row is out of range.
        """
        rows = np.atleast_1d(row_numbers(rows, len(self), where="take", at=self.place))
        changed: dict[str, Any] = {name: column[rows] for name, column in self.row_columns() if name not in self.columns}
        columns = {name: column[rows] for name, column in self.columns.items()}
        origin = [self.origin[i] for i in rows]
        return replace(self, origin=origin, columns=columns, skipped=(), files=None, group_names=(), note="", **changed)


@dataclass(frozen=True)
class Array:
    """One array that a plan fills in every split.

    Args:
        name: Its name below the split's group: ``x``, ``tokens``, ….
        dtype: A numpy dtype name.
        item_shape: Shape of one item: (H, W, C) of an image, () of a token.
        ragged: False: one item a row. True: the plan's `lengths` items a row, with `offsets` stored beside.
    """

    name: str
    dtype: str
    item_shape: tuple[int, ...]
    ragged: bool = False


@dataclass(frozen=True, eq=False)
class Encoded:
    """What `encode` makes of some rows.

    Args:
        arrays: Each planned array for all rows asked for, failed ones filled with zeros at their planned length.
        failures: Position among the rows asked for → one line why it failed.
        stats: JSON-able figures of this block that `Plan.summarise` adds up; same rows, same figures.
        contents: `toolkit.contents.digest_contents` of what was read for each row, so that its file need not be read again to be
            known again; None if the wing did not take it down.
        lengths: int64, shape (N,): items of each row in ragged arrays; None without such arrays.
    """

    arrays: Mapping[str, NDArray[Any]]
    failures: Mapping[int, str] = field(default_factory=dict)
    stats: Mapping[str, Any] = field(default_factory=dict)
    contents: Sequence[bytes] | None = None
    lengths: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Finding:
    """Something about a data set that its user should know.

    Args:
        check: What was looked for, e.g. ``"duplicates_across_splits"``: the name that a baseline knows it by.
        severity: ``"error"`` where figures would be wrong, ``"warning"`` where they would suffer, ``"info"`` for what is to be known.
        title: One line with the count, as people read it.
        count: How many samples, groups or classes it concerns; 0 where nothing was found.
        samples: Rows of the manifest that show it, the worst first; a few hundred at most.
        threshold: The limit applied, as people read it.
        why: Why it matters, one or two sentences.
        fix: What to type or do about it.
        sets: Rows that belong together, such as duplicates of each other.
        notes: What is to be said of each of `samples`, in their order; empty if nothing is.
        num_samples: How many samples show it, where `count` is not of samples; None where it is.
        about: Names of the classes or inputs that it concerns, where these are no samples.
        extent: How bad it is, where that is a figure, such as a ratio: larger is worse; 0 where it is none.
    """

    check: str
    severity: Literal["error", "warning", "info"]
    title: str
    count: int
    samples: tuple[int, ...] = ()
    threshold: str = ""
    why: str = ""
    fix: str = ""
    sets: tuple[tuple[int, ...], ...] = ()
    notes: tuple[str, ...] = ()
    num_samples: int | None = None
    about: tuple[str, ...] = ()
    extent: float = 0.0

    @property
    def num_listed(self) -> int:
        """How many samples are listed, in sets or else one by one."""
        return sum(map(len, self.sets)) or len(self.samples)

    @property
    def num_showing(self) -> int:
        """How many samples show it, listed or not; 0 where it names none."""
        return self.num_listed and max(self.num_listed, self.count if self.num_samples is None else self.num_samples)


@dataclass(frozen=True, eq=False)
class Stage:
    """What a step of a pipeline makes of some samples; the wing's `replay` tells of each step.

    Args:
        name: The step, as users write it.
        names: Where some of the samples come from.
        pictures: Data addresses of these after it, empty for one that has no picture.
        histogram: Shares of equally wide bins of what is in [0, 1], float64, adding up to 1.
        step: JSON-able: the step's name and parameters, those at their defaults too; empty for samples as they are read.
    """

    name: str
    names: tuple[str, ...]
    pictures: tuple[str, ...]
    histogram: NDArray[np.float64]
    step: Mapping[str, Any] = field(default_factory=dict)


Curve = tuple[NDArray[Any], NDArray[Any]]
"""Places along both axes, of equal length; those along the first may be times, datetime64."""


@dataclass(frozen=True, eq=False)
class Lines:
    """Curves that a report draws over common axes.

    Args:
        name: Told apart by it from the page's other plots.
        caption: One line that says what is to be seen.
        axes: What lies along, and what upwards.
        curves: By name, a few; those of a split bear its name.
        guides: Further ones, drawn dotted: what was fitted, limits.
        logarithmic: Which of the two axes are.
        wide: Whether it takes the whole width of the page, as what goes on for long does.
    """

    name: str
    caption: str
    axes: tuple[str, str]
    curves: Mapping[str, Curve]
    guides: Mapping[str, Curve] = field(default_factory=dict)
    logarithmic: tuple[bool, bool] = (False, False)
    wide: bool = False


@dataclass(frozen=True, eq=False)
class Topic:
    """What a wing has to tell of a data set that no other kind has; its `tell` lists them, a report shows them.

    Args:
        name: A plain word, its address in the page and its key in the JSON file.
        title: One line.
        notes: Sentences; what stands between backticks is to be typed.
        plots: In the order to show.
        tables: What each lists, names of its columns, and its rows: whole numbers, other numbers, text, or None for nothing.
        figures: JSON-able: the same for programs.
    """

    name: str
    title: str
    notes: tuple[str, ...] = ()
    plots: tuple[Lines, ...] = ()
    tables: tuple[tuple[str, Sequence[str], Sequence[Sequence[str | float | None]]], ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)


Encode = Callable[[Manifest], Encoded]
"""Rows in, arrays out: picklable, deterministic, called in any process and any order."""


@dataclass(frozen=True, eq=False)
class Plan:
    """How a manifest becomes arrays.

    Args:
        arrays: What every split's group holds.
        encode: Fills them, block by block.
        pipeline: JSON-able; all that prediction needs to treat raw input alike.
        lengths: int64, shape (N,): items of each manifest row in ragged arrays; None without such arrays.
        fitted: What was fitted on train, by name, for ``/meta``: arrays, or lists of text.
        summarise: From the train blocks' `stats`, in row order, to more of ``/meta``. Of no blocks it gives the same names with
            arrays of the same dtypes and shapes, so that their places are known before there is anything to put there.
        note: What the user is told about what was fitted; empty if nothing is worth telling.
    """

    arrays: tuple[Array, ...]
    encode: Encode
    pipeline: Mapping[str, Any]
    lengths: NDArray[np.int64] | None = None
    fitted: Mapping[str, NDArray[Any] | Sequence[str]] = field(default_factory=dict)
    summarise: Callable[[list[Mapping[str, Any]]], Mapping[str, NDArray[Any]]] | None = None
    note: str = ""


class Wing(Protocol):
    """A kind of data, as the corridors see it: a module or an object with these functions, each with the kind's own options."""

    def read(self, source: Any, options: Any) -> Manifest:
        """List the samples of a raw source without decoding them."""
        ...

    def plan(self, manifest: Manifest, options: Any, *, seed: int, run: Run) -> Plan:
        """Fit what is fitted on train (rows whose `split` is 0) and say which arrays are to be filled, and how.

        What has to read the whole source for that hands its blocks to `run`. Rows reach `encode` with a column ``copy`` where training
        samples are copied: 0 for an original, else the copy's number; and with a column ``length`` where the plan has `lengths`.
        """
        ...
