"""Out-of-fold predictions are those of this very file, know whether their folds cut groups, and say what a leaking split would claim."""

import numpy as np
import pytest

from tests.toolkit.checks.tables import table
from toolkit.checks import compare_claims, load_predictions
from toolkit.errors import ArgumentError

GROUPS = [0, 0, 1, 1]
LABELS = [0, 1, 0, 1]


def samples(**columns):
    made = table(label=LABELS, group=GROUPS, split=[0, 0, 0, 1], classes="ab", **columns)
    made.manifest.columns["row"] = np.array([0, 1, 2, 0])
    return made


def write(path, *, fold, predicted, label=LABELS, row=(0, 1, 2, 3)):
    probability = np.eye(2)[list(predicted)] * 0.8 + 0.1
    np.savez(path, row=np.array(row), probability=probability, label=np.array(label), fold=np.array(fold))
    return path


def test_a_gap_between_whole_and_cut_groups_is_told(tmp_path):
    whole = load_predictions(write(tmp_path / "whole.npz", fold=[0, 0, 1, 1], predicted=[0, 1, 0, 0]), samples())
    (tmp_path / "run").mkdir()
    write(tmp_path / "run" / "out_of_fold.npz", fold=[0, 1, 0, 1], predicted=[0, 1, 0, 1])
    cut = load_predictions(tmp_path / "run", samples())  # the folder does as well as the file
    assert (whole.cut_groups, cut.cut_groups) == (False, True)
    assert (whole.accuracy, cut.accuracy) == ((1.0, 0.5), (1.0, 1.0))
    expected = (
        "A split that cuts groups would claim an accuracy of 100.00 ± 0.00 %; with whole groups it is 75.00 ± 35.36 %: +25.00 points."
    )
    assert compare_claims([whole, cut]) == compare_claims([cut, whole]) == expected
    assert compare_claims([whole]) == compare_claims([cut, cut]) == compare_claims([]) == ""


def test_a_prediction_that_is_no_number_is_wrong(tmp_path):
    path = write(tmp_path / "a.npz", fold=[0, 0, 1, 1], predicted=LABELS)
    kept = dict(np.load(path))
    kept["probability"][0] = np.nan  # its largest place would be class 0, which is the label
    np.savez(path, **kept)
    assert load_predictions(path, samples()).accuracy == (0.5, 1.0)
    kept["probability"][:] = np.nan
    np.savez(path, **kept)
    with pytest.raises(ArgumentError, match="check: predictions must be numbers, got NaN or infinity for every sample in "):
        load_predictions(path, samples())


def test_samples_without_groups_are_cut_by_no_fold(tmp_path):
    alone = table(label=LABELS, classes="ab")
    alone.manifest.columns["row"] = np.arange(4)
    assert not load_predictions(write(tmp_path / "a.npz", fold=[0, 1, 0, 1], predicted=LABELS), alone).cut_groups


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": [1, 1, 0, 1]},
        {"row": [0, 1, 2, 4]},
        {"row": [0, 1, -2, 3]},
        {"fold": [0, 0, 1]},
        dict.fromkeys(("row", "label", "fold"), np.empty(0, int)) | {"predicted": []},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_predictions_of_another_file_are_refused(wrong, tmp_path):
    path = write(tmp_path / "a.npz", **{"fold": [0, 0, 1, 1], "predicted": LABELS} | wrong)
    with pytest.raises(ArgumentError, match="check: predictions must be of this very dataset file, got"):
        load_predictions(path, samples())


def test_what_holds_no_predictions_is_refused(tmp_path):
    (tmp_path / "text.npz").write_text("no")
    (tmp_path / "empty.npz").write_text("")
    (tmp_path / "torn.npz").write_bytes(b"PK\x03\x04 and no more")
    np.save(tmp_path / "array.npy", np.zeros(3))
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    write(tmp_path / "words.npz", fold=[0, 0, 1, 1], predicted=LABELS, label=list("abab"))
    write(tmp_path / "halves.npz", fold=[0, 0, 1, 1], predicted=LABELS, row=[0, 0.5, 1, 2])
    write(tmp_path / "deep.npz", fold=[0, 0, 1, 1], predicted=LABELS, row=[[0, 1], [2, 3]])
    for name in ("text.npz", "empty.npz", "torn.npz", "array.npy", "other.npz", "words.npz", "halves.npz", "deep.npz", "missing.npz"):
        with pytest.raises(ArgumentError, match="check: predictions must be rows and probabilities, got"):
            load_predictions(tmp_path / name, samples())
