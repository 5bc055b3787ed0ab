"""JSON that is no list of objects is refused in true words, with what makes it one."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from toolkit.errors import DataError
from toolkit.text import read

COLUMNS = r"got one object of columns\. .*In Python: pandas\.read_json\(PATH\)\.to_json"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('["one", "two"]', r"got texts, in a list\. .*Name each: jq -c '\.\[\] \| \{text: \.\}' "),
        ('"one"\n"two"\n', r"got texts, a line each\. .*Name each: jq -c '\{text: \.\}' "),
        ('[["one", "p"], ["two", "n"]]', r"got lists, in a list\. .* jq -c '\.\[\] \| \{text: \.\[0\], label: \.\[1\]\}' "),
        ('["one", "p"]\n["two", "n"]\n', r"got lists, a line each\. .* jq -c '\{text: \.\[0\], label: \.\[1\]\}' "),
        ('{"text": {"0": "one", "1": "two"}, "label": {"0": "p", "1": "n"}}', COLUMNS),
        ('{"text": ["one", "two"], "label": [0, 1]}', COLUMNS),
        ('{\n"text": {"0": "one"},\n"label": {"0": "p"}\n}', COLUMNS),
        ('{"columns": ["text"], "index": [0, 1], "data": [["one"], ["two"]]}', r"read_json\(PATH, orient='split'\)"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_json_of_another_shape_is_refused_with_what_to_do(tmp_path: Path, content: str, told: str, packed: bool) -> None:
    path = tmp_path / ("rows.json.gz" if packed else "rows.json")
    path.write_bytes(gzip.compress(content.encode()) if packed else content.encode())
    with pytest.raises(DataError, match=r"rows\.json\S* must be JSON objects, a line each or in a list, got ") as refused:
        read(path)
    assert re.search(told, str(refused.value))
    assert ("Unpack it. " in str(refused.value)) == packed


def test_objects_without_a_text_are_refused_as_before(tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text(json.dumps([{"review": "one"}, {"review": "two"}]))
    with pytest.raises(DataError, match="must have a column text for text, got review"):
        read(tmp_path / "rows.json")
