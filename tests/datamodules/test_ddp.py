"""Two processes see what one process sees: each row once an epoch, augmented alike; a rank without rows takes part."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def answers(file, tmp_path_factory):
    found = {}
    for devices in (1, 2):
        out = tmp_path_factory.mktemp(f"devices{devices}")
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        subprocess.run(
            [sys.executable, Path(__file__).with_name("ddp_run.py"), file, out, str(devices)], env=environment, check=True, timeout=300
        )
        found[devices] = [json.loads(path.read_text()) for path in sorted(out.iterdir())]
    return found


def rows(answers, stage, epoch):
    return sorted(row for answer in answers for where, when, row, _ in answer["seen"] if (where, when) == (stage, epoch))


def test_two_ranks_took_part(answers):
    assert len(answers[2]) == 2


@pytest.mark.parametrize("epoch", [0, 1])
def test_every_row_is_trained_on_once_an_epoch(answers, epoch):
    assert rows(answers[1], "train", epoch) == rows(answers[2], "train", epoch) == list(range(63))


def test_augmented_pictures_are_those_of_one_process(answers):
    pictures = {
        devices: {(when, row): value for a in found for where, when, row, value in a["seen"] if where == "train"}
        for devices, found in answers.items()
    }
    assert pictures[2] == pytest.approx(pictures[1], abs=0.05)


def test_epochs_are_augmented_anew_and_shuffled_anew(answers):
    seen = answers[1][0]["seen"]
    first, second = ([(row, value) for where, when, row, value in seen if (where, when) == ("train", epoch)] for epoch in (0, 1))
    assert [row for row, _ in first] != [row for row, _ in second]
    assert all(value != dict(second)[row] for row, value in first)


def test_every_row_is_evaluated_exactly_once(answers):
    assert rows(answers[2], "val", 0) == rows(answers[1], "val", 0) == list(range(13))


def test_one_row_for_two_ranks_is_counted_once_by_both(answers):
    assert rows(answers[2], "test", 2) == [0]
    assert [answer["confusion"] for answer in answers[2]] == [1, 1]
    assert all(
        answer["metrics"]["val/accuracy"] * 13 == pytest.approx(round(answer["metrics"]["val/accuracy"] * 13)) for answer in answers[2]
    )
