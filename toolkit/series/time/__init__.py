"""Time: columns of stamps → moments in UTC, and back; zones and their clocks; steps from stamp to stamp; places in the calendar.

`times` reads columns by `stamps`, which knows their `forms`; `zone` and `civil` have the clocks and the calendar that all go by.
"""

from toolkit.series.time.calendar import calendar_columns, calendar_names
from toolkit.series.time.stamps import Place, name_place
from toolkit.series.time.steps import Kept, Step, add_steps, find_kept_step, find_step, lay_out_stamps, number_stamps, parse_step
from toolkit.series.time.times import FIELDS, Times, format_times, parse_stamp, parse_times, read_times
from toolkit.series.time.zone import check_zone, find_moments, find_offsets

__all__ = [
    "FIELDS",
    "Kept",
    "Place",
    "Step",
    "Times",
    "add_steps",
    "calendar_columns",
    "calendar_names",
    "check_zone",
    "find_kept_step",
    "find_moments",
    "find_offsets",
    "find_step",
    "format_times",
    "lay_out_stamps",
    "name_place",
    "number_stamps",
    "parse_stamp",
    "parse_step",
    "parse_times",
    "read_times",
]
