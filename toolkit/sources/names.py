"""What people call classes: a file of names comes in, a manifest whose classes have names goes out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import yaml

from toolkit.contents import read_file
from toolkit.errors import DataError, printable, wording
from toolkit.wing import Manifest

__all__ = ["name_classes"]

_CELLS = re.compile(r"[,;\t]|\s{2,}| ")


def name_classes(manifest: Manifest, path: str) -> Manifest:
    """Give classes the names that a file lists.

    Args:
        manifest: With classes.
        path: A file with a name a line, of the classes in their order, or where classes are numbers of class 0, 1, …, or 1, 2, … if the
            last one's number is that of the lines; or lines of a class and its name with a comma, semicolon, tab or space between; or YAML
            or JSON, a list or a mapping, or a mapping's ``names``. Empty names nothing.

    Raises:
        DataError: If it cannot be read, or names none of the classes.
    """
    if not path:
        return manifest
    try:
        text = read_file(path).decode("utf-8-sig")
        found = _load(text) if path.lower().endswith((".yaml", ".yml", ".json")) else _split_lines(text, manifest.classes)
    except OSError as error:
        raise DataError(wording("read", "names", "a file that can be read", path, fix=f"It is not: {error.strerror}.")) from error
    except (ValueError, yaml.YAMLError) as error:
        raise DataError(wording("read", "names", "a file of classes' names", " ".join(str(error).split()), at=path)) from error
    named = {_key(key): name for key, name in found.items()}
    names = tuple(named.get(_key(name), "") for name in manifest.classes)
    if not any(names):
        got = f"{', '.join(list(found)[:3])}, …"
        raise DataError(wording("read", "names", f"of classes such as {manifest.classes[0] if manifest.classes else 'none'}", got, at=path))
    lacking = [name for name, given in zip(manifest.classes, names, strict=True) if not given]
    told = f"Classes that {printable(path)} does not name: {printable(', '.join(lacking))}." if lacking else ""
    return replace(manifest, class_names=names, note=" ".join(filter(None, (manifest.note, told))))


def _key(name: str) -> str:
    """Class numbers are the same with and without leading zeros."""
    return str(int(name)) if name.isascii() and name.isdigit() else name


def _load(text: str) -> Mapping[str, str]:
    found: Any = json.loads(text) if text.lstrip().startswith(("{", "[")) else yaml.safe_load(text)
    found = found.get("names", found) if isinstance(found, dict) else found
    if isinstance(found, list):
        found = dict(enumerate(found))
    if not isinstance(found, dict) or any(isinstance(name, (list, dict)) for name in found.values()):
        raise ValueError(f"a {type(found).__name__}")
    return {str(key): str(name) for key, name in found.items()}


def _split_lines(text: str, classes: Sequence[str]) -> Mapping[str, str]:
    """Lines of class and name where those that begin with a class are most; else a name for each class."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    known = {_key(name) for name in classes}
    pairs = [
        (cells[0].strip().strip('"'), cells[1].strip().strip('"')) for line in lines if len(cells := _CELLS.split(line, maxsplit=1)) == 2
    ]
    fitting = {key: name for key, name in pairs if _key(key) in known}
    if 2 * len(fitting) > len(lines):
        return fitting
    if any(not name.isdigit() and name in lines for name in classes):
        raise ValueError("the classes themselves, without other names")
    if all(name.isascii() and name.isdigit() for name in classes):
        numbers = [int(name) for name in classes]
        first = int(bool(numbers) and min(numbers) > 0 and max(numbers) == len(lines))  # the last line is that of the last class
        return {str(number): line for number, line in enumerate(lines, first)}
    if len(lines) != len(classes):
        raise ValueError(f"{len(lines)} lines for {len(classes)} classes")
    return dict(zip(classes, lines, strict=True))
