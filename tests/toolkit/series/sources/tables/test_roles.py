"""A table is wide or long by its columns; one that can be either is said to be so, with what to type."""

import pytest

from toolkit.series.options import SeriesReadOptions
from toolkit.series.sources.tables.roles import looks_like
from toolkit.series.sources.tables.table import load_table


def look(tmp_path, text, **options):
    (tmp_path / "a.csv").write_text(text)
    asked = SeriesReadOptions(**options)
    return looks_like(load_table(str(tmp_path / "a.csv"), asked, head=True), asked)


@pytest.mark.parametrize(
    ("text", "options", "layout"),
    [
        ("date,x,y\n2020-01-01,1,2\n", {}, "wide"),
        ("date,x,wind\n2020-01-01,1,NW\n2020-01-02,1,SE\n", {}, "wide"),
        ("x\n1\n2\n", {}, "wide"),
        ("id,date,x,y\na,2020-01-01,1,2\n", {"id": "id"}, "wide"),
        ("id,time,value\na,2020-01-01,1\n", {}, "long"),
        ("unique_id,ds,y\na,2020-01-01,1\n", {}, "long"),
        ("time,Variable,Value\n2020-01-01,t,1\n", {}, "long"),
        ("time,what,amount\n2020-01-01,t,1\n", {"variable": "what"}, "long"),
        ("time,city,x\n2020-01-01,P,1\n2020-01-01,Q,2\n2020-01-02,P,3\n2020-01-02,Q,4\n", {}, None),
        ("time,city,x\n2020-01-01,P,1\n2020-01-01,Q,2\n2020-01-02,P,3\n2020-01-02,Q,4\n", {"id": "city"}, "wide"),
    ],
)
def test_layouts_are_recognised(tmp_path, text, options, layout):
    assert look(tmp_path, text, **options).layout == layout


def test_what_can_be_either_says_what_to_type(tmp_path):
    reason = look(tmp_path, "time,city,x\n2020-01-01,P,1\n2020-01-01,Q,2\n2020-01-02,P,3\n2020-01-02,Q,4\n").reason

    assert reason == (
        "--layout long --id city, if column city names series; --layout long --variable city, if it names variables; "
        "or --layout wide --features x"
    )
