"""Parts and classes that are a file each are read as what they are, told back, or refused with what to type."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import UNPACK
from toolkit import ExportOptions, TextOptions, open_dataset, preprocess_text
from toolkit.check import find_kind
from toolkit.errors import ArgumentError, DataError
from toolkit.sources import describe_source
from toolkit.text import TextReadOptions, read
from toolkit.text.documents import load_texts
from toolkit.wing import Manifest


def texts(manifest: Manifest) -> list[str]:
    failures: dict[int, str] = {}
    found = [text for _, text in load_texts(manifest, failures=failures, contents=[b""] * len(manifest))]
    assert not failures
    return found


def write(folder: Path, **files: str) -> Path:
    """Files by name, with a dot for each double underscore."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(content)
    return folder


def test_files_named_for_parts_stay_these_parts(tmp_path: Path) -> None:
    folder = write(tmp_path / "files", train__txt="one\ntwo\n\nthree\n", dev__txt="four\n", test__txt="five\nsix\n", README__txt="about\n")
    found = read(folder)
    assert texts(found) == ["one", "two", "three", "four", "five", "six"]
    assert found.split.tolist() == [0, 0, 0, 1, 2, 2]
    assert found.label is None
    assert found.origin == [
        "train.txt line 1",
        "train.txt line 2",
        "train.txt line 4",
        "dev.txt line 1",
        "test.txt line 1",
        "test.txt line 2",
    ]
    assert found.files == ("train.txt", "dev.txt", "test.txt")
    told = describe_source(found)
    assert told.parts == {"train": (3, "train.txt"), "val": (1, "dev.txt"), "test": (2, "test.txt")}
    assert [skip.path for skip in told.passed_over] == ["README.txt"]


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl"])
def test_tables_that_are_parts_keep_labels_and_say_which_file(tmp_path: Path, ending: str) -> None:
    mark = {"csv": ",", "tsv": "\t"}.get(ending)
    for part, rows in (
        ("train", [("good film", "pos"), ("bad film", "neg")]),
        ("validation", [("dull", "neg")]),
        ("test", [("fine", "pos")]),
    ):
        lines = [f"text{mark}label"] + [f"{text}{mark}{label}" for text, label in rows]
        if mark is None:
            lines = [f'{{"text": "{text}", "label": "{label}"}}' for text, label in rows]
        (tmp_path / f"{part}.{ending}").write_text("\n".join(lines) + "\n")
    found = read(tmp_path)
    assert texts(found) == ["good film", "bad film", "dull", "fine"]
    assert [found.classes[label] for label in found.label] == ["pos", "neg", "neg", "pos"]
    assert found.split.tolist() == [0, 0, 1, 2]
    assert found.columns["file"].tolist() == [0, 0, 1, 2]
    assert found.reading["files"] == [f"train.{ending}", f"validation.{ending}", f"test.{ending}"]


def test_each_part_is_read_by_its_own_rules(tmp_path: Path) -> None:
    write(tmp_path, train__csv="text;label\na, b;x\n", test__csv="label,text\ny,c; d\n")
    found = read(tmp_path)
    assert texts(found) == ["a, b", "c; d"]
    assert [found.classes[label] for label in found.label] == ["x", "y"]
    assert found.columns["form"].tolist() == [0, 1]
    assert texts(found.take(np.array([1]))) == ["c; d"]


def test_a_part_without_labels_is_left_out_and_told(tmp_path: Path) -> None:
    write(tmp_path, train__csv="text,label\na,x\nb,y\n", test__csv="id,text\n1,c\n", sample_submission__csv="id,label\n1,x\n")
    found = read(tmp_path)
    assert texts(found) == ["a", "b"]
    assert "test.csv is left out: it has no labels, which other parts have; --label none reads all without labels." in found.note
    assert [skip.path for skip in found.understood.passed_over] == ["sample_submission.csv", "test.csv"]
    assert texts(read(tmp_path, TextReadOptions(label="none"))) == ["a", "b", "c"]


def test_files_of_one_meaning_are_refused_with_what_to_type_and_that_works(tmp_path: Path) -> None:
    write(tmp_path, train__tsv="text\na\n", dev_matched__tsv="text\nb\n", dev_mismatched__tsv="text\nc\n", test_matched__tsv="text\nd\n")
    write(tmp_path, test_mismatched__tsv="text\ne\n")
    with pytest.raises(DataError, match=r"the val part must be one file, got dev_matched\.tsv and dev_mismatched\.tsv") as refused:
        read(tmp_path)
    typed = str(refused.value).partition("--parts ")[2].rstrip(".")
    assert typed == "train=train.tsv,val=dev_matched.tsv,test=test_matched.tsv"
    found = read(tmp_path, TextReadOptions(parts=typed))
    assert texts(found) == ["a", "b", "d"]
    assert found.split.tolist() == [0, 1, 2]


