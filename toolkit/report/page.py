"""The page: a report's figures, pictures and plots come in, one HTML document that needs nothing else goes out."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from toolkit.errors import printable
from toolkit.report.gallery import ClassShown, FindingShown
from toolkit.report.plots import Plot

__all__ = ["render_page"]

MAX_ROWS = 500
"""Classes that the page's table lists; the JSON file has them all."""

NAME_CHARACTERS, END_CHARACTERS = 80, 30
"""What is shown of a long name, and of one below a picture: its end tells most."""


def render_page(
    content: Mapping[str, Any],
    *,
    title: str,
    findings: Sequence[FindingShown],
    classes: Sequence[ClassShown],
    plots: Mapping[str, Sequence[Plot]],
    generated: str = "",
) -> str:
    """Lay a report out.

    Args:
        content: From `toolkit.report.content.describe`.
        title: What the page is about.
        findings: Pictures for each of the content's findings, in their order.
        classes: Pictures of classes.
        plots: ``classes`` and ``columns``.
        generated: When the page was made, as people read it; empty says nothing.

    Returns:
        HTML: no script, no address outside itself, every name escaped, characters that cannot be seen or that turn text around told
        by their codes.
    """
    environment = Environment(
        loader=PackageLoader("toolkit.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    shown = {"shown": _shown, "plain": _plain, "ending": _ending, "told": _told}
    environment.filters |= {**shown, "figure": _figure, "count": _count, "pretty": _pretty}
    template = environment.get_template("page.html.jinja")
    columns = list(content["columns"][0]["all"]) if content["columns"] else []
    return template.render(
        content=content, title=title, findings=findings, classes=classes, plots=plots, generated=generated, marks=columns, max_rows=MAX_ROWS
    )


def _shown(name: str) -> Markup:
    """A name as text that shows all its characters and lets none of them act on what stands beside it."""
    return Markup("<bdi>{}</bdi>").format(_plain(name))


def _plain(name: str) -> str:
    """The same where no element can stand."""
    return printable(name, NAME_CHARACTERS) or "(no name)"


def _ending(name: str) -> Markup:
    """The end of a path, below a picture: as many of its parts as there is room for."""
    text = printable(name, 4000)
    if len(text) <= END_CHARACTERS:
        return _shown(text)
    end = text[-END_CHARACTERS:]
    return _shown(f"…{end[max(0, end.find('/')) :]}")


def _figure(value: float) -> str:
    if math.isnan(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _count(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


def _told(text: str) -> Markup:
    """A sentence in which what stands between backticks, or a whole command, is set to be copied."""
    parts = ["", text, ""] if text.startswith("foudre ") else re.split(r"`([^`]+)`", text)
    pieces = [Markup("<code>{}</code>").format(printable(p, 400)) if i % 2 else escape(printable(p, 1000)) for i, p in enumerate(parts)]
    return Markup("").join(pieces)


def _pretty(value: Any) -> str:
    """Plain data as text to be copied."""
    return json.dumps(value, ensure_ascii=False)
