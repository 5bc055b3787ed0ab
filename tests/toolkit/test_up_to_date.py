"""The same command again: it does nothing and says so, however its source is spelled, and where nothing can be written."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from toolkit import ExportError, ExportOptions, ImageOptions, preprocess_images, preprocess_text
from toolkit.export.workspace import Workspace

HERE, SMALL = ExportOptions(workers=0), ImageOptions(size=(8, 8))


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The working folder, with pictures in d1, a table of them, texts in t, and other names of all three."""
    rng = np.random.default_rng(0)
    for name in ("a", "b"):
        for number in range(6):
            picture, text = tmp_path / "d1" / name / f"{number}.png", tmp_path / "t" / name / f"{number}.txt"
            for path in (picture, text):
                path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(rng.integers(0, 256, (8, 8, 3), np.uint8)).save(picture)
            text.write_text(f"{name} {number} good")
    rows = [f"d1/{name}/{number}.png,{name}" for name in ("a", "b") for number in range(6)]
    (tmp_path / "list.csv").write_text("\n".join(["path,label", *rows]))
    (tmp_path / "x").mkdir()
    for link, target in {"link": "d1", "x/up": "..", "texts": "t"}.items():
        (tmp_path / link).symlink_to(target)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pictures(source):
    return preprocess_images(source, "i.h5", images=SMALL, write=HERE)


def texts(source):
    return preprocess_text(source, "t.h5", write=HERE)


@pytest.mark.parametrize(
    ("make", "first", "again"),
    [
        (pictures, "d1", ["d1/", "./d1", "x/../d1", "x/../x/../d1", "link", "link/", "x/up/d1"]),
        (pictures, "list.csv", ["./list.csv", "x/../list.csv", "x/up/list.csv"]),
        (texts, "t", ["t/", "x/../t", "texts", "x/up/t"]),
    ],
)
def test_another_spelling_of_the_source_is_the_same_command(place, make, first, again):
    written = make(first)
    before = Path(written.path).stat()
    for spelling in [first, *again, place / first]:
        assert make(spelling).up_to_date
    after = Path(written.path).stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_another_source_of_the_same_content_is_another_command(place):
    pictures("d1")
    (place / "link").unlink()
    (place / "d1").rename(place / "d2")
    with pytest.raises(ExportError, match="its source differs"):
        pictures("d2")


def test_nothing_need_be_written_for_it(place, monkeypatch):
    pictures("d1"), texts("t")

    def refuse(self):
        raise ExportError(f"{self.target} is in a folder that is closed")

    monkeypatch.setattr(Workspace, "__enter__", refuse)
    assert pictures("d1").up_to_date
    assert texts("t").up_to_date
    with pytest.raises(ExportError, match="is in a folder that is closed"):
        preprocess_text("t", "new.h5", write=HERE)
