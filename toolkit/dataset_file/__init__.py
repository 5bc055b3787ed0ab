"""The dataset file: the only package that knows how bytes lie in it.

`export` comes in through `layout` (an empty file of the right shape) and `seal`; readers come in through
`open_dataset` and never meet HDF5 again: what leaves are memory maps and small arrays.
"""

from toolkit.dataset_file.inspect import Inspection, inspect_dataset
from toolkit.dataset_file.layout import Extent, Field, write_skeleton
from toolkit.dataset_file.read import DatasetFile, is_dataset_path, open_dataset, require_dataset_path
from toolkit.dataset_file.samples import TakeSamples, list_samples
from toolkit.dataset_file.skipped import count_reasons, list_skipped, skipped_lines
from toolkit.dataset_file.split_data import JoinedData, SplitData

__all__ = [
    "DatasetFile",
    "Extent",
    "Field",
    "Inspection",
    "JoinedData",
    "SplitData",
    "TakeSamples",
    "count_reasons",
    "inspect_dataset",
    "is_dataset_path",
    "list_samples",
    "list_skipped",
    "open_dataset",
    "require_dataset_path",
    "skipped_lines",
    "write_skeleton",
]
