"""From a plan to a finished dataset file: in parallel, crash-safe, resumable, byte for byte the same however it was made.

`export` is the verb; `workspace` keeps what is half done out of sight, `layout` places every row.
"""

from toolkit.export.export import export, find_standing
from toolkit.export.summary import ExportOptions, FailedInputsError, Summary

__all__ = ["ExportOptions", "FailedInputsError", "Summary", "export", "find_standing"]
