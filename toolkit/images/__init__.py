"""The images wing: sources → Manifest → Plan, whose encoder fills a dataset file; see `toolkit.wing` for what each hands on."""

from toolkit.images.augment import AugmentCopies
from toolkit.images.checks import FITTED, IDENTITY, find_outliers
from toolkit.images.lookalikes import LOOKALIKES, find_lookalikes
from toolkit.images.measure import measure, measure_stored
from toolkit.images.pipeline import Pipeline, parse_steps
from toolkit.images.plan import ImageOptions, encoder, plan, with_copies
from toolkit.images.replay import find_originals, replay
from toolkit.images.show import Show
from toolkit.images.sources import ReadOptions, read, read_raw, read_unlabelled

__all__ = [
    "FITTED",
    "IDENTITY",
    "LOOKALIKES",
    "AugmentCopies",
    "ImageOptions",
    "Pipeline",
    "ReadOptions",
    "Show",
    "encoder",
    "find_lookalikes",
    "find_originals",
    "find_outliers",
    "measure",
    "measure_stored",
    "parse_steps",
    "plan",
    "read",
    "read_raw",
    "read_unlabelled",
    "replay",
    "with_copies",
]
