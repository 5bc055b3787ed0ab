"""A page that needs nothing else: every name literal, no address, within its size; and JSON that says the same."""

import json
import re
import tarfile
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import REPOSITORY
from tests.toolkit.report.tables import Slides, make_table
from toolkit.checks import CERTIFICATE
from toolkit.errors import ArgumentError, printable
from toolkit.report import page_path, write_report
from toolkit.wing import Finding

HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onmouseover='x", "</title><b>", "{{ 7 * 7 }}", "{% raw %}",
    "&lt;b&gt;", "$x^2$", "`code`", "--><!--", "javascript:alert(1)", "]]>", "a\nb\tc", "\u202egnp.exe", "\x00\x1b[31m", "caf\udce9", "",
]  # fmt: skip
DRAWN_OR_SET = {"path", "g", "use", "text", "defs", "clipPath", "code"}
"""Elements that depend on what numbers are drawn, and on backticks, which set what is to be copied."""

FINDINGS = [Finding("dark", "warning", "2 are dark", 2, (0, 1), "under 0.1", "Bad.", "Type `foudre x`."), Finding("b", "info", "no", 0)]


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.texts.append(data)

    def shape(self):
        return [(tag, sorted(attributes)) for tag, attributes in self.elements]


def naughty_names():
    packed = REPOSITORY.parent / "shared" / "data" / "hostile.tar.xz"
    if not packed.exists():
        return []
    with tarfile.open(packed) as archive:
        lines = archive.extractfile("hostile/blns.txt").read().decode("utf-8", "surrogateescape").split("\n")
    return [line for line in lines if line and not line.startswith("#")]


def write(path, names, **options):
    count = len(names)
    table = make_table(count, classes=tuple(names), origin=list(names), failures={count - 4: names[0]}, root=f"/{names[1]}")
    found = [Finding("named", "error", f"{n} is there", 1, (i,), f"under {n}", f"why {n}", f"do {n}") for i, n in enumerate(names[:40])]
    return write_report(table, [*FINDINGS, *found], path, show=Slides(), unchecked=[names[0]], **options)


@pytest.mark.parametrize("names", [HOSTILE, naughty_names()], ids=["own", "list"])
def test_names_appear_literally_and_make_no_markup(tmp_path, names):
    if not names:
        pytest.skip("the list of naughty strings is not beside the repository")
    hostile = Page(Path(write(tmp_path / "a.html", names).path).read_text(encoding="utf-8"))
    tame = Page(Path(write(tmp_path / "b.html", [f"n{i}" for i in range(len(names))]).path).read_text())
    text = "\0".join(hostile.texts)
    assert [name for name in names if printable(name, 80) not in text] == []
    shapes = [[each for each in page.shape() if each[0] not in DRAWN_OR_SET] for page in (hostile, tame)]
    assert shapes[0] == shapes[1]
    assert not {tag for tag, _ in hostile.elements} & {"script", "iframe", "object", "form", "base"}
    assert all(character.isprintable() or character in "\0\n" for character in text)


def test_nothing_points_outside_the_page(tmp_path):
    text = Path(write_report(make_table(), FINDINGS, tmp_path / "r.html", show=Slides()).path).read_text(encoding="utf-8")
    page = Page(text)
    policy = next(found["content"] for tag, found in page.elements if tag == "meta" and "http-equiv" in found)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    addresses = [value for _, found in page.elements for name, value in found.items() if name in ("src", "href", "xlink:href", "action")]
    ids = [found["id"] for _, found in page.elements if "id" in found]
    assert all(address.startswith("data:") or address[1:] in ids for address in addresses)
    assert len(ids) == len(set(ids))
    assert not re.search(r"url\((?!#)|@import|https?:", text)


def test_a_keyboard_reaches_every_section(tmp_path):
    page = Page(Path(write_report(make_table(), FINDINGS, tmp_path / "r.html", show=Slides()).path).read_text(encoding="utf-8"))
    links = [found["href"] for tag, found in page.elements if tag == "a"]
    assert links[0] == "#main"
    assert {"#verdict", "#findings", "#classes", "#figures", "#finding-1", "#finding-2"} <= set(links)
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_json_says_the_same_and_the_same_input_makes_the_same_bytes(tmp_path):
    reports = [write_report(make_table(), FINDINGS, tmp_path / name / "r.html", show=Slides()) for name in ("a", "b")]
    said = [Path(report.json_path).read_text(encoding="utf-8") for report in reports]
    assert said[0] == said[1]
    assert Path(reports[0].path).read_bytes() == Path(reports[1].path).read_bytes()
    assert json.loads(said[0]) == reports[0].content
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["r.html", "r.json"]


