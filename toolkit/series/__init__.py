"""The series wing: numbers in time → Manifest → Plan, whose encoder fills a dataset file; see `toolkit.wing` for what each hands on."""

from toolkit.series.options import SeriesOptions, SeriesReadOptions, SeriesSplitOptions

__all__ = ["SeriesOptions", "SeriesReadOptions", "SeriesSplitOptions"]
