"""A report of ten times as many pictures takes a page and memory of the same size; names of files and classes are shown as they are."""

import tracemalloc
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.corpus import multiply
from tests.toolkit.report.test_write import Page, naughty_names
from toolkit import check_source, report_source
from toolkit.errors import printable
from toolkit.images import ReadOptions
from toolkit.samples import SignOptions, draw_signs

NAUGHTY = [
    "<script>alert(1)<", '"><img src=x onerror=alert(1)>', "' onmouseover='x", "{{ 7 * 7 }}", "$x^2$", "=1+1", "\u202egnp", "\x1b[31m",
    "caf\udce9",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_ten_times_more_pictures_take_the_same_page_and_little_memory(tmp_path):
    drawn = draw_signs(tmp_path / "drawn", options=SignOptions(num_classes=3, tracks=2, frames=2, test_tracks=0))
    pages, peaks, counts = [], [], []
    for times in (6, 60):  # the copies are exact: what findings list and show is full in both
        source = multiply(drawn.folder, tmp_path / f"times{times}", times)
        report = report_source(source, tmp_path / "page.html", workers=0)
        pages.append(Path(report.path).stat().st_size)
        counts.append(sum(split["samples"] for split in report.content["splits"]))
        tracemalloc.start()
        check_source(source, workers=0)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert counts == [72, 720]
    assert pages[1] < 1.1 * pages[0]
    assert max(pages) < 5_000_000
    assert (peaks[1] - peaks[0]) / (counts[1] - counts[0]) < 3_000  # bytes a picture: names, figures, hashes; no pixels


def write_named(folder, names):
    """A folder a class and a picture in it, both of that name."""
    picture = cv2.imencode(".png", np.arange(8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 3))[1].tobytes()
    for i, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        (folder / name / f"{name}.png").write_bytes(picture[:-20] if i == 0 else picture)
    return folder


def usable(names):
    """Those that a file system takes, as folder and file, and that a source does not pass over as hidden."""

    def fits(name):
        return name.strip() and not {"/", "\0"} & set(name) and name[0] != "." and len(name.encode(errors="surrogateescape")) < 240

    return list(dict.fromkeys(filter(fits, names)))


def check_names(tmp_path, names):
    tame = write_named(tmp_path / "tame", [f"n{i}" for i in range(len(names))])
    hostile = write_named(tmp_path / "hostile", names)
    pages = []
    for source in (hostile, tame):
        path = report_source(source, tmp_path / f"{source.name}.html", read=ReadOptions(layout="folder"), workers=0).path
        pages.append(Page(Path(path).read_text(encoding="utf-8")))
    text = "\0".join(pages[0].texts)
    assert [name for name in names if printable(name, 80) not in text] == []
    tags = [{tag for tag, _ in page.elements} for page in pages]
    assert tags[0] == tags[1]
    attributes = [{name for _, found in page.elements for name in found} for page in pages]
    assert attributes[0] == attributes[1]
    assert all(character.isprintable() or character in "\0\n" for character in text)


def test_names_of_classes_and_files_are_shown_as_they_are(tmp_path):
    assert usable(NAUGHTY) == NAUGHTY
    check_names(tmp_path, NAUGHTY)


@pytest.mark.real
def test_a_list_of_naughty_names_is_shown_as_it_is(tmp_path):
    names = usable(naughty_names())[:150]
    if not names:
        pytest.skip("the list of naughty strings is not beside the repository")
    check_names(tmp_path, names)
