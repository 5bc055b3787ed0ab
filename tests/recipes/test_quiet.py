"""Warnings of a training are told as a line each, and only within it."""

import warnings

from recipes.quiet import quiet_lightning


def test_a_warning_is_a_plain_line_without_code():
    before = warnings.formatwarning
    with quiet_lightning():
        told = warnings.formatwarning(UserWarning("2 series of val are left out"), UserWarning, "module.py", 118, "rank_zero_warn(left)")
    assert told == "2 series of val are left out\n"
    assert warnings.formatwarning is before
