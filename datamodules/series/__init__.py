"""Windows of series for any Lightning project."""

from datamodules.series.batch import SeriesBatch

__all__ = ["SeriesBatch"]
