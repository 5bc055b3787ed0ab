"""Steps in a row: parsed from what users write, printed back, stored as JSON; `toolkit.images.encode` applies them."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from toolkit.errors import ArgumentError, check, wording
from toolkit.images.transforms import TRANSFORMS, Box, CropBox, Image, Resize, Transform

__all__ = ["Pipeline", "parse_steps"]


@dataclass(frozen=True)
class Pipeline:
    """Transforms applied one after another.

    Args:
        steps: In the order in which an image meets them. One `CropBox` at most, before every `Resize`: boxes are in the raw image's pixels.
    """

    steps: tuple[Transform, ...] = ()

    def __post_init__(self) -> None:
        kinds = [type(step) for step in self.steps]
        check(kinds.count(CropBox) <= 1, "Pipeline", "steps", "free of a second crop_box", str(self))
        in_order = not self.needs_box or Resize not in kinds[: kinds.index(CropBox)]
        check(in_order, "Pipeline", "steps", "ordered with crop_box before resize", str(self))

    @property
    def needs_box(self) -> bool:
        """Whether images need their annotated box."""
        return any(isinstance(step, CropBox) for step in self.steps)

    def __call__(self, image: Image, box: Box | None = None) -> Image:
        """Apply every step to one image, float32, shape (H, W, C), in [0, 1]."""
        for step in self.steps:
            image = step(image, box) if isinstance(step, CropBox) else step(image)
        return image

    def __str__(self) -> str:
        return ", ".join(map(str, self.steps))

    def to_json(self) -> list[dict[str, Any]]:
        """Return each step's name and parameters."""
        return [step.to_json() for step in self.steps]

    @classmethod
    def from_json(cls, steps: Sequence[Mapping[str, Any]]) -> Pipeline:
        """Build the pipeline that `to_json` wrote down.

        Raises:
            ArgumentError: If a step or one of its parameters is unknown or breaks its rule.
        """
        return cls(tuple(_restore(step) for step in steps))


def parse_steps(text: str) -> tuple[Transform, ...]:
    """Read steps as users write them, such as ``crop_box(margin=0.1), grayscale, stretch(low=0.02)``.

    Args:
        text: Names, each with ``name=value`` arguments in parentheses where they differ from the defaults. Nothing in it is executed.

    Returns:
        The transforms, in that order; none for blank text.

    Raises:
        ArgumentError: If the text cannot be read, or names an unknown step or argument; the message lists the known ones.
    """
    if not text.strip():
        return ()
    try:
        tree = ast.parse(f"[{text}\n]", mode="eval").body
        nodes = getattr(tree, "elts", [tree])  # no list any more if the text closes our bracket: then it is no step, either
        return tuple(_build(*_read_step(node)) for node in nodes)
    except (SyntaxError, RecursionError, MemoryError) as error:
        fix = "Write for example: crop_box(margin=0.1), grayscale"
        raise ArgumentError(wording("steps", "text", "names with arguments in parentheses, separated by commas", text, fix=fix)) from error


def _read_step(node: ast.expr) -> tuple[str, dict[str, Any]]:
    function, keywords = (node.func, node.keywords) if isinstance(node, ast.Call) else (node, [])
    named = all(k.arg for k in keywords) and not (isinstance(node, ast.Call) and node.args)
    plain = isinstance(function, ast.Name) and named and len({k.arg for k in keywords}) == len(keywords)
    check(plain, "steps", "a step", "a name, with name=value arguments in parentheses where it has any", ast.unparse(node))
    arguments: dict[str, Any] = {}
    for keyword in keywords:
        try:
            arguments[str(keyword.arg)] = ast.literal_eval(keyword.value)
        except ValueError as error:
            rule = 'a number, True, False, None or "text" in quotes'
            raise ArgumentError(wording("steps", str(keyword.arg), rule, ast.unparse(keyword.value), at=ast.unparse(node))) from error
    return ast.unparse(function), arguments


def _restore(step: Mapping[str, Any]) -> Transform:
    """A stored step; what an older version left unsaid is what it meant."""
    name = step.get("name")
    implied = TRANSFORMS[name].implied if isinstance(name, str) and name in TRANSFORMS else {}
    return _build(name, {**implied, **{k: v for k, v in step.items() if k != "name"}})


def _build(name: object, arguments: Mapping[str, Any]) -> Transform:
    check(isinstance(name, str) and name in TRANSFORMS, "steps", "a step", f"one of {', '.join(sorted(TRANSFORMS))}", name)
    kind = TRANSFORMS[str(name)]
    known = [f.name for f in fields(kind)]  # type: ignore[arg-type]
    for argument in arguments:
        check(argument in known, "steps", f"an argument of {name}", f"one of {', '.join(known)}" if known else "left out", argument)
    try:
        return kind(**arguments)
    except TypeError as error:
        raise ArgumentError(wording("steps", str(name), f"given {', '.join(known)} of the right types", dict(arguments))) from error
