"""What the readers of every kind of data share: trees of folders and archives, parts and classes, tables, and rows of a Manifest."""

from toolkit.sources.archive import ARCHIVES, NOT_READ, ArchiveTree, archive_stem, open_tree
from toolkit.sources.cells import parse_cells, read_cells
from toolkit.sources.columns import Cells, Wanted
from toolkit.sources.compressed import COMPRESSED, read_pieces
from toolkit.sources.describe import ClassCount, SourceDescription, Tell, describe_source, keep_quiet
from toolkit.sources.frames import Frames, find_frames
from toolkit.sources.labels import number_names, parse_number, sort_naturally
from toolkit.sources.layout import ClassFolder, FolderLayout, FolderQuestion, find_layout
from toolkit.sources.names import name_classes
from toolkit.sources.objects import parse_object
from toolkit.sources.open_rows import OpenRows, row_slices
from toolkit.sources.options import SourceOptions, check_writing, parse_pairs
from toolkit.sources.parts import SPLIT_NAMES, UNLABELLED, find_parts, is_container, split_of
from toolkit.sources.rows import EMPTY_CLASS, UNLISTED, SampleRows, source_path
from toolkit.sources.spool import SpoolFile
from toolkit.sources.table import Table, TableRow, open_table
from toolkit.sources.tree import EMPTY, Entries, FileTree, FolderTree, Tree, holds_samples, list_files

__all__ = [
    "ARCHIVES",
    "COMPRESSED",
    "EMPTY",
    "EMPTY_CLASS",
    "NOT_READ",
    "SPLIT_NAMES",
    "UNLABELLED",
    "UNLISTED",
    "ArchiveTree",
    "Cells",
    "ClassCount",
    "ClassFolder",
    "Entries",
    "FileTree",
    "FolderLayout",
    "FolderQuestion",
    "FolderTree",
    "Frames",
    "OpenRows",
    "SampleRows",
    "SourceDescription",
    "SourceOptions",
    "SpoolFile",
    "Table",
    "TableRow",
    "Tell",
    "Tree",
    "Wanted",
    "archive_stem",
    "check_writing",
    "describe_source",
    "find_frames",
    "find_layout",
    "find_parts",
    "holds_samples",
    "is_container",
    "keep_quiet",
    "list_files",
    "name_classes",
    "number_names",
    "open_table",
    "open_tree",
    "parse_cells",
    "parse_number",
    "parse_object",
    "parse_pairs",
    "read_cells",
    "read_pieces",
    "row_slices",
    "sort_naturally",
    "source_path",
    "split_of",
]
