"""What a user may say of series: how they are read, how they are cut, what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, ClassVar

from toolkit.declaration import Typed
from toolkit.errors import check
from toolkit.sources.options import check_writing

__all__ = ["SeriesOptions", "SeriesReadOptions", "SeriesSplitOptions"]


@dataclass(frozen=True)
class SeriesReadOptions:
    """How series are read.

    Args:
        layout: What the source is: ``"wide"``: a table with a column for each variable; ``"long"``: a row for each value, with the id of
            its series; ``"tsf"``: Monash's; ``"ts"``: that of UEA and UCR; ``"synop"``: Météo-France's; ``"auto"`` recognises it.
        time: The column of stamps, or the columns that make one, such as ``"year,month,day,hour"``; empty finds it;
            ``"none"``: rows have no stamps.
        time_format: How stamps are written: ``"auto"``; ``"iso"``; ``"unix:s"``, ``"unix:ms"``, ``"unix:us"``, ``"unix:ns"``; or a pattern
            of strptime, such as ``"%d.%m.%Y %H:%M"``.
        timezone: The zone that stamps without an offset are in, such as ``"Europe/Paris"``; empty is UTC, or the zone of the
            type that a Parquet column has.
        id: The column that tells series apart; the same id in several files is one series. Empty if there is one series, or a
            file is one.
        variable: Of long tables, the column that names the variable of each value; empty if all values are of one.
        value: Of long tables, the column of values; empty finds it.
        features: Columns to read as variables, with commas between them; empty takes all that hold numbers.
        target: Those among them that are to be foretold; empty takes all.
        label: The column that has the class of each series; empty if series have none.
        step: What lies between two steps: a number of s, min, h, d, w, mo or y, such as ``"15min"``; ``"auto"`` finds it, if there is one;
            ``"none"``: there is none, and steps are counted as they come.
        gaps: What becomes of missing steps and missing values: ``"refuse"``; ``"mask"``: they are stored as missing;
            ``"interpolate:N"``: runs of at most N are filled along a line, longer ones are stored as missing.
        duplicates: What becomes of several rows of one series at the same time: ``"refuse"``, or ``"first"``, ``"last"``, ``"mean"``.
        unsorted: What becomes of rows out of order: ``"sort"``, which is told; or ``"refuse"``.
        repeated_hour: What an hour is that the end of summer time repeats: ``"refuse"``, or ``"order"``: rows that stand first are of
            summer time.
        missing: Further words for a missing value, with commas between them, beside an empty cell, NA, NaN, null, None and ?.
        decimal: ``"point"``, ``"comma"``, or ``"auto"``, which tells them apart.
        parts: The file of each part, where names do not tell, as a mapping or as ``"train=a.ts,test=b.ts"``.
        header: Whether a table's first line names its columns; without, it is a row, and columns are numbers from 1 on.
        delimiter: What separates a table's cells: one character, or ``"tab"``; ``"auto"`` finds it.
        encoding: Of every table and text, such as ``"latin-1"`` or ``"cp1252"``; ``"auto"`` is UTF-8, or what a byte order mark says.
    """

    LAYOUTS: ClassVar[tuple[str, ...]] = ("auto", "wide", "long", "tsf", "ts", "synop")
    TABLES: ClassVar[tuple[str, ...]] = (
        "time", "time_format", "id", "variable", "value", "label", "repeated_hour", "decimal", "header", "delimiter",
    )  # fmt: skip
    OVERLOOKED: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "wide": ("variable", "value"),
        "tsf": (*TABLES, "features"),
        "ts": (*TABLES, "features", "timezone"),
        "synop": TABLES,
    }
    """Options of tables, and by layout those that mean nothing there."""

    layout: str = "auto"
    time: str = ""
    time_format: str = "auto"
    timezone: str = ""
    id: str = ""
    variable: str = ""
    value: str = ""
    features: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    label: str = ""
    step: str = "auto"
    gaps: str = "refuse"
    duplicates: str = "refuse"
    unsorted: str = "sort"
    repeated_hour: str = "refuse"
    missing: tuple[str, ...] = ()
    decimal: str = "auto"
    parts: Mapping[str, str] | str = field(default_factory=dict)
    header: bool = True
    delimiter: str = "auto"
    encoding: str = "auto"

    def __post_init__(self) -> None:
        choices = {
            "layout": self.LAYOUTS,
            "duplicates": ("refuse", "first", "last", "mean"),
            "unsorted": ("sort", "refuse"),
            "repeated_hour": ("refuse", "order"),
            "decimal": ("auto", "point", "comma"),
        }
        for name, known in choices.items():
            check(getattr(self, name) in known, "read", _typed(name), f"one of {', '.join(known)}", getattr(self, name))
        good = self.gaps in ("refuse", "mask") or (self.longest_filled > 0 and self.gaps.startswith("interpolate:"))
        check_writing(self.delimiter, self.encoding, "read")
        check(good, "read", "--gaps", "refuse, mask, or interpolate:N with N of at least 1", self.gaps)

    def typed(self) -> dict[str, Any]:
        """Return what differs from its default, by name, as JSON keeps it."""
        plain, given = SeriesReadOptions(), {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: list(v) if isinstance(v, tuple) else v for name, v in given.items() if v != getattr(plain, name)}

    def check_layout(self, layout: str) -> None:
        """Refuse options that mean nothing in a layout, rather than overlook them.

        Raises:
            ArgumentError: If one is given: it names it.
        """
        plain = SeriesReadOptions()
        for name in self.OVERLOOKED.get(layout, ()):
            value = getattr(self, name)
            check(value == getattr(plain, name), "read", _typed(name), f"left out for the layout {layout}", value)

    @property
    def longest_filled(self) -> int:
        """Length of the longest run of missing values that is filled along a line; 0 fills none."""
        number = self.gaps.removeprefix("interpolate:")
        return int(number) if number.isdecimal() else 0


@dataclass(frozen=True)
class SeriesSplitOptions:
    """How series are cut into train, val and test; always in order of time.

    Args:
        cut: Shares, ``"0.7,0.15,0.15"``; rows of each series, ``"rows:8640,2880,2880"``; or the times at which val and test begin,
            ``"dates:2014-01-01,2014-07-01"``. Of two, the second is val; rows or a date beyond stay unused, and that is told.
        across: What is dealt out: ``"time"``: each series is cut; ``"series"``: each series is in one split only, drawn by chance;
            ``"auto"``: series that have labels are dealt out whole, others are cut.
        seed: Draws which series go where, at least 0; not used where time cuts.
    """

    cut: Annotated[str, Typed("split")] = "0.7,0.15,0.15"
    across: str = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        check(self.across in ("auto", "time", "series"), "split", "--across", "auto, time or series", self.across)
        check(0 <= self.seed < 1 << 32, "split", "--seed", "from 0 to 2³² − 1", self.seed)
        how, parts = self._taken_apart
        fix = "Give shares, 0.7,0.15,0.15; counts of rows, rows:8640,2880,2880; or when val and test begin, dates:2014-01-01,2014-07-01."
        good = how in ("", "rows", "dates") and (1 if how == "dates" else 2) <= len(parts) <= 3 and all(parts)
        try:
            good = good and (how == "dates" or (min(numbers := self.fractions + self.rows) >= 0 and numbers[0] > 0))
        except ValueError:
            good = False
        good = good and (how != "" or abs(sum(self.fractions) - 1) < 1e-6)
        check(good, "split", "--split", "two or three shares that add up to 1, counts of rows, or dates", self.cut, fix=fix)

    @property
    def fractions(self) -> tuple[float, ...]:
        """Shares of train, val and test, as `toolkit.splits.SplitOptions` has them; empty where rows or dates cut."""
        how, parts = self._taken_apart
        return () if how else tuple(map(float, parts))

    @property
    def rows(self) -> tuple[int, ...]:
        """Steps of train, val and test; empty where shares or dates cut."""
        how, parts = self._taken_apart
        return tuple(map(int, parts)) if how == "rows" else ()

    @property
    def dates(self) -> tuple[str, ...]:
        """When val and test begin and, if it is given, when test ends; empty where shares or rows cut."""
        how, parts = self._taken_apart
        return parts if how == "dates" else ()

    @property
    def _taken_apart(self) -> tuple[str, tuple[str, ...]]:
        how, colon, rest = self.cut.partition(":")
        parts = rest if colon else self.cut
        return how if colon else "", tuple(part.strip() for part in parts.split(","))


@dataclass(frozen=True)
class SeriesOptions:
    """What is stored of series beside their values.

    Args:
        calendar: What of the calendar is known ahead and stored as further variables, each as a sine and a cosine: ``hour``,
            ``weekday``, ``monthday``, ``yearday``, in the time zone of the source.
    """

    CALENDAR: ClassVar[tuple[str, ...]] = ("hour", "weekday", "monthday", "yearday")

    calendar: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in self.calendar:
            check(name in self.CALENDAR, "preprocess", "--calendar", f"of {', '.join(self.CALENDAR)}", name)


def _typed(name: str) -> str:
    """Return an option as one types it."""
    return f"--{name.replace('_', '-')}"
