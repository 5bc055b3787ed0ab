"""Values that any checkpoint can hold: what users hand in comes in, plain Python goes out, or a refusal that names the value."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from os import PathLike, fspath
from typing import Any

import numpy as np
import torch

from toolkit.errors import ArgumentError, wording

__all__ = ["make_plain"]

PLAIN = (type(None), bool, int, float, complex, str, bytes)
KEPT = (torch.Tensor, torch.dtype, torch.device, torch.Size)


def make_plain(value: Any, name: str, *, strict: bool = True) -> Any:
    """Turn a value into what ``torch.load(…, weights_only=True)`` reads again: torch writes much more than it reads.

    Args:
        value: Of Python, numpy (scalars, and arrays as lists), torch, or several of these in lists, tuples, sets and mappings; a path
            becomes text, and so does a member of an Enum that is a text; of one that is a number, its number.
        name: What it is called, for the message.
        strict: Refuse everything else; else leave it as it is.

    Raises:
        ArgumentError: If it is anything else, such as a date.
    """
    if type(value) in PLAIN or isinstance(value, KEPT):
        return value
    if isinstance(value, Mapping):
        return _make_mapping_plain(value, name, strict=strict)
    if isinstance(value, list | tuple | set):
        return _make_parts_plain(value, name, strict=strict)
    if isinstance(value, np.generic | np.ndarray) and value.dtype.kind in "biufcSUO":
        return make_plain(_of_numpy(value), name, strict=strict)
    found = _of_subclass(value)
    if found is None and strict:
        rule, got = "a number, a text, or lists and mappings of these, to be read again", f"{type(value).__name__} {value}"
        raise ArgumentError(wording("checkpoint", name, rule, got, fix="Hand in a number or a text in its place."))
    return value if found is None else found


def _make_mapping_plain(value: Mapping[Any, Any], name: str, *, strict: bool) -> Mapping[Any, Any]:
    items = {make_plain(key, name, strict=strict): make_plain(each, f"{name}.{key}", strict=strict) for key, each in value.items()}
    same = isinstance(value, dict) and all(new is old for new, old in zip(items.values(), value.values(), strict=True))
    return value if same and all(type(key) in PLAIN for key in value) else items


def _make_parts_plain(value: list[Any] | tuple[Any, ...] | set[Any], name: str, *, strict: bool) -> Any:
    if all(type(each) in PLAIN for each in value):
        return value  # a vocabulary's words, soon
    parts = [make_plain(each, f"{name}[{place}]", strict=strict) for place, each in enumerate(value)]
    if all(new is old for new, old in zip(parts, value, strict=True)):
        return value
    return tuple(parts) if isinstance(value, tuple) else set(parts) if isinstance(value, set) else parts


def _of_numpy(value: np.generic | np.ndarray[Any, Any]) -> Any:
    """Python's own numbers and texts; longer floats than Python's are rounded to these, where numpy would keep them."""
    short = {"f": np.float64, "c": np.complex128}.get(value.dtype.kind)
    return (value if short is None else value.astype(short)).tolist()


def _of_subclass(value: Any) -> str | int | float | None:
    """The text or number that a path, a member of an Enum or another special one is; None if it is neither."""
    if isinstance(value, PathLike):
        return str(fspath(value))
    kind = next((kind for kind in (int, float, str) if isinstance(value, kind)), None)
    return None if kind is None else kind(value.value if isinstance(value, Enum) else value)
