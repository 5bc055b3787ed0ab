"""Forms of stamps: shapes of text come in, a 0 for each digit, all in capitals; what they may be, and where which field stands, goes out.

`toolkit.series.time.stamps` reads columns by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from toolkit.errors import ArgumentError, wording

__all__ = ["MONTHS", "UNITS", "Form", "find_forms", "find_signature", "named_form"]

UNITS: Mapping[str, int] = {"unix:s": 1_000_000_000, "unix:ms": 1_000_000, "unix:us": 1000, "unix:ns": 1}
"""Nanoseconds in what unix times count."""

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
"""What names of months begin with."""

_DIRECTIVES = {
    "Y": "(?P<year>0000)", "y": "(?P<short>00)", "m": "(?P<month>00?)", "d": "(?P<day>00?)", "j": "(?P<yearday>00?0?)",
    "H": "(?P<hour>00?)", "I": "(?P<half_hour>00?)", "M": "(?P<minute>00?)", "S": "(?P<second>00?)", "f": "(?P<fraction>0{1,9})",
    "z": "(?P<offset>Z|[+-]00(?::?00){0,2})", "b": "(?P<name>[A-Z]{3,9})", "B": "(?P<name>[A-Z]{3,9})", "a": "[A-Z]+", "A": "[A-Z]+",
    "p": "(?P<half>[AP]M)", "%": "%",
}  # fmt: skip
_WRITTEN = {
    "year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "half_hour": "%I", "minute": "%M", "second": "%S", "fraction": "%f",
    "offset": "%z", "name": "%b", "half": "%p",
}  # fmt: skip
_CLOCKS = (r"(?:[T ]+@H(?::@M(?::@S(?:[.,]@f)?)?)? ?@z?)?", r"[T ]+@I:@M(?::@S)? ?@p")
_ISO = r"@Y-(?P<month>00)(?:-(?P<day>00)(?:[T ](?P<hour>00)(?::(?P<minute>00)(?::(?P<second>00)(?:[.,]@f)?)?)? ?@z?)?)?"
_DATES = (
    r"@Y(?P<mark>[/.-])@m(?:(?P=mark)@d)?",
    r"@d(?P<mark>[/.-])@m(?P=mark)@Y",
    r"@m(?P<mark>[/.-])@d(?P=mark)@Y",
    r"@d[ -]@b[ -]@Y",
    r"@b @d,? @Y",
)
_TOGETHER = r"@Y(?P<month>00)(?P<day>00)T(?P<hour>00)(?:(?P<minute>00)(?P<second>00)?)?@z?"
_DIGITS = {4: ("%Y",), 6: ("%Y%m", "%y%m%d"), 8: ("%Y%m%d",), 10: ("%Y%m%d%H",), 12: ("%Y%m%d%H%M",), 14: ("%Y%m%d%H%M%S",)}
_NUMBER = re.compile(r"-?0+(\.0+)?")


@dataclass(frozen=True)
class Form:
    """A way to write stamps.

    Args:
        name: What one types for it: ``"iso"``, ``"unix:s"``, …, or a pattern of strptime.
        pattern: Finds the fields in a shape.
        years: First and last year that it is taken for without being asked for.
    """

    name: str
    pattern: re.Pattern[str]
    years: tuple[int, int] = (1, 9999)


def find_signature(shape: str) -> str:
    """Return what the shapes of one form have in common: any number of digits is one, fractions, offsets and names are left out."""
    if _NUMBER.fullmatch(shape):
        return "0" if len(shape) > 8 else shape
    plain = re.sub(r"([T:]0+) ?(Z|[+-]00(:?00){0,2})$", r"\1±", re.sub(r"(?<=:00)[.,]0+", "", shape))
    return re.sub(r"0+", "0", re.sub(r"[A-Z]{3,}", "A", re.sub(r"[AP]M", "M", plain)))


@lru_cache(maxsize=64)
def named_form(name: str) -> Form:
    """Return the form that one types as `name`.

    Raises:
        ArgumentError: If it is none.
    """
    if name == "iso":
        return Form(name, re.compile(_fill(_ISO)))
    if name in UNITS:
        return Form(name, re.compile(r"(?P<sign>-?)(?P<count>0+)(?:\.(?P<fraction>0{1,9}))?"))
    written = name.replace("%F", "%Y-%m-%d").replace("%T", "%H:%M:%S").replace("%R", "%H:%M")
    parts = re.findall(r"[.,]%f|%.|[.,]|[^%.,]+|%", written)
    codes = [part[-1] for part in parts if "%" in part]
    if not set(codes) <= set(_DIRECTIVES) or not {"Y", "y"} & set(codes) or max(map(codes.count, codes)) > 1:
        rule = "auto, iso, unix:s, unix:ms, unix:us, unix:ns, or a pattern of strptime with a year and each field once"
        fix = f"It may hold {', '.join(f'%{code}' for code in _DIRECTIVES)}."
        raise ArgumentError(wording("read", "--time-format", rule, name, fix=fix))
    return Form(name, re.compile("".join(_write(part, {*parts[i - 1 : i], *parts[i + 1 : i + 2]}) for i, part in enumerate(parts))))


def _write(part: str, beside: set[str]) -> str:
    """Return what finds a part of a pattern: digits beside others are as many as they can be, a fraction may lack."""
    if part in (".%f", ",%f"):
        return f"(?:[.,]{_DIRECTIVES['f']})?"
    if not part.startswith("%"):
        return re.escape(re.sub(r"\d", "0", part).upper())
    crowded = any(re.fullmatch("%[YymdjHIMSf]", other) for other in beside)
    return _DIRECTIVES[part[1:]].replace("0?", "0") if crowded else _DIRECTIVES[part[1:]]


def find_forms(shape: str) -> list[Form]:
    """Return the forms that a column may be of: ISO 8601 first, unix times last.

    Args:
        shape: Of the column's longest stamp.
    """
    if _NUMBER.fullmatch(shape):
        years = (1900, 2100) if len(shape) == 10 else (1678, 2261)
        return [replace(named_form(name), years=years) for name in _DIGITS.get(len(shape), ())] + [
            replace(named_form(name), years=(1990, 2100)) for name in UNITS
        ]
    iso = [named_form("iso")] if named_form("iso").pattern.fullmatch(shape) else []
    found = [re.fullmatch(_fill(written), shape) for written in (_TOGETHER, *(date + clock for date in _DATES for clock in _CLOCKS))]
    return iso + [named_form(_name(match)) for match in found if match]


def _fill(pattern: str) -> str:
    return re.sub("@(.)", lambda code: _DIRECTIVES[code[1]], pattern)


def _name(match: re.Match[str]) -> str:
    """Return a shape as a pattern of strptime."""
    spans = sorted((match.span(field), code) for field, code in _WRITTEN.items() if match.groupdict().get(field))
    name, place = "", 0
    for (start, stop), code in spans:
        name, place = name + match.string[place:start] + code, stop
    return name + match.string[place:]
