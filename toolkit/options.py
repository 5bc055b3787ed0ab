"""How the preprocess verbs are told what to do: typed or YAML values come in by name, the options objects go out.

The command passes the objects on to `toolkit.preprocess`. Rules and defaults stay where they are: in the objects.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from toolkit.balance import BalanceOptions
from toolkit.errors import ArgumentError, check, wording
from toolkit.export import ExportOptions
from toolkit.images import ImageOptions, ReadOptions, parse_steps
from toolkit.splits import SplitOptions, parse_fractions
from toolkit.text import TextOptions, TextReadOptions

__all__ = [
    "default_of",
    "image_options",
    "kind_of",
    "option_words",
    "options_of",
    "read_options",
    "split_typed",
    "text_options",
    "type_options",
]

_COMMON: Mapping[str, type] = {"split": SplitOptions, "balance": BalanceOptions, "write": ExportOptions}
_TYPES: Mapping[str, Mapping[str, type]] = {
    "images": {"read": ReadOptions, "images": ImageOptions, **_COMMON},
    "text": {"read": TextReadOptions, "text": TextOptions, **_COMMON},
}


def _parse_size(text: str) -> tuple[int, int]:
    """Read ``"48"`` as (48, 48) and ``"48,64"`` as (48, 64)."""
    numbers = text.split(",")
    fit = len(numbers) <= 2 and all(number.strip().isdecimal() for number in numbers)
    check(fit, "options", "size", "one whole number, or height,width", text)
    return int(numbers[0]), int(numbers[-1])


def _parse_target(text: str) -> str | int:
    """Read a number as a number, and leave names of targets to `BalanceOptions`."""
    return int(text) if text.isdecimal() else text


def _parse_words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


_Table = Mapping[str, tuple[str, str, type | Callable[[str], Any]]]

_SHARED: _Table = {
    "split": ("split", "fractions", parse_fractions),
    "stratify": ("split", "stratify", bool),
    "seed": ("split", "seed", int),
    "balance": ("balance", "target", _parse_target),
    "balance_by": ("balance", "by", str),
    "layout": ("read", "layout", str),
    "classes": ("read", "classes", str),
    "parts": ("read", "parts", str),
    "group": ("read", "group", str),
    "columns": ("read", "columns", str),
    "header": ("read", "header", bool),
    "delimiter": ("read", "delimiter", str),
    "quoting": ("read", "quoting", str),
    "labels": ("read", "labels", str),
    "root": ("read", "root", str),
    "names": ("read", "names", str),
    "encoding": ("read", "encoding", str),
    "workers": ("write", "workers", int),
    "on_error": ("write", "on_error", str),
    "overwrite": ("write", "overwrite", bool),
    "dry_run": ("write", "dry_run", bool),
}
_OPTIONS: Mapping[str, _Table] = {
    "images": {
        "size": ("images", "size", _parse_size),
        "steps": ("images", "steps", parse_steps),
        "fit": ("images", "fit", str),
        "dtype": ("images", "dtype", str),
        **_SHARED,
    },
    "text": {
        "tokenizer": ("text", "tokenizer", str),
        "lower": ("text", "lower", bool),
        "digits": ("text", "digits", str),
        "html": ("text", "html", str),
        "normalize": ("text", "normalize", str),
        "stop_words": ("text", "stop_words", _parse_words),
        "min_count": ("text", "min_count", int),
        "max_vocabulary": ("text", "max_vocabulary", int),
        "subwords": ("text", "subwords", int),
        "text": ("read", "text", str),
        "label": ("read", "label", str),
        **_SHARED,
    },
}
"""Each option of `preprocess KIND`: the object that holds it, its field there, how its value is read."""


def default_of(option: str, kind: str = "images") -> str:
    """Return the default of an option of `preprocess KIND`, as a user would type it."""
    part, field, _ = _OPTIONS[kind][option]
    return _typed(getattr(_TYPES[kind][part](), field))


def type_options(kind: str, **objects: Any) -> str:
    """Say options as a user would type them: the other way round from `options_of`.

    Args:
        kind: ``"images"`` or ``"text"``; any other has no options that are typed.
        **objects: ``read``, ``images`` or ``text``, ``split`` and ``balance`` objects; None, and what has its default, says nothing.

    Returns:
        For example ``--size 32 --steps 'crop_box(margin=0.1), grayscale'``, quoted for a shell.
    """
    said = []
    for name, (part, field, _) in _OPTIONS.get(kind, {}).items():
        given = objects.get(part)
        value = getattr(given, field, None)
        if given is None or (part != "balance" and value == getattr(_TYPES[kind][part](), field)):
            continue
        option = name.replace("_", "-")
        typed = _typed(value)
        if isinstance(value, bool):
            said.append(f"--{'no-' * (not value)}{option}")
        elif typed:
            said.append(shlex.join(option_words(f"--{option}", typed)))
    return " ".join(said)


def option_words(option: str, value: str) -> list[str]:
    """The words that give an option its value: a single one where two could be taken for two options."""
    return [f"{option}={value}"] if value.startswith("-") else [option, value]


def split_typed(typed: str) -> dict[str, str]:
    """Take typed options apart: each with its value, or an empty text if it has none."""
    found: dict[str, str] = {}
    option = ""
    for word in shlex.split(typed):
        if word.startswith("--"):
            option, _, found_value = word.partition("=")
            found[option] = found_value
        else:
            found[option] = word
    return found


def kind_of(read: Any) -> str:
    """Tell which kind's sources some options are for; empty for None."""
    return next((kind for kind, types in _TYPES.items() if isinstance(read, types["read"])), "")


