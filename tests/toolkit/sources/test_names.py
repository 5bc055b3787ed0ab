"""Names of classes come from a file, whichever number the first class has."""

import pytest

from toolkit.sources import name_classes
from toolkit.wing import Manifest


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        (("0", "1", "2"), ("a", "b", "c")),
        (("1", "2", "3"), ("a", "b", "c")),
        (("0", "2"), ("a", "c")),
        (("1", "3"), ("a", "c")),
        (("0", "3"), ("a", "")),
    ],
)
def test_lines_name_numbers_from_none_or_one(tmp_path, classes, expected):
    (tmp_path / "classes.txt").write_text("a\nb\nc\n")
    assert name_classes(Manifest("text", "/", (), classes=classes), str(tmp_path / "classes.txt")).class_names == expected