def test_one_part_of_two_endings_is_refused(tmp_path: Path) -> None:
    write(tmp_path, train__txt="a\n", train__csv="text\na\n")
    with pytest.raises(DataError, match=r"the train part must be one file, got train\.csv and train\.txt .* --parts train=train\.csv"):
        read(tmp_path)


def test_parts_of_different_endings_are_read_together(tmp_path: Path) -> None:
    write(tmp_path, train__csv="text,label\none,x\ntwo,y\n", dev__tsv="label\ttext\ny\tthree\n")
    write(tmp_path, test__jsonl='{"text": "four", "label": "x"}\n')
    found = read(tmp_path)
    assert texts(found) == ["one", "two", "three", "four"]
    assert (found.label.tolist(), found.split.tolist()) == ([0, 1, 1, 0], [0, 0, 1, 2])
    only = read(tmp_path, TextReadOptions(layout="csv", delimiter=","))
    assert (only.files, [skip.path for skip in only.understood.passed_over]) == (("train.csv",), ["dev.tsv", "test.jsonl"])


def test_a_part_without_the_column_of_labels_is_left_out_and_told(tmp_path: Path) -> None:
    write(tmp_path, train__tsv="Phrase\tSentiment\none\t0\ntwo\t1\n", test__tsv="Phrase\nthree\n")
    for options in (TextReadOptions(text="Phrase", label="Sentiment"), TextReadOptions(columns="text=Phrase,label=Sentiment")):
        found = read(tmp_path, options)
        assert (texts(found), found.classes) == (["one", "two"], ("0", "1"))
        assert "test.tsv is left out: it has no labels, which other parts have" in found.note
        assert [skip.path for skip in found.understood.passed_over] == ["test.tsv"]


def test_a_part_that_cannot_be_read_can_be_left_out_as_typed(tmp_path: Path) -> None:
    write(tmp_path, train__tsv="text\tlabel\none\t0\ntwo\t1\n", dev__tsv="text\tlabel\nthree\t0\n", test__tsv="index\n3\n")
    with pytest.raises(DataError, match=r"test\.tsv must have a column text .* Or leave it out: --parts (\S+)\.$") as refused:
        read(tmp_path)
    typed = str(refused.value).partition("--parts ")[2].removesuffix(".")
    assert typed == "train=train.tsv,val=dev.tsv"
    assert texts(read(tmp_path, TextReadOptions(parts=typed))) == ["one", "two", "three"]


def test_parts_that_are_named_are_obeyed(tmp_path: Path) -> None:
    write(tmp_path, a__tsv="text\tlabel\none\tx\n", b__tsv="text\tlabel\ntwo\ty\n", c__tsv="text\tlabel\nthree\ty\n")
    found = read(tmp_path, TextReadOptions(parts="train=a.tsv+c.tsv,test=b.tsv"))
    assert texts(found) == ["one", "three", "two"]
    assert found.split.tolist() == [0, 0, 2]
    with pytest.raises(DataError, match=r"must hold files named train and test.* got a\.tsv, b\.tsv, c\.tsv"):
        read(tmp_path)
    with pytest.raises(DataError, match="must be a file, or hold parts, for the layout csv, got a folder"):
        read(tmp_path, TextReadOptions(layout="csv", parts="train=no such folder"))
    with pytest.raises(ArgumentError, match="parts must be left out for a file"):
        read(tmp_path / "a.tsv", TextReadOptions(parts="train=a.tsv"))


def test_everything_in_one_folder_is_found_there(tmp_path: Path) -> None:
    write(tmp_path / "data", train__jsonl='{"text": "a"}\n', test__jsonl='{"text": "b"}\n')
    found = read(tmp_path)
    assert found.origin == ["data/train.jsonl row 1", "data/test.jsonl row 1"]
    assert texts(found) == ["a", "b"]


def test_numbers_are_named_by_a_list_beside_the_parts(tmp_path: Path) -> None:
    write(tmp_path, train__csv="label,text\n1,a\n2,b\n", test__csv="label,text\n2,c\n", classes__txt="World\nSports\n", readme__txt="about")
    found = read(tmp_path)
    assert (found.classes, found.class_names) == (("1", "2"), ("World", "Sports"))
    assert "classes.txt names the classes." in found.note
    assert len(found) == 3


