"""A minimal reader of wide CSV until the branch `tables` brings the real one."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from toolkit.series.raw import RawSeries, RawSource
from toolkit.wing import Understood


def read_wide(root: Path, files: list[str], options) -> RawSource:
    def table(file):
        with open(Path(root) / file, newline="") as text:
            header, *rows = csv.reader(text)
        names = (options.time or header[0]).split(",")
        at = [header.index(name) for name in names]
        if len(at) == 1:
            stamps = [row[at[0]] for row in rows]
            stamps = [f"{s}-01" if len(s) == 7 else s for s in stamps]
            time = np.array(stamps, "M8[ns]").astype(np.int64)
        else:
            time = np.array(["{}-{:02d}-{:02d}T{:02d}".format(*(int(row[i]) for i in at)) for row in rows], "M8[ns]").astype(np.int64)
        columns, features = [], []
        for i, name in enumerate(header):
            if i in at or (options.features and name not in options.features):
                continue
            try:
                columns.append([np.nan if row[i] in ("", "NA") else float(row[i]) for row in rows])
            except ValueError:
                continue
            features.append(name)
        return features, np.array(columns).T, time

    features = table(files[0])[0]

    def series():
        for file in files:
            _, values, time = table(file)
            yield RawSeries("", file, values, time, first_row=2)

    return RawSource(
        str(root),
        tuple(features),
        series(),
        zone=options.timezone or "UTC",
        files=tuple(files),
        understood=Understood(layout="a table with a column for each variable"),
        reading={"layout": "wide", "time": options.time},
        file=files[0] if len(files) == 1 else "",
    )


def looks_like(path, options):
    return "wide" if path.suffix in (".csv", ".tsv") else ""
