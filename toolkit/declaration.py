"""What a wing declares once, in its own folder: dataclasses of options, whose docstrings are the help, and the words of its command.

`toolkit.options` reads the declarations; the commands' signatures and help, the names in YAML files and `preprocess_KIND` come of that.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from toolkit.errors import check

__all__ = ["UNTYPED", "Declaration", "Option", "Typed", "list_options", "parse_words"]


@dataclass(frozen=True)
class Typed:
    """How a field of options is typed, where its own name and type do not tell; it stands in the field's `Annotated`.

    Args:
        name: The option's name; the field's unless given.
        parse: Reads what was typed; by the field's type unless given.
        opens: Whether the object that the field is of is made only if this is given; the object's other options mean nothing then.
        hidden: Whether it is no option of a command.
    """

    name: str = ""
    parse: Callable[[str], Any] | None = None
    opens: bool = False
    hidden: bool = False


UNTYPED = Typed(hidden=True)
"""Marks a field that Python alone sets."""


@dataclass(frozen=True)
class Declaration:
    """What people may say of a kind of data, and what the kind's command says of itself.

    Args:
        title: What ``foudre preprocess KIND`` does, one sentence, with more below it if need be.
        source: What can be given as a source.
        examples: What may be typed behind ``foudre preprocess KIND``, three lines.
        objects: The classes of the kind's own options by the name that `preprocess_KIND` takes them by: the kind's name, ``read``, and
            ``split`` where the wing cuts its data itself.
        shared: Names of further ones, which `toolkit.options` has for all kinds.
    """

    title: str
    source: str
    examples: tuple[str, ...]
    objects: Mapping[str, type]
    shared: tuple[str, ...] = ("split", "balance", "write")


@dataclass(frozen=True)
class Option:
    """One option of a command, and the field that it fills.

    Args:
        name: As YAML files have it; with dashes as it is typed.
        part: Name of the object that holds it, such as ``read``.
        attribute: Its name there.
        value_type: ``bool``, ``int``, or ``str`` for what `parse` reads.
        default: What the field is if it is not given.
        help: What people are told of it.
        parse: Reads what was typed.
        opens: As `Typed` has it.
    """

    name: str
    part: str
    attribute: str
    value_type: type
    default: Any = None
    help: str = ""
    parse: Callable[[str], Any] = field(default=str, repr=False)
    opens: bool = False

    @property
    def flag(self) -> str:
        """The option as it is typed."""
        return f"--{self.name.replace('_', '-')}"

    def read(self, value: Any) -> Any:
        """Read a value that was typed, or stands in a YAML file as a list or a mapping where a typed one has commas.

        Raises:
            ArgumentError: If it is no value of this option.
        """
        if self.value_type is not str:
            rule = "a whole number" if self.value_type is int else "true or false"
            check(type(value) is self.value_type, "options", self.name, rule, value)
            return value
        return self.parse(self.write(value))

    def write(self, value: Any) -> str:
        """Return a value as people type it."""
        if isinstance(value, Mapping):
            value = [f"{key}={item}" for key, item in value.items()]
        if isinstance(value, tuple | list):
            return ",".join(map(str, value))
        return str(value).lower() if isinstance(value, bool) else str(value)

    def show_default(self) -> str:
        """Return the default as people type it; empty where nothing is what an option is unless it is given."""
        return "" if self.opens or self.default in (None, "") else self.write(self.default)


def list_options(kind: type, part: str) -> list[Option]:
    """List the options that a dataclass declares.

    Args:
        kind: The class. Annotations tell how its fields are typed; the Args of its docstring, and of what it is derived from, what they do.
        part: The name that its objects go by.
    """
    hints, help_of, plain = get_type_hints(kind, include_extras=True), _explain_fields(kind), kind()
    found = []
    for each in fields(kind):
        hint = hints[each.name]
        typed = next((extra for extra in getattr(hint, "__metadata__", ()) if isinstance(extra, Typed)), Typed())
        if typed.hidden:
            continue
        value, parse = _value_type(get_args(hint)[0] if get_origin(hint) is Annotated else hint)
        value, parse = (str, typed.parse) if typed.parse else (value, parse)
        said = help_of.get(each.name, "")
        found.append(Option(typed.name or each.name, part, each.name, value, getattr(plain, each.name), said, parse, typed.opens))
    return found


def _value_type(hint: Any) -> tuple[type, Callable[[str], Any]]:
    """How a field's type is typed: a switch, a whole number, words with commas between them, or text."""
    members = get_args(hint) if type(None) in get_args(hint) else (hint,)
    for plain in (bool, int):
        if plain in members:
            return plain, plain
    return str, parse_words if get_origin(hint) is tuple else str


def parse_words(text: str) -> tuple[str, ...]:
    """Read words with commas between them."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


_ARGS = re.compile(r"^Args:\n((?: +.*\n?|\n)+)", re.MULTILINE)
_ARG = re.compile(r"^    (\w+): (.*(?:\n {5,}.*)*)", re.MULTILINE)
_CODE = re.compile(r'``(?:"([^`" ()|&;<>*$\\]*)"|([^`]*))``')  # quotes stay where a shell needs them


def _explain_fields(kind: type) -> dict[str, str]:
    """What the docstrings of a class and of those it is derived from say of each argument, without the marks that Python code bears."""
    docs = [inspect.cleandoc(vars(each).get("__doc__") or "") for each in reversed(kind.__mro__)]
    told = [found for doc in docs for block in _ARGS.findall(doc) for found in _ARG.findall(block)]
    return {name: _CODE.sub(lambda code: code[1] or code[2] or "", " ".join(text.split())) for name, text in told}
