"""Stand-in."""

from toolkit.series.sources.standin import read_wide  # noqa
