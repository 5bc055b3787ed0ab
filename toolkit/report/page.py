"""The page: a report's figures, pictures and plots come in, one HTML document that needs nothing else goes out."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from toolkit.checks import tag
from toolkit.errors import printable
from toolkit.report.gallery import ClassShown, FindingShown
from toolkit.report.plots import Plot
from toolkit.report.sections import Section

__all__ = ["render_page", "render_sections"]

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
    before: Sequence[Section] = (),
    after: Sequence[Section] = (),
) -> str:
    """Lay a report out.

    Args:
        content: From `toolkit.report.content.describe`.
        title: What the page is about.
        findings: Pictures for each of the content's findings, in their order.
        classes: Pictures of classes.
        plots: ``classes`` and ``columns``.
        before: What stands between verdict and findings.
        after: What stands behind the figures.

    Returns:
        HTML: no script, no address outside itself, every name escaped, characters that cannot be seen or that turn text around told
        by their codes.
    """
    marks = list(content["columns"][0]["all"]) if content["columns"] else []
    own = {"findings": findings, "classes": classes, "plots": plots, "marks": marks, "max_rows": MAX_ROWS, "before": before, "after": after}
    return _render("page.html.jinja", content, title=title, what="data report", **own)


def render_sections(content: Mapping[str, Any], sections: Sequence[Section], *, title: str, what: str, about: str) -> str:
    """Lay out verdict and findings as those of a data set, then any sections: a page of the same frame about something else.

    Args:
        content: Has ``verdict``, ``findings`` and ``unchecked`` as `toolkit.report.content.describe` makes them.
        sections: In their order.
        title: What the page is about.
        what: What kind of page it is, e.g. ``"training run"``.
        about: One line below the title.

    Returns:
        HTML with the promises of `render_page`.
    """
    pictures = [FindingShown((), ())] * len(content["findings"])
    own = {"findings": pictures, "sections": sections, "about": about}
    return _render("sections.html.jinja", content, title=title, what=what, **own)


def _render(template: str, content: Mapping[str, Any], **values: Any) -> str:
    environment = Environment(
        loader=PackageLoader("toolkit.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    shown = {"shown": _shown, "plain": _plain, "ending": _ending, "told": _told, "lines": _lines}
    environment.filters |= {**shown, "figure": _figure, "count": _count, "pretty": _pretty}
    return environment.get_template(template).render(content=content, tag=tag, **values)


def _shown(name: str, limit: int = NAME_CHARACTERS) -> Markup:
    """A name as text that shows all its characters and lets none of them act on what stands beside it."""
    return Markup("<bdi>{}</bdi>").format(_plain(name, limit))


def _plain(name: str, limit: int = NAME_CHARACTERS) -> str:
    """The same where no element can stand."""
    return printable(name, limit) or "(no name)"


def _ending(name: str) -> Markup:
    """The end of a path, below a picture: as many of its parts as there is room for."""
    text = printable(name, 4000)
    if len(text) <= END_CHARACTERS:
        return _shown(text)
    end = text[-END_CHARACTERS:]
    return _shown(f"…{end[max(0, end.find('/')) :]}")


def _figure(value: float, digits: int = 3) -> str:
    if math.isnan(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.{digits}g}"


def _count(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


def _told(text: str) -> Markup:
    """A sentence in which what stands between backticks, or a whole command, is set to be copied."""
    parts = ["", text, ""] if text.startswith("foudre ") else re.split(r"`([^`]+)`", text)
    pieces = [Markup("<code>{}</code>").format(printable(p, 400)) if i % 2 else escape(printable(p, 1000)) for i, p in enumerate(parts)]
    return Markup("").join(pieces)


def _lines(text: str) -> str:
    """Text of several lines, each on one line of its own whatever characters it holds."""
    return "\n".join(printable(line, 400) for line in text.split("\n"))


def _pretty(value: Any) -> str:
    """Plain data as text to be copied."""
    return json.dumps(value, ensure_ascii=False)
