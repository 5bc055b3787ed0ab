"""Several processes see what one process sees: the same samples an epoch, augmented alike; a rank without rows takes part."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def answers(file, tmp_path_factory):
    found = {}
    for devices in (1, 2, 3):
        out = tmp_path_factory.mktemp(f"devices{devices}")
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        subprocess.run(
            [sys.executable, Path(__file__).with_name("ddp_run.py"), file, out, str(devices)], env=environment, check=True, timeout=300
        )
        found[devices] = [json.loads(path.read_text()) for path in sorted(out.iterdir())]
    return found


def seen(answers, stage, epoch):
    """Sample ids with their label and the sum of the picture, as all ranks noted them, by id."""
    notes = [note for answer in answers for note in answer["seen"] if note[:2] == [stage, epoch]]
    return sorted((row, label, value) for _, _, row, label, value in notes)


def rows(answers, stage, epoch):
    return [row for row, _, _ in seen(answers, stage, epoch)]


several = pytest.mark.parametrize("devices", [2, 3])


@several
def test_all_ranks_took_part(answers, devices):
    assert len(answers[devices]) == devices
    assert all(answer["seen"] for answer in answers[devices])


@several
@pytest.mark.parametrize("epoch", [0, 1])
def test_every_row_is_trained_on_once_an_epoch(answers, devices, epoch):
    assert rows(answers[1], "train", epoch) == rows(answers[devices], "train", epoch) == list(range(63))


@several
@pytest.mark.parametrize("epoch", [0, 1])
@pytest.mark.parametrize("stage", ["train", "weights", "copies"])
def test_samples_and_their_augmented_pictures_are_those_of_one_process(answers, devices, epoch, stage):
    alone, together = (seen(answers[number], stage, epoch) for number in (1, devices))
    assert [note[:2] for note in together] == [note[:2] for note in alone]
    assert [value for *_, value in together] == pytest.approx([value for *_, value in alone], abs=0.05)


@several
def test_balanced_classes_have_exactly_their_number_on_all_ranks_together(answers, devices):
    assert Counter(label for _, label, _ in seen(answers[devices], "copies", 1)) == {0: 30, 1: 30, 2: 30}


@several
def test_weighted_epochs_differ_in_what_they_draw_and_not_in_length(answers, devices):
    first, second = (rows(answers[devices], "weights", epoch) for epoch in (0, 1))
    assert len(first) == len(second) == 90
    assert first != second


def test_a_row_that_comes_again_is_augmented_otherwise(answers):
    pictures = {row: value for row, _, value in seen(answers[1], "copies", 0)}
    again = [row for row in pictures if row >= 63]
    assert len(again) == 27
    assert all(abs(pictures[row] - pictures[row % 63]) > 0.02 for row in again)


def test_epochs_are_augmented_anew_and_shuffled_anew(answers):
    notes = answers[1][0]["seen"]
    first, second = ([(row, value) for where, when, row, _, value in notes if (where, when) == ("train", epoch)] for epoch in (0, 1))
    assert [row for row, _ in first] != [row for row, _ in second]
    assert all(value != dict(second)[row] for row, value in first)


@several
def test_every_row_is_evaluated_exactly_once(answers, devices):
    assert rows(answers[devices], "val", 0) == rows(answers[1], "val", 0) == list(range(13))


@several
def test_one_row_for_several_ranks_is_counted_once_by_all(answers, devices):
    assert rows(answers[devices], "test", 2) == [0]
    assert [answer["confusion"] for answer in answers[devices]] == [1] * devices
    accuracies = [answer["metrics"]["val/accuracy"] for answer in answers[devices]]
    assert all(accuracy * 13 == pytest.approx(round(accuracy * 13)) for accuracy in accuracies)
