"""Folders as people have them: which are parts, which are classes, and what is refused with what to type."""

import re

import pytest

from toolkit.errors import AmbiguousSourceError, ArgumentError, DataError
from toolkit.sources import FolderQuestion, FolderTree, find_layout


def put(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def look(folder, **asked):
    return find_layout(FolderTree(folder), FolderQuestion(lambda name: name.endswith(".png"), "pictures", **asked))


def classes(layout):
    return [(found.name, found.folder, found.split) for found in layout.classes]


def test_a_folder_a_class(tmp_path):
    put(tmp_path, "a/1.png", "b/1.png")
    assert classes(look(tmp_path)) == [("a", "a/", -1), ("b", "b/", -1)]


@pytest.mark.parametrize(
    ("train", "val", "test"), [("train", "dev", "test"), ("Training", "valid", "Testing"), ("x_train", "x_val", "x_test")]
)
def test_parts_hold_classes(tmp_path, train, val, test):
    put(tmp_path, f"{train}/a/1.png", f"{val}/a/1.png", f"{test}/a/1.png")
    layout = look(tmp_path)
    assert classes(layout) == [("a", f"{train}/a/", 0), ("a", f"{val}/a/", 1), ("a", f"{test}/a/", 2)]


def test_a_folder_around_everything_is_gone_through_and_told(tmp_path):
    put(tmp_path, "archive/data/train/a/1.png", "archive/data/train/b/1.png", "archive/data/test/a/1.png", "archive/readme.md")
    layout = look(tmp_path)
    assert layout.base == "archive/data/"
    assert layout.notes == ("Everything lies in archive/data/, which is read.",)
    assert [found.folder for found in layout.classes] == [
        "archive/data/train/a/", "archive/data/train/b/", "archive/data/test/a/",
    ]  # fmt: skip


def test_a_single_class_is_no_folder_around_everything(tmp_path):
    put(tmp_path, "only/1.png")
    assert classes(look(tmp_path)) == [("only", "only/", -1)]


def test_parts_may_hold_themselves_once_more(tmp_path):
    put(tmp_path, "seg_train/seg_train/sea/1.png", "seg_test/seg_test/sea/1.png", "seg_pred/seg_pred/1.png")
    layout = look(tmp_path)
    assert classes(layout) == [("sea", "seg_train/seg_train/sea/", 0), ("sea", "seg_test/seg_test/sea/", 2)]
    assert [(skip.path, skip.reason) for skip in layout.skipped] == [("seg_pred", "folder beside train, val and test, with 1 pictures")]


def test_a_folder_of_pictures_inside_each_class_is_no_class(tmp_path):
    put(tmp_path, "train/n01/images/1.png", "train/n02/images/1.png", "val/n01/images/2.png")
    assert [found.name for found in look(tmp_path).classes] == ["n01", "n02", "n01"]


def test_two_folders_of_one_part_are_refused_with_the_parts_to_type(tmp_path):
    put(tmp_path, "Train/a/1.png", "train/a/1.png", "test/a/2.png")
    with pytest.raises(
        AmbiguousSourceError, match=r"the train part must be one folder, got Train/ and train/ .* --parts train=Train,test=test\."
    ):
        look(tmp_path)
    assert len(look(tmp_path, parts={"Train/": 0, "test/": 2}).classes) == 2


def test_parts_without_classes_are_refused_or_classes_by_wish(tmp_path):
    put(tmp_path, "train/1.png", "test/2.png", "labels.csv")
    with pytest.raises(AmbiguousSourceError, match=r"must have class folders in train/ and test/, .*There is labels\.csv\."):
        look(tmp_path)
    assert classes(look(tmp_path, classes="top")) == [("test", "test/", -1), ("train", "train/", -1)]
    assert classes(look(tmp_path, labelled=False)) == [(None, "train/", 0), (None, "test/", 2)]


def test_a_class_may_be_called_train(tmp_path):
    put(tmp_path, "train/1.png", "plane/2.png")
    assert [found.name for found in look(tmp_path).classes] == ["plane", "train"]


def test_a_part_without_classes_is_told_or_refused_where_a_table_names_it(tmp_path):
    put(tmp_path, "train/a/1.png", "test/0001.png")
    assert look(tmp_path).notes == ("test/ holds 1 pictures without class folders: they have no labels, and are left out.",)
    (tmp_path / "test.csv").write_text("id,label\n0001,a\n")
    with pytest.raises(AmbiguousSourceError, match=r"got none, while test\.csv names them .* --parts train=train\."):
        look(tmp_path)


@pytest.mark.parametrize(
    ("names", "top", "leaf"), [(("red/a/1.png", "red/b/1.png", "blue/a/1.png"), 2, 3), (("x/y/z/1.png", "x/1.png", "w/1.png"), 2, 3)]
)
def test_classes_inside_classes_are_asked_for(tmp_path, names, top, leaf):
    put(tmp_path, *names)
    with pytest.raises(AmbiguousSourceError, match=f"--classes top for {top} classes such as .*, or --classes leaf for {leaf} such as"):
        look(tmp_path)
    assert len(look(tmp_path, classes="top").classes) == top
    assert len(look(tmp_path, classes="leaf").classes) == leaf


@pytest.mark.parametrize(
    "names", [("images/1.png", "labels/1.png"), ("JPEGImages/1.png", "Annotations/1.png"), ("images/1.png", "stop/1.png")]
)
def test_names_of_containers_are_no_classes(tmp_path, names):
    put(tmp_path, *names)
    with pytest.raises(AmbiguousSourceError, match="folders must be named for classes, got "):
        look(tmp_path)
    assert len(look(tmp_path, classes="top").classes) == 2


def test_folders_of_unlabelled_samples_are_passed_over_and_told(tmp_path):
    put(tmp_path, "pos/1.png", "neg/1.png", "unsup/1.png", "unsup/2.png")
    layout = look(tmp_path)
    assert [found.name for found in layout.classes] == ["neg", "pos"]
    assert layout.skipped[0].reason == "2 pictures without a class, by its name; --classes top makes it one"
    assert len(look(tmp_path, classes="top").classes) == 3


def test_parts_that_the_user_names_hold_samples(tmp_path):
    put(tmp_path, "x/a/1.png", "y/a/1.png")
    assert classes(look(tmp_path, parts={"x/": 0, "y/": 2})) == [("a", "x/a/", 0), ("a", "y/a/", 2)]
    with pytest.raises(ArgumentError, match="parts must be folders that hold pictures, got z/"):
        look(tmp_path, parts={"z/": 0})


def test_classes_that_training_lacks_are_told(tmp_path):
    put(tmp_path, "train/a/1.png", "test/a/1.png", "test/b/1.png")
    assert look(tmp_path).notes == ("Classes of test that train has no folder for: b.",)


def test_pieces_of_a_folder_that_was_too_large_are_no_classes(tmp_path):
    put(tmp_path, "HAM_images_part_1/1.png", "HAM_images_part_2/2.png", "HAM_metadata.csv")
    with pytest.raises(AmbiguousSourceError, match=r"got HAM_images_part_1/ and HAM_images_part_2/ .* There is HAM_metadata\.csv\."):
        look(tmp_path)
    assert len(look(tmp_path, classes="top").classes) == 2
    put(tmp_path / "one", "img_align_celeba/1.png")
    with pytest.raises(AmbiguousSourceError, match="folders must be named for classes, got img_align_celeba/"):
        look(tmp_path / "one")


def test_a_folder_of_the_same_classes_beside_the_parts_may_be_a_part(tmp_path):
    put(tmp_path, "holdout/a/1.png", "holdout/b/1.png", "val/a/2.png", "val/b/2.png")
    with pytest.raises(AmbiguousSourceError, match=r"got holdout/ .* --parts train=holdout,val=val\. If not: --parts val=val\."):
        look(tmp_path)
    assert {found.split for found in look(tmp_path, parts={"holdout/": 0, "val/": 1}).classes} == {0, 1}


def test_parts_may_lie_inside_the_classes(tmp_path):
    put(tmp_path, "cat/train/1.png", "cat/test/2.png", "dog/train/1.png")
    assert classes(look(tmp_path)) == [("cat", "cat/test/", 2), ("cat", "cat/train/", 0), ("dog", "dog/train/", 0)]


def test_parts_that_the_user_names_may_hold_themselves_once_more(tmp_path):
    put(tmp_path, "seg/seg/a/1.png", "seg/seg/b/1.png")
    assert [found.folder for found in look(tmp_path, parts={"seg/": 0}).classes] == ["seg/seg/a/", "seg/seg/b/"]


def test_classes_in_names_are_offered(tmp_path):
    put(tmp_path, *(f"train/{kind}.{i}.png" for kind in ("cat", "dog") for i in range(3)), "test1/1.png")
    with pytest.raises(AmbiguousSourceError, match=r"--classes 'regex:\(\[A-Za-z\]\+\).*' if names begin with the class, such as cat, dog"):
        look(tmp_path)


def test_lists_of_parts_and_tables_beside_are_told(tmp_path):
    put(tmp_path, "images/a/1.png", "images/b/1.png", "meta/train.txt", "meta/test.txt", "attributes.csv")
    assert look(tmp_path).notes[1:] == (
        "Lists of parts that are not read, so that the split is drawn anew: meta/test.txt, meta/train.txt.",
        "Tables beside the folders that are not read: attributes.csv.",
    )


def test_a_table_that_is_to_be_handed_in_names_no_labels(tmp_path):
    put(tmp_path, "train/a/1.png", "test/7.png")
    (tmp_path / "sample_submission.csv").write_text("id,label\n7,0\n")
    (tmp_path / "other.csv").write_text("id,label\n77,0\n")
    assert any("test/ holds 1 pictures" in note for note in look(tmp_path).notes)


def test_one_folder_that_is_two_by_a_link_is_refused(tmp_path):
    source = tmp_path / "source"
    put(tmp_path, "source/train/a/1.png", "source/train/b/1.png", "elsewhere/a/2.png")
    (source / "test").symlink_to("train")
    with pytest.raises(AmbiguousSourceError, match="got train/a/ and test/a/, which are one by a link"):
        look(source)
    (source / "test").unlink()
    (source / "test").symlink_to("../elsewhere")
    assert classes(look(source))[-1] == ("a", "test/a/", 2)


def test_nothing_is_refused_as_nothing(tmp_path):
    with pytest.raises(DataError, match=re.escape("must hold a folder a class with pictures in it, got none.")):
        look(tmp_path)
