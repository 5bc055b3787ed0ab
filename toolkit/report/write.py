"""Write a report: statistics, findings and a wing's pictures come in, REPORT.html and REPORT.json go out."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.checks import tag
from toolkit.errors import check, printable
from toolkit.output import check_output, write_whole
from toolkit.report.changes import lay_out_changes
from toolkit.report.content import describe, split_rows
from toolkit.report.gallery import Gallery, ShowSamples
from toolkit.report.page import render_page
from toolkit.report.plots import Plot, plot_classes, plot_histogram, plot_pair, plot_ratio
from toolkit.report.sections import Section
from toolkit.statistics import Statistics
from toolkit.wing import Finding

__all__ = ["Report", "page_path", "write_page", "write_report"]


@dataclass(frozen=True)
class Report:
    """A report that was written; ``str()`` is for people, and a notebook shows the page itself.

    Args:
        path: The HTML page, absolute.
        json_path: The same content for programs.
        content: What the JSON file holds.
    """

    path: str
    json_path: str
    content: Mapping[str, Any] = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """The object that ``foudre report --json`` prints."""
        return {"path": self.path, "json": self.json_path, "verdict": self.content["verdict"]}

    def __str__(self) -> str:
        lines = [f"{printable(self.path)}: {self.content['verdict']['text']}"]
        found = [f"  {tag(each['check'], each['severity'])}: {printable(each['title'])}" for each in self.content["findings"]]
        return "\n".join(lines + found)

    def _repr_html_(self) -> str:
        page = html.escape(Path(self.path).read_text(encoding="utf-8"))
        return f'<iframe title="report" sandbox srcdoc="{page}" style="width: 100%; height: 80vh; border: 0"></iframe>'


def write_report(
    statistics: Statistics,
    findings: Sequence[Finding] | None,
    path: str | Path,
    *,
    show: ShowSamples,
    unchecked: Sequence[str] = (),
    fitted: Mapping[str, NDArray[Any]] | None = None,
    changes: Mapping[str, Any] | None = None,
    more: Sequence[Section] = (),
) -> Report:
    """Write one HTML page that needs nothing else, and the same content as JSON beside it.

    Args:
        statistics: Of all samples.
        findings: What checks found, in the order to show; None if none was run.
        path: The page to write, ending in .html; the JSON file gets its name with .json.
        show: The wing's pictures, e.g. ``toolkit.images.Show()`` for raw images.
        unchecked: One line for each thing that could not be checked, and why.
        fitted: What was fitted on train, by name, e.g. ``channel_mean``; shown to be copied.
        changes: What changed since an older answer, as `toolkit.checks.compare` tells it; None compares nothing.
        more: Sections of the page behind the figures.

    Returns:
        Where it was written, and what it says.

    Raises:
        ArgumentError, ExportError: As `page_path` does.
    """
    path = page_path(path)
    title = Path(statistics.manifest.place).name
    content = describe(statistics, findings, unchecked=unchecked, meanings=show.meanings, fitted=fitted or {})
    content |= {"changes": changes} if changes else {}
    content |= {section.name: section.figures for section in more if section.figures}
    gallery = Gallery(statistics, show)
    page = render_page(
        content,
        title=title,
        findings=[gallery.finding(finding) for finding in findings or ()],
        classes=gallery.classes(),
        plots=_plots(statistics, content, show),
        before=[lay_out_changes(changes)] if changes else [],
        after=[section for section in more if section.parts],
    )
    return write_page(path, page, {"title": title, **content})


def write_page(path: Path, page: str, content: Mapping[str, Any]) -> Report:
    """Write a page, and what it says beside it.

    Args:
        path: From `page_path`.
        page: HTML.
        content: The same for programs, JSON-able, with ``verdict`` and ``findings``.
    """
    json_path = path.with_suffix(".json")
    for each, text in ((path, page), (json_path, json.dumps(content, indent=1) + "\n")):
        with write_whole(each) as partial:
            partial.write_text(text, encoding="utf-8")
    return Report(str(path), str(json_path), content)


def page_path(path: str | Path, *, spare: Iterable[str | Path | None] = ()) -> Path:
    """Return a page's absolute path; refuse what cannot be written, or should not, before there is any work on it.

    Args:
        path: The page to write, ending in .html; an earlier report and its JSON are replaced, any other file is not.
        spare: What is read for it, as `toolkit.output.check_output` takes it: a baseline, above all.

    Raises:
        ArgumentError: If the path does not end in .html, or something else would be lost, there or at the same name in .json.
        ExportError: If no file can be written there.
    """
    path = Path(path)
    check(path.suffix == ".html", "report", "path", "a name that ends in .html", str(path))
    spare = list(spare)
    for each in (path, path.with_suffix(".json")):
        check_output(each, "report", ours=_is_report, spare=spare)
    return path.absolute()


def _is_report(path: Path) -> bool:
    """Whether `write_page` has written a file, as the frame of all pages or what their JSON always has tells."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        return '<a class="skip" href="#main">Skip to the report</a>' in text
    content = json.loads(text)
    return isinstance(content, dict) and {"title", "verdict", "findings"} <= content.keys()


def _plots(statistics: Statistics, content: Mapping[str, Any], show: ShowSamples) -> dict[str, list[Plot]]:
    parts, columns, rows = split_rows(statistics), statistics.columns, statistics.measured
    if not len(rows):
        return {"classes": [], "columns": []}
    found = [plot_histogram(name, show.meanings[name], columns[name], parts) for name in show.histograms if name in columns]
    for x, y in show.pairs:
        if np.ptp(columns[x][rows]) or np.ptp(columns[y][rows]):
            found += [plot((x, y), columns[x][rows], columns[y][rows]) for plot in (plot_pair, plot_ratio)]
    return {"classes": [plot_classes(content["classes"])] if content["classes"] else [], "columns": found}
