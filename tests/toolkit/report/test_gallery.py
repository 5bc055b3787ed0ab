"""Which samples are shown: few of many, spread evenly, within a budget, each with its class and split."""

from tests.toolkit.report.tables import PIXEL, Slides, make_table
from toolkit.report.gallery import CLASSES, PER_FINDING, PER_SET, SETS, Gallery
from toolkit.wing import Finding


def test_samples_have_their_name_class_and_split():
    shown = Gallery(make_table(12), Slides()).finding(Finding("dark", "info", "two", 2, (7, 11)))
    assert [(one.name, one.caption) for one in shown.samples] == [("7.txt", "dog · val"), ("11.txt", "dog · not split")]


def test_of_many_samples_and_sets_the_first_are_shown():
    gallery = Gallery(make_table(400), Slides())
    assert len(gallery.finding(Finding("dark", "info", "many", 300, tuple(range(300)))).samples) == PER_FINDING
    shown = gallery.finding(Finding("twice", "error", "many", 300, sets=(tuple(range(10)),) * 40))
    assert (len(shown.sets), {len(each) for each in shown.sets}) == (SETS, {PER_SET})
    assert (shown.num_shown, set(shown.more)) == (SETS * PER_SET, {10 - PER_SET})


def test_a_class_is_shown_by_samples_from_all_along_it():
    slides = Slides()
    cat, dog = Gallery(make_table(101), slides).classes()
    assert (cat.name, dog.name, cat.mean) == ("cat", "dog", PIXEL)
    assert [one.name for one in cat.samples] == ["0.txt", "20.txt", "40.txt", "60.txt", "80.txt", "100.txt"]


def test_of_very_many_classes_the_largest_and_the_smallest_are_shown():
    names = tuple(f"c{i}" for i in range(300))
    shown = [one.name for one in Gallery(make_table(301, classes=names), Slides()).classes()]
    assert len(shown) == CLASSES
    assert shown[0] == "c0"  # the only one with two samples


def test_samples_without_classes_are_shown_all_the_same():
    (shown,) = Gallery(make_table(9, classes=()), Slides()).classes()
    assert (shown.name, len(shown.samples)) == ("", 9)


def test_pictures_end_where_the_budget_does():
    picture = "data:image/webp;base64," + "A" * 977  # 1,000 bytes
    gallery = Gallery(make_table(40), Slides(picture), max_bytes=10_500)
    shown = gallery.finding(Finding("dark", "info", "many", 20, tuple(range(20)))).samples
    assert [bool(one.picture) for one in shown] == [True] * 10 + [False] * 10
    assert shown[-1].name == "19.txt"
    assert all(not one.picture for each in gallery.classes() for one in each.samples)
