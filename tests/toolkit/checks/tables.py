"""Statistics written by hand for the tests of checks."""

import numpy as np

from toolkit.statistics import Statistics
from toolkit.wing import Manifest


def table(
    *, content=None, label=None, group=None, split=None, classes=(), parent=None, failures=None, skipped=(), columns=None, origin=None
):
    """A table of samples; `content` holds a number for each, equal where their files are, 0 where nothing was taken down."""
    given = [column for column in (content, label, group, split, parent, *(columns or {}).values()) if column is not None]
    count = len(given[0]) if given else 0
    contents = np.zeros((count, 32), np.uint8)
    contents[:, 0] = 0 if content is None else content
    manifest = Manifest(
        "toys",
        "/toys",
        origin or [f"toy{row}" for row in range(count)],
        tuple(classes),
        None if label is None else np.array(label),
        None if group is None else np.array(group, np.int64),
        split=None if split is None else np.array(split, np.int8),
        columns={} if parent is None else {"parent": np.array(parent, np.int64)},
        skipped=tuple(skipped),
    )
    figures = {name: np.array(values) for name, values in (columns or {}).items()}
    return Statistics(manifest, figures, failures or {}, contents)
