"""The series wing: sources → Manifest → Plan, whose encoder fills a dataset file; see `toolkit.wing` for what each hands on."""

from toolkit.series.encode import SeriesEncoder
from toolkit.series.options import SeriesOptions, SeriesReadOptions, SeriesSplitOptions
from toolkit.series.plan import encoder, plan, read_options
from toolkit.series.read import read
from toolkit.series.split import split

__all__ = ["SeriesEncoder", "SeriesOptions", "SeriesReadOptions", "SeriesSplitOptions", "encoder", "plan", "read", "read_options", "split"]
