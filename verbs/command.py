"""How a verb's function becomes a command: its docstring is the help, and the options of kinds of data are looked up when it is asked for.

`foudre.py` makes its commands of this; what the options are is the wings' own, as `toolkit.options` lists them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

from cyclopts import App, Group, Parameter

if TYPE_CHECKING:
    from toolkit.declaration import Option

__all__ = ["as_command"]

_PANELS = {
    "": "What is stored",
    "read": "How a raw source is read",
    "split": "Which samples train, select and test",
    "balance": "How classes are balanced",
    "write": "How the file is written",
}
"""What stands above the options of each part, in this order; a kind's own come first."""


def as_command(
    work: Callable[..., int],
    options: Callable[[], Mapping[str, Option]] | None = None,
    *,
    describe: Callable[[], str] | None = None,
    **place: Any,
) -> App:
    """Make a command of a verb without a look at its options: whoever asks for another need not wait for them.

    Args:
        work: The verb's function; where it takes ``**`` anything, the options stand in that place.
        options: Returns them, by name; those by which raw sources are read unless given. Called when the command itself is asked for.
        describe: Returns the docstring; the function's unless given.
        **place: What `cyclopts.App` takes, such as the name where it is not the function's.
    """
    command = _Command(work, options or _reading, describe or (lambda: work.__doc__ or ""))
    return App(**{"name": work.__name__, **place}, default_command=command)


def _reading() -> Mapping[str, Option]:
    from toolkit.options import reading_options

    return reading_options()


class _Command:
    def __init__(self, work: Callable[..., int], options: Callable[[], Mapping[str, Option]], describe: Callable[[], str]) -> None:
        self.__name__ = work.__name__
        self.__annotations__: dict[str, Any] = {}  # those of the signature are all there are
        self._work, self._options, self._describe = work, options, describe

    def __call__(self, *arguments: Any, **named: Any) -> int:
        return self._work(*arguments, **named)

    @property
    def __doc__(self) -> str:  # type: ignore[override]  # looked up late
        """The lines of what is said of each argument are joined: the terminal's width decides where they end."""
        return self._describe().replace("\n" + 12 * " ", " ")

    @cached_property
    def __signature__(self) -> inspect.Signature:
        hints = get_type_hints(self._work, include_extras=True)
        own, options = [], []
        for parameter in inspect.signature(self._work).parameters.values():
            if parameter.kind is inspect.Parameter.VAR_KEYWORD:
                options = [_as_parameter(option) for option in self._options().values()]
            else:
                own.append(parameter.replace(annotation=hints[parameter.name]))
        return inspect.Signature(own + options)


def _as_parameter(option: Option) -> inspect.Parameter:
    """An option as an argument of a verb: None means not given, and the help shows the default that the library keeps."""
    part = option.part if option.part in _PANELS else ""
    shown = option.show_default()
    told = Parameter(
        name=option.flag,
        negative=f"--no-{option.flag[2:]}" if option.value_type is bool else (),
        help=option.help,
        show_default=(lambda _: shown) if shown else False,
        group=Group(_PANELS[part], sort_key=[*_PANELS].index(part)),
    )
    annotation: Any = Annotated[option.value_type | None, told]
    return inspect.Parameter(option.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
