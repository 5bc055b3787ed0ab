"""What the readers of every kind of data share: trees of folders and archives, parts and classes, tables, and rows of a Manifest."""

from toolkit.sources.archive import ARCHIVES, NOT_READ, ArchiveTree, archive_stem, open_tree
from toolkit.sources.compressed import COMPRESSED, read_pieces
from toolkit.sources.describe import ClassCount, SourceDescription, describe_source
from toolkit.sources.layout import ClassFolder, FolderLayout, FolderQuestion, find_layout
from toolkit.sources.names import name_classes
from toolkit.sources.open_rows import OpenRows, row_slices
from toolkit.sources.options import SourceOptions, parse_pairs
from toolkit.sources.parts import NEUTRAL, SPLIT_NAMES, UNLABELLED, find_parts, split_of
from toolkit.sources.rows import EMPTY_CLASS, UNLISTED, SampleRows, number_names, sort_naturally, source_path
from toolkit.sources.spool import SpoolFile
from toolkit.sources.tree import EMPTY, Entries, FileTree, FolderTree, Tree, holds_samples, list_files

__all__ = [
    "ARCHIVES",
    "COMPRESSED",
    "EMPTY",
    "EMPTY_CLASS",
    "NEUTRAL",
    "NOT_READ",
    "SPLIT_NAMES",
    "UNLABELLED",
    "UNLISTED",
    "ArchiveTree",
    "ClassCount",
    "ClassFolder",
    "Entries",
    "FileTree",
    "FolderLayout",
    "FolderQuestion",
    "FolderTree",
    "OpenRows",
    "SampleRows",
    "SourceDescription",
    "SourceOptions",
    "SpoolFile",
    "Tree",
    "archive_stem",
    "describe_source",
    "find_layout",
    "find_parts",
    "holds_samples",
    "list_files",
    "name_classes",
    "number_names",
    "open_tree",
    "parse_pairs",
    "read_pieces",
    "row_slices",
    "sort_naturally",
    "source_path",
    "split_of",
]
