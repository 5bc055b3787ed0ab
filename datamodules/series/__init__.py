"""Series for any Lightning project: windows of past and future, or whole series with their labels, from a dataset file."""

from datamodules.series.batch import SeriesBatch
from datamodules.series.module import SeriesDataModule
from datamodules.series.scale import PaddedRows, ScaledWindows, Standardize
from datamodules.series.whole import WholeSeriesDataModule
from datamodules.series.windows import SeriesWindows

__all__ = [
    "PaddedRows",
    "ScaledWindows",
    "SeriesBatch",
    "SeriesDataModule",
    "SeriesWindows",
    "Standardize",
    "WholeSeriesDataModule",
]
