"""Raw files → one checked dataset file: the public face of the toolkit.

Names are imported when they are first used, so that `import toolkit` costs nothing and a command's help answers at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from toolkit.wings import WINGS

if TYPE_CHECKING:
    from toolkit.balance import BalanceOptions
    from toolkit.check import check_source
    from toolkit.checks import CheckResult
    from toolkit.dataset_file import DatasetFile, Inspection, inspect_dataset, open_dataset
    from toolkit.errors import AmbiguousSourceError, ArgumentError, DataError, DatasetFileError, ExportError, FoudreError, SplitError
    from toolkit.export import ExportOptions, FailedInputsError, Summary
    from toolkit.images import ImageOptions, ReadOptions
    from toolkit.report import Report
    from toolkit.reporting import report_source
    from toolkit.series import SeriesOptions, SeriesReadOptions, SeriesSplitOptions
    from toolkit.splits import SplitOptions
    from toolkit.text import TextOptions, TextReadOptions, Vocabulary
    from toolkit.upgrade import upgrade_dataset

__all__ = [
    "AmbiguousSourceError",
    "ArgumentError",
    "BalanceOptions",
    "CheckResult",
    "DataError",
    "DatasetFile",
    "DatasetFileError",
    "ExportError",
    "ExportOptions",
    "FailedInputsError",
    "FoudreError",
    "ImageOptions",
    "Inspection",
    "ReadOptions",
    "Report",
    "SeriesOptions",
    "SeriesReadOptions",
    "SeriesSplitOptions",
    "SplitError",
    "SplitOptions",
    "Summary",
    "TextOptions",
    "TextReadOptions",
    "Vocabulary",
    "check_source",
    "inspect_dataset",
    "open_dataset",
    "report_source",
    "upgrade_dataset",
]
__all__ += [f"preprocess_{kind}" for kind in WINGS]
__all__.sort()

_HOMES = {
    "toolkit.balance": ("BalanceOptions",),
    "toolkit.check": ("check_source",),
    "toolkit.checks": ("CheckResult",),
    "toolkit.dataset_file": ("DatasetFile", "Inspection", "inspect_dataset", "open_dataset"),
    "toolkit.errors": (
        "AmbiguousSourceError",
        "ArgumentError",
        "DataError",
        "DatasetFileError",
        "ExportError",
        "FoudreError",
        "SplitError",
    ),
    "toolkit.export": ("ExportOptions", "FailedInputsError", "Summary"),
    "toolkit.images": ("ImageOptions", "ReadOptions"),
    "toolkit.preprocess": tuple(f"preprocess_{kind}" for kind in WINGS),
    "toolkit.report": ("Report",),
    "toolkit.reporting": ("report_source",),
    "toolkit.series": ("SeriesOptions", "SeriesReadOptions", "SeriesSplitOptions"),
    "toolkit.splits": ("SplitOptions",),
    "toolkit.text": ("TextOptions", "TextReadOptions", "Vocabulary"),
    "toolkit.upgrade": ("upgrade_dataset",),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'toolkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
