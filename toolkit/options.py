"""How commands are told what to do: typed or YAML values come in by name, the options objects that wings declare go out.

The command passes the objects on to `toolkit.preprocess`. Rules and defaults stay where they are: in the objects.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from toolkit.balance import BalanceOptions
from toolkit.declaration import Option, list_options
from toolkit.errors import ArgumentError, check, wording
from toolkit.export import ExportOptions
from toolkit.splits import SplitOptions
from toolkit.wings import WINGS

__all__ = [
    "kind_of",
    "known_options",
    "option_words",
    "options_of",
    "part_types",
    "read_options",
    "reading_options",
    "split_typed",
    "type_options",
]

SHARED: Mapping[str, type] = {"split": SplitOptions, "balance": BalanceOptions, "write": ExportOptions}
"""Options that wings name in their declarations and need not have themselves."""


def part_types(kind: str) -> dict[str, type]:
    """Return the classes of a kind's options, by the name that `preprocess_KIND` takes each by; of an unknown kind the shared ones."""
    if kind not in WINGS:
        return dict(SHARED)
    declared = WINGS.declaration(kind)
    return {**declared.objects, **{name: SHARED[name] for name in declared.shared}}


@cache
def known_options(kind: str) -> Mapping[str, Option]:
    """Return each option of ``preprocess KIND`` by name; a kind that is not listed has none that are typed."""
    parts = part_types(kind).items() if kind in WINGS else ()
    return {option.name: option for part, declared in parts for option in list_options(declared, part)}


@cache
def reading_options() -> Mapping[str, Option]:
    """Return the options by which raw sources of any kind are read; the help of one that some kinds alone have names them."""
    found: dict[str, dict[str, Option]] = {}
    for kind in WINGS:
        for name, option in known_options(kind).items():
            if option.part == "read":
                found.setdefault(name, {})[kind] = option
    return {name: replace(next(iter(each.values())), help=_join_help(each)) for name, each in found.items()}


def _join_help(options: Mapping[str, Option]) -> str:
    """What one option does for each kind; said once where kinds have it in common."""
    kinds: dict[str, list[str]] = {}
    for kind, option in options.items():
        kinds.setdefault(option.help, []).append(kind)
    if [*kinds.values()] == [[*WINGS]]:
        return next(iter(kinds))
    return " ".join(f"{' and '.join(names).capitalize()}: {text}" for text, names in kinds.items())


def type_options(kind: str, **objects: Any) -> str:
    """Say options as a user would type them: the other way round from `options_of`.

    Args:
        kind: A name in `WINGS`; any other has no options that are typed.
        **objects: Objects by the names of `part_types`; None, and what has its default, says nothing.

    Returns:
        For example ``--size 32 --steps 'crop_box(margin=0.1), grayscale'``, quoted for a shell.
    """
    said = []
    for option in known_options(kind).values():
        given = objects.get(option.part)
        if given is None:
            continue
        value = getattr(given, option.attribute)
        if value == option.default and not option.opens:
            continue
        typed = option.write(value)
        if isinstance(value, bool):
            said.append(option.flag if value else f"--no-{option.flag[2:]}")
        elif typed:
            said.append(shlex.join(option_words(option.flag, typed)))
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
    return next((kind for kind in WINGS if type(read) is part_types(kind)["read"]), "")


def read_options(kind: str, typed: str) -> Any:
    """Build the object by which a source was read from what `type_options` said; None if it said nothing of that."""
    words, given = split_typed(typed), {}
    for option in known_options(kind).values():
        if option.part == "read":
            for flag, value in ((option.flag, True), (f"--no-{option.flag[2:]}", False)):
                if flag in words:
                    given[option.name] = value if option.value_type is bool else option.value_type(words[flag])
    return options_of(kind, **given).get("read")


def options_of(kind: str, config: str | Path | None = None, /, **typed: Any) -> dict[str, Any]:
    """Build what `preprocess_KIND` takes.

    Args:
        kind: A name in `WINGS`.
        config: A YAML file of option names (dashes or underscores) and values, lists and mappings where a typed value has commas.
        **typed: Values by option name, as typed; they win over the file's. None means not given.

    Returns:
        Objects by the names of `part_types`, as far as one of their fields was given.

    Raises:
        ArgumentError: If the kind has no such option, or a value breaks its rule.
    """
    known = known_options(kind)
    given = {name: value for name, value in typed.items() if value is not None}
    unknown = ", ".join(name for name in given if name not in known)
    check(not unknown, "options", "each option", f"one of preprocess {kind}", unknown)
    fields: dict[str, dict[str, Any]] = {}
    for name, value in (_read_config(config, known) | given).items():
        option = known[name]
        fields.setdefault(option.part, {})[option.attribute] = option.read(value)
    for option in known.values():
        values = fields.get(option.part, {})
        if option.opens and values and option.attribute not in values:
            others = ", ".join(other.name for other in known.values() if other.part == option.part and other.attribute in values)
            check(False, "options", option.name, f"given with {others}", None, fix="Say what to aim at: --balance median.")
    types = part_types(kind)
    return {part: types[part](**values) for part, values in fields.items()}


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