def test_the_page_tells_how_many_are_shown_listed_and_there(tmp_path):
    rows = tuple(range(33))
    findings = [
        Finding("twins", "error", "33 samples in 1 set", 33, rows, sets=(rows,)),
        Finding("pairs", "error", "4 samples in 2 sets", 4, rows[:4], sets=((0, 1), (2, 3))),
        Finding("odd", "info", "760 odd ones", 760, rows),
        Finding("torn", "info", "3 torn ones", 3, rows[:3]),
    ]
    text = Path(write_report(make_table(40), findings, tmp_path / "r.html", show=Slides()).path).read_text(encoding="utf-8")
    assert [" ".join(line.split()) for line in re.findall(r"<summary>([^<]*shown[^<]*)</summary>", text)] == [
        "Side by side: 6 of 33 shown, in 1 of 1 listed sets; the JSON file lists all",
        "Side by side: 4 of 4 shown, in 2 of 2 listed sets",
        "The worst first: 24 of 760 shown; the JSON file lists 33",
        "The worst first: 3 of 3 shown",
    ]
    assert text.count("more in the JSON file") == 1
    assert "and 27 more in the JSON file" in text


def test_of_many_classes_the_page_tells_how_many_it_shows(tmp_path):
    for count, told in ((300, True), (20, False)):
        table = make_table(301, classes=tuple(f"c{i}" for i in range(count)))
        text = Path(write_report(table, (), tmp_path / "r.html", show=Slides()).path).read_text(encoding="utf-8")
        assert ("100 of 300 classes are shown" in text) == told


def test_unreadable_or_unlabelled_samples_alone_make_a_page(tmp_path):
    failed = make_table(3, failures={0: "a", 1: "b", 2: "c"})
    assert "Inputs that cannot be used: 3" in Path(write_report(failed, None, tmp_path / "a.html", show=Slides()).path).read_text()
    plain = make_table(5, classes=(), split=None, group=None)
    assert "Some samples" in Path(write_report(plain, (), tmp_path / "b.html", show=Slides()).path).read_text()


def test_what_was_fitted_stands_there_to_be_copied(tmp_path):
    report = write_report(make_table(), (), tmp_path / "r.html", show=Slides(), fitted={"channel_mean": np.array([0.25, 0.5])})
    assert "channel_mean = [0.25, 0.5]" in Path(report.path).read_text()


def test_the_page_stays_small_whatever_the_number_of_samples_and_classes(tmp_path):
    names = tuple(f"class {i}" for i in range(3000))
    sizes = []
    for count in (9_000, 90_000):
        table = make_table(count, classes=names)
        findings = [Finding(f"c{i}", "info", "many", 300, tuple(range(300))) for i in range(40)]
        page = write_report(table, findings, tmp_path / "r.html", show=Slides("data:image/webp;base64," + "A" * 4000))
        sizes.append(Path(page.path).stat().st_size)
    assert max(sizes) < 5_000_000
    assert sizes[1] < 1.1 * sizes[0]


def test_a_report_shows_itself_in_a_notebook_and_in_a_terminal(tmp_path):
    report = write_report(make_table(), FINDINGS, tmp_path / "r.html", show=Slides())
    frame = Page(report._repr_html_())
    assert frame.elements[0][0] == "iframe"
    assert frame.elements[0][1]["srcdoc"] == Path(report.path).read_text(encoding="utf-8")
    assert str(report).splitlines()[1] == "  warning: 2 are dark"
    assert report.to_json()["verdict"]["status"] == "warning"
    assert repr(report) == f"Report(path={report.path!r}, json_path={report.json_path!r})"


def test_the_certificate_bears_its_own_word_in_a_terminal_as_on_the_page(tmp_path):
    leaks = Finding(CERTIFICATE, "error", "Leaks between train and test", 2)
    report = write_report(make_table(), [leaks, *FINDINGS], tmp_path / "r.html", show=Slides())
    assert str(report).splitlines()[1] == "  certificate: Leaks between train and test"
    assert Path(report.path).read_text(encoding="utf-8").count('<span class="tag">certificate</span>') == 2


def test_another_ending_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ArgumentError, match=r"path must be a name that ends in \.html, got .*r\.pdf"):
        write_report(make_table(), None, tmp_path / "r.pdf", show=Slides())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["r.html", "r.json"])
def test_a_report_replaces_a_report_and_no_other_file(name, tmp_path):
    for _ in range(2):
        write_report(make_table(), FINDINGS, tmp_path / "r.html", show=Slides())
    for text in ('{"theme": "dark", "title": "mine"}', "[" * 100_000, "<!DOCTYPE html>"):
        (tmp_path / name).write_text(text)
        with pytest.raises(ArgumentError, match=rf"report: path must be free, .*, got a file of another make in .*{name}"):
            page_path(tmp_path / "r.html")
        assert (tmp_path / name).read_text() == text


def test_a_report_does_not_replace_its_baseline(tmp_path):
    write_report(make_table(), FINDINGS, tmp_path / "r.html", show=Slides())
    with pytest.raises(ArgumentError, match=r"report: path must be neither .*r\.json, which is read, nor inside it"):
        page_path(tmp_path / "r.html", spare=[tmp_path / "r.json"])