def read_options(kind: str, typed: str) -> Any:
    """Build the object by which a source was read from what `type_options` said; None if it said nothing of that."""
    given = {option.removeprefix("--").replace("-", "_"): value for option, value in split_typed(typed).items()}
    known = _OPTIONS.get(kind, {})
    return options_of(kind, **{name: value for name, value in given.items() if known.get(name, ("",))[0] == "read"}).get("read")


def _typed(value: Any) -> str:
    if isinstance(value, Mapping):
        value = tuple(f"{key}={item}" for key, item in value.items())
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value).lower() if isinstance(value, bool) else str(value)


def image_options(config: str | Path | None = None, **typed: Any) -> dict[str, Any]:
    """Build what `preprocess_images` takes.

    Args:
        config: A YAML file of option names (dashes or underscores) and values, lists and mappings where a typed value has commas.
        **typed: Values by option name, as typed; they win over the file's. None means not given.

    Returns:
        ``read``, ``images``, ``split``, ``balance`` and ``write`` objects, as far as one of their fields was given.

    Raises:
        ArgumentError: If a name is unknown, or a value breaks its option's rule.
    """
    return _build("images", config, typed)


def text_options(config: str | Path | None = None, **typed: Any) -> dict[str, Any]:
    """Build what `preprocess_text` takes, as `image_options` does for pictures.

    Args:
        config: A YAML file of option names and values.
        **typed: Values by option name, as typed; they win over the file's. None means not given.

    Returns:
        ``read``, ``text``, ``split``, ``balance`` and ``write`` objects, as far as one of their fields was given.

    Raises:
        ArgumentError: If a name is unknown, or a value breaks its option's rule.
    """
    return _build("text", config, typed)


def options_of(kind: str, **typed: Any) -> dict[str, Any]:
    """Build the options of a kind as its own function does: `image_options` or `text_options`.

    Args:
        kind: ``"images"`` or ``"text"``.
        **typed: Values by option name, as typed. None means not given.

    Raises:
        ArgumentError: If the kind has no such option, or a value breaks its rule.
    """
    return _build(kind, None, typed)


def _build(kind: str, config: str | Path | None, typed: Mapping[str, Any]) -> dict[str, Any]:
    fields: dict[str, dict[str, Any]] = {}
    given = {name: value for name, value in typed.items() if value is not None}
    unknown = ", ".join(name for name in given if name not in _OPTIONS[kind])
    check(not unknown, "options", "each option", f"one of preprocess {kind}", unknown)
    for name, value in (_read_config(config, _OPTIONS[kind]) | given).items():
        part, field, read = _OPTIONS[kind][name]
        fields.setdefault(part, {})[field] = _value(name, value, read)
    by = fields.get("balance", {"target": None})
    check("target" in by, "options", "balance", "given with balance_by", None, fix="Say what to aim at: --balance median.")
    return {part: _TYPES[kind][part](**values) for part, values in fields.items()}


def _value(name: str, value: Any, read: type | Callable[[str], Any]) -> Any:
    """Read one value: numbers and switches as they are, everything else from its typed form."""
    if read in (int, bool):
        check(type(value) is read, "options", name, "a whole number" if read is int else "true or false", value)
        return value
    if isinstance(value, Mapping):
        value = [f"{key}={item}" for key, item in value.items()]
    return read(",".join(map(str, value)) if isinstance(value, list) else str(value))


def _read_config(path: str | Path | None, known: Mapping[str, Any]) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        values = yaml.safe_load(Path(path).read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ArgumentError(wording("config", "content", "YAML in UTF-8", " ".join(str(error).split()), at=str(path))) from error
    check(isinstance(values, dict), "config", "content", "lines of NAME: VALUE", values, at=str(path))
    named = {str(name).replace("-", "_"): value for name, value in values.items()}
    unknown = ", ".join(name for name in named if name not in known)
    check(not unknown, "config", "each name", f"one of {', '.join(known)}", unknown, at=str(path))
    return named
