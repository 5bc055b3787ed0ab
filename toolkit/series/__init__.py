"""The series wing: sources → Manifest → Plan, whose encoder fills a dataset file; see `toolkit.wing` for what each hands on."""

from toolkit.series.checks import COMPARED, FITTED, IDENTITY, LOOKALIKES, NOT_ASKED, find_lookalikes, find_more, find_outliers, look_closer
from toolkit.series.encode import SeriesEncoder
from toolkit.series.measure import measure, measure_stored, measure_stored_as
from toolkit.series.options import SeriesOptions, SeriesReadOptions, SeriesSplitOptions
from toolkit.series.outline import ROWS, describe, outline, outline_stored
from toolkit.series.plan import encoder, plan, read_options
from toolkit.series.read import read
from toolkit.series.split import split
from toolkit.series.topics import tell
from toolkit.series.topics.show import Show

__all__ = [
    "COMPARED",
    "FITTED",
    "IDENTITY",
    "LOOKALIKES",
    "NOT_ASKED",
    "ROWS",
    "SeriesEncoder",
    "SeriesOptions",
    "SeriesReadOptions",
    "SeriesSplitOptions",
    "Show",
    "describe",
    "encoder",
    "find_lookalikes",
    "find_more",
    "find_outliers",
    "look_closer",
    "measure",
    "measure_stored",
    "measure_stored_as",
    "outline",
    "outline_stored",
    "plan",
    "read",
    "read_options",
    "split",
    "tell",
]
