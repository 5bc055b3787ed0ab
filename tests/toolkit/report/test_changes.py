"""What changed stands in two tables; of very many classes that did, how many are listed is told."""

from toolkit.report.changes import MAX_CLASSES, lay_out_changes
from toolkit.report.sections import Note, Table


def changed(num_classes):
    classes = [{"name": f"c{i}", "before": 1, "after": 2} for i in range(num_classes)]
    findings = [{"title": "2 are dark", "change": "new", "before": None, "after": 2}]
    return lay_out_changes({"findings": findings, "splits": [], "classes": classes}).parts


def test_findings_and_counts_are_tables():
    found, counts = changed(2)
    assert found.rows == [["2 are dark", "new", None, 2]]
    assert counts.rows == [["c0", 1, 2], ["c1", 1, 2]]


def test_of_very_many_classes_it_is_told_that_not_all_are_listed():
    *tables, note = changed(2 * MAX_CLASSES)
    assert [len(each.rows) for each in tables if isinstance(each, Table)] == [1, MAX_CLASSES]
    assert note == Note("100 of 200 classes that changed are listed here, all in the JSON file.")