def test_a_dataset_file_holds_parts_as_they_were_and_is_up_to_date(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", train__txt="one\ntwo\n", dev__txt="three\n", test__txt="four\nfive\n")
    common = {"text": TextOptions(min_count=1), "write": ExportOptions(workers=0)}
    preprocess_text(folder, tmp_path / "p.h5", **common)
    file = open_dataset(tmp_path / "p.h5")
    assert {split: len(file[split]) for split in file} == {"train": 2, "val": 1, "test": 2}
    assert preprocess_text(folder, tmp_path / "p.h5", **common).up_to_date


def test_parts_that_are_folders_of_unlabelled_texts_stand_as_they_are(tmp_path: Path) -> None:
    for part, count in (("train", 4), ("val", 2), ("test", 3)):
        write(tmp_path / part, **{f"{number}__txt": f"{part} {number}\nmore" for number in range(count)})
    with pytest.raises(DataError, match="--label none reads them without labels"):
        read(tmp_path)
    found = read(tmp_path, TextReadOptions(label="none"))
    assert np.bincount(found.split).tolist() == [4, 2, 3]
    assert found.label is None


def test_a_file_a_class_is_a_text_a_line(tmp_path: Path) -> None:
    write(tmp_path / "reviews", pos__txt="good\nfine\n", neg__txt="bad\n")
    assert read(tmp_path).origin == ["reviews/neg.txt line 1", "reviews/pos.txt line 1", "reviews/pos.txt line 2"]
    found = read(tmp_path / "reviews")
    assert (found.classes, texts(found)) == (("neg", "pos"), ["bad", "good", "fine"])
    assert found.label.tolist() == [0, 1, 1]
    assert found.split is None
    assert describe_source(found).labels == "the names of files"


def test_files_that_may_be_classes_or_texts_are_asked_for(tmp_path: Path) -> None:
    write(tmp_path, world__txt="a\nb\n", sports__txt="c\nd\n")
    with pytest.raises(DataError, match=r"--layout class-files if each file is a class.* --layout folder if each \.txt file is one text"):
        read(tmp_path)
    classes = read(tmp_path, TextReadOptions(layout="class-files"))
    assert (classes.classes, classes.label.tolist(), texts(classes)) == (("sports", "world"), [0, 0, 1, 1], ["c", "d", "a", "b"])
    assert texts(read(tmp_path, TextReadOptions(layout="folder"))) == ["c\nd\n", "a\nb\n"]
    assert texts(read(tmp_path, TextReadOptions(label="none"))) == ["c\nd\n", "a\nb\n"]
    one = read(tmp_path, TextReadOptions(layout="class-files", classes="regex:^(world)"))
    assert (one.classes, texts(one)) == (("world",), ["a", "b"])


def test_files_that_are_numbered_alike_are_texts(tmp_path: Path) -> None:
    found = read(write(tmp_path, novel1__txt="a\nb\n", novel2__txt="c\nd\n"))
    assert (texts(found), found.label) == (["a\nb\n", "c\nd\n"], None)


@pytest.mark.real
def test_rt_polarity_is_two_classes(tmp_path: Path) -> None:
    if not UNPACK.exists():
        pytest.skip("the real data sets are not beside the repository")
    subprocess.run([sys.executable, UNPACK, "text", "--to", tmp_path], check=True, stdout=subprocess.DEVNULL)
    with pytest.raises(DataError, match="--layout class-files"):
        read(tmp_path / "text")  # books lie beside
    for book in (tmp_path / "text").glob("*.txt"):
        book.unlink()
    found = read(tmp_path / "text", TextReadOptions(encoding="latin-1"))
    assert (found.classes, np.bincount(found.label).tolist()) == (("neg", "pos"), [5331, 5331])
    assert texts(found.take(np.array([0])))[0].startswith("simplistic , silly and tedious")


@pytest.mark.parametrize(
    "name", ["classes.txt", "readme.txt", "README.1.0.txt", "labels.txt", "train_labels.txt", "LICENSE.txt", "obj.names"]
)
def test_what_only_lists_or_explains_makes_no_data_set(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("airplane\nautomobile\n")
    (tmp_path / "data_batch_1.bin").write_bytes(bytes(99))
    with pytest.raises(DataError, match="must be of a known layout") as refused:
        read(tmp_path)
    assert name.endswith(".names") or f"only {name}, which by name list or explain something" in str(refused.value)
    with pytest.raises(DataError, match="no kind of data reads"):
        find_kind(tmp_path)


def test_it_is_passed_over_beside_texts(tmp_path: Path) -> None:
    found = read(write(tmp_path, **{"1__txt": "a", "2__txt": "b", "readme__txt": "about"}))
    assert texts(found) == ["a", "b"]
    assert [skip.path for skip in found.understood.passed_over] == ["readme.txt"]


def test_a_list_of_pictures_is_no_text_unless_asked_for(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text("images/1.jpg 0\nimages/2.jpg 1\n")
    for source in (tmp_path, tmp_path / "train.txt"):
        with pytest.raises(DataError, match=r"train\.txt must hold texts, got a list of pictures\. --layout lines"):
            read(source)
    assert texts(read(tmp_path / "train.txt", TextReadOptions(layout="lines"))) == ["images/1.jpg 0", "images/2.jpg 1"]


@pytest.mark.parametrize("files", [["dataset_dict.json"], ["dataset_info.json", "state.json", "data-00000-of-00001.arrow"]])
def test_arrow_folders_are_refused_with_what_to_type(tmp_path: Path, files: list[str]) -> None:
    for name in files:
        (tmp_path / name).write_text("{}")
    with pytest.raises(
        DataError, match=r"got Arrow files as `save_to_disk` writes them\. Save it as Parquet: found = datasets\.load_from_disk"
    ):
        read(tmp_path)
