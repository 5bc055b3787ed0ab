"""How a source of images is to be read; the readers beside this file take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from toolkit.errors import check
from toolkit.sources import SourceOptions

__all__ = ["COLUMNS", "LAYOUTS", "ReadOptions"]

LAYOUTS = (
    "auto", "folder", "gtsrb", "coco", "voc", "yolo", "tt100k", "mapillary", "csv", "jsonl", "idx", "cifar", "pixels", "parquet",
    "huggingface", "webdataset",
)  # fmt: skip
"""The layouts that can be asked for."""

COLUMNS = ("path", "label", "split", "group", "x1", "y1", "x2", "y2", "w", "h")
"""What a table's columns can mean; a column of that name has that meaning unless `ReadOptions.columns` says otherwise.

A box is two corners, both inside it, x1, y1, x2, y2; or one and a size, x1, y1, w, h.
Without these, columns xmin, ymin, xmax, ymax (or x_min …) are the edges of a box, and Roi.X1, Roi.Y1, Roi.X2, Roi.Y2 its corners."""


@dataclass(frozen=True)
class ReadOptions(SourceOptions):
    """How a source of images is read; its fields are those of `toolkit.sources.SourceOptions`.

    Layouts are ``"folder"``: a folder a class, also inside train/, val/, test/. ``"gtsrb"``: the benchmark's own folders, as distributed
    or as on Kaggle, and BelgiumTS. ``"coco"``, ``"voc"``, ``"yolo"``, ``"tt100k"``, ``"mapillary"``: boxes in pictures, as COCO's JSON,
    Pascal VOC's XML, YOLO's text files and the JSON of two sets of traffic signs mark them; each box is a sample. ``"csv"`` and
    ``"jsonl"``: a table of paths and labels, lines of cells or JSON objects. ``"idx"``, ``"cifar"``, ``"pixels"``: MNIST's files, CIFAR's
    binary version, tables of pixels. ``"parquet"``: pictures in Parquet files. ``"huggingface"``: pictures beside a metadata.csv or
    metadata.jsonl. ``"webdataset"``: TAR shards of pictures and labels by key. ``"auto"``: whichever of these the source looks like. For
    ``"gtsrb"``, and for a table with such a column, `group` can be ``"track"``; a file of COCO's or TT100K's takes `root`, too.
    """

    LAYOUTS: ClassVar[tuple[str, ...]] = LAYOUTS
    COLUMNS: ClassVar[tuple[str, ...]] = COLUMNS
    TABLES: ClassVar[tuple[str, ...]] = ("csv", "jsonl")
    ROOTED: ClassVar[tuple[str, ...]] = ("coco", "tt100k")
    COLUMNED: ClassVar[tuple[str, ...]] = ("parquet", "huggingface")
    FOLDERS: ClassVar[tuple[str, ...]] = ("folder", "idx", "cifar", "pixels", "parquet")

    def check_layout(self, layout: str) -> None:
        """Refuse options that mean nothing in a layout, rather than overlook them."""
        super().check_layout(layout)
        if layout in ("idx", "pixels", "parquet"):
            check(self.classes == "auto", "ReadOptions", "classes", f"auto for the layout {layout}", self.classes)
        if layout == "cifar":
            check(not self.parts, "ReadOptions", "parts", "left out for the layout cifar", self.parts)
            check(self.classes in ("auto", "leaf", "top"), "ReadOptions", "classes", "auto, leaf or top for the layout cifar", self.classes)
        if layout in self.COLUMNED:
            others = [meaning for meaning in self.column_names() if meaning not in ("path", "label")]
            check(not others, "ReadOptions", "columns", f"path and label for the layout {layout}", ", ".join(others))
        if layout not in self.TABLES:
            check(self.encoding == "auto", "ReadOptions", "encoding", f"left out for the layout {layout}", self.encoding)

    def known_groups(self, layout: str) -> tuple[str, ...]:
        """Names of groups that a layout itself knows."""
        return ("track",) if layout == "gtsrb" else ()
