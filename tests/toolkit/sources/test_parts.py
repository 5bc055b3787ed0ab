"""How people spell the parts of a data set, and what only looks like a part."""

import pytest

from toolkit.sources import find_parts, split_of


@pytest.mark.parametrize(
    "name",
    [
        "train",
        "Train",
        "TRAINING",
        "train2017",
        "training_set",
        "train_images",
        "Final_Training",
        "trainset",
        "1-train",
        "TrainingSet",
        "train_mini",
    ],
)
def test_training_parts(name):
    assert split_of(name) == 0


@pytest.mark.parametrize("name", ["val", "valid", "Validation", "dev", "val2017", "validation-set", "dev_images"])
def test_validation_parts(name):
    assert split_of(name) == 1


@pytest.mark.parametrize("name", ["test", "Testing", "test1", "test_set", "Final_Test", "TestSet", "tests"])
def test_test_parts(name):
    assert split_of(name) == 2


@pytest.mark.parametrize(
    "name", ["", "trains", "train_station", "testosterone", "protest", "device", "train_val", "traintest", "0", "trainer"]
)
def test_other_names_are_no_parts_by_themselves(name):
    assert split_of(name) == -1


def test_names_that_differ_by_the_split_alone_are_parts_together():
    assert find_parts(["seg_train", "seg_test", "seg_pred"]) == {"seg_train": 0, "seg_test": 2}
    assert find_parts(["asl_alphabet_train", "asl_alphabet_test"]) == {"asl_alphabet_train": 0, "asl_alphabet_test": 2}
    assert find_parts(["train_station", "bus_station"]) == {}
    assert find_parts(["train_station", "test_pattern"]) == {}
    assert find_parts(["train_station", "train"]) == {"train": 0}
