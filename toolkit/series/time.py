"""Stand-in until the branch `tables` brings the real one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

__all__ = ["add_steps", "find_step", "parse_stamp", "parse_step"]

_UNITS = {"s": 10**9, "min": 60 * 10**9, "h": 3600 * 10**9, "d": 86400 * 10**9, "w": 7 * 86400 * 10**9}


def parse_step(text: str) -> tuple[int, str]:
    found = re.fullmatch(r"(\d+)(s|min|h|d|w|mo|y)", text)
    assert found
    return int(found[1]), found[2]


def find_step(time: NDArray[np.int64], zone: str = "") -> str:
    gaps = np.unique(np.diff(time))
    if not len(gaps):
        return ""
    least = int(gaps[0])
    for unit in ("w", "d", "h", "min", "s"):
        if least % _UNITS[unit] == 0 and not (gaps % least).any():
            return f"{least // _UNITS[unit]}{unit}"
    months = np.unique(np.diff(time.view("M8[ns]").astype("M8[M]").astype(np.int64)))
    if len(months) and months[0] > 0 and not (months % months[0]).any():
        return f"{months[0]}mo" if months[0] % 12 else f"{months[0] // 12}y"
    return ""


def add_steps(start: int, step: str, counts: NDArray[np.int64], zone: str = "") -> NDArray[np.int64]:
    number, unit = parse_step(step)
    if unit in _UNITS:
        return start + counts * (number * _UNITS[unit])
    months = number * (12 if unit == "y" else 1)
    stamp = np.datetime64(start, "ns")
    month = stamp.astype("M8[M]")
    return ((month + counts * months).astype("M8[ns]") + (stamp - month.astype("M8[ns]"))).astype(np.int64)


def parse_stamp(text: str, zone: str = "") -> int:
    stamp = datetime.fromisoformat(text)
    stamp = stamp if stamp.tzinfo else stamp.replace(tzinfo=ZoneInfo(zone or "UTC"))
    return round((stamp - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 10**9
