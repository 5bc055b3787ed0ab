"""The page of a training run: its folder comes in, and its dataset file if it is still there; one HTML page and its JSON go out."""

from recipes.run_report.report import report_run

__all__ = ["report_run"]
