"""What is measured of texts, what is found to be wrong with them, and how a report shows them."""

import json

import numpy as np
import pytest

from foudre import main
from toolkit import ExportOptions, SplitOptions, TextOptions, check_source, preprocess_text, report_source
from toolkit.check import find_kind
from toolkit.errors import ArgumentError, DataError
from toolkit.samples import draw_signs
from toolkit.samples.texts import ReviewOptions, write_reviews
from toolkit.text import Show, find_lookalikes, find_outliers, measure, measure_stored, read
from toolkit.text.measure import COLUMNS, number_words
from toolkit.text.sketch import BANDS, common_share, runs_of_words, sketch

WORDS = [f"word{i}" for i in range(100)]
STRANGE = {
    "bad.txt": "cafÃ© â€œso\u201d",
    "control.txt": "a\x00b\u202e",
    "empty.txt": " \n",
    "mixed.txt": "pаypal",  # the second letter is Cyrillic
    "plain.txt": "It is so. Is it SO?",
}


@pytest.fixture
def strange(tmp_path):
    for name, text in STRANGE.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "unreadable.txt").write_bytes(b"\xff")
    return read(tmp_path)


def test_figures_by_hand(strange):
    found = measure(strange)
    assert {name: array.dtype.name for name, array in found.arrays.items()} == COLUMNS
    rows = {name: {column: found.arrays[column][i].item() for column in COLUMNS} for i, name in enumerate(strange.origin)}
    plain = rows["plain.txt"]
    assert [plain[name] for name in ("characters", "words", "sentences", "damage", "controls")] == [19, 8, 2, 0, 0]
    assert plain["distinct"] == pytest.approx(5 / 8)
    assert plain["capitals"] == pytest.approx(4 / 12)
    assert (rows["bad.txt"]["damage"], rows["control.txt"]["controls"], rows["mixed.txt"]["mixed_scripts"]) == (2, 2, 1)
    assert (rows["empty.txt"]["words"], rows["empty.txt"]["text_hash"]) == (0, 0)
    assert list(found.failures) == [5]


def test_odd_texts_are_found_and_plain_ones_are_not(strange):
    columns = measure(strange).arrays
    found = {finding.check: finding.samples for finding in find_outliers(strange, columns, np.arange(5))}
    assert found == {"empty_texts": (2,), "damaged_text": (0,), "control_characters": (1,), "mixed_scripts": (3,)}


def test_stored_texts_are_measured_by_their_numbers():
    found = measure_stored({"tokens": np.array([4, 1, 4, 1, 5], np.int32)}, np.array([4, 0, 1])).arrays
    assert found["words"].tolist() == [4, 0, 1]
    assert found["distinct"].tolist() == [0.5, 0, 1]
    assert found["unknown"].tolist() == [0.5, 0, 0]
    assert found["text_hash"][1] == 0
    assert measure_stored({"tokens": np.empty(0, np.int32)}, np.empty(0, np.int64)).arrays["words"].shape == (0,)


def test_texts_with_much_in_common_share_a_hash():
    rng = np.random.default_rng(0)
    hits, misses = 0, 0
    for _ in range(50):
        text = rng.integers(0, 1 << 30, 300).astype(np.int32)
        near, far = text.copy(), rng.integers(0, 1 << 30, 300).astype(np.int32)
        near[:10] = far[:10]
        assert common_share(runs_of_words(text), runs_of_words(near)) == pytest.approx(288 / 308)
        hits += (sketch(text) == sketch(near)).any()
        misses += (sketch(text) == sketch(far)).any()
    assert (hits, misses) == (50, 0)
    assert sketch(text).shape == (BANDS,)
    assert len(runs_of_words(number_words("Two words"))) == 1


def test_near_copies_are_found_and_equal_texts_left_to_another_check(tmp_path):
    rng = np.random.default_rng(1)
    for i in range(20):
        (tmp_path / f"{i:02}.txt").write_text(" ".join(rng.choice(WORDS, 80)))
    (tmp_path / "near.txt").write_text((tmp_path / "03.txt").read_text() + " and one thing more")
    (tmp_path / "same.txt").write_text((tmp_path / "05.txt").read_text())
    manifest = read(tmp_path)
    sets = find_lookalikes(manifest, measure(manifest).arrays, np.arange(len(manifest)))
    assert [[manifest.origin[row] for row in rows] for rows in sets] == [["03.txt", "near.txt"]]


def test_planted_faults_are_found_raw_and_stored(tmp_path):
    written = write_reviews(tmp_path / "r", ReviewOptions(num_films=10, duplicates=2, contradictions=2, empty=1))
    preprocess_text(written.root, tmp_path / "r.h5", text=TextOptions(min_count=1), write=ExportOptions(workers=0))
    for source in (written.root, tmp_path / "r.h5"):
        result = check_source(source, workers=0)
        origin = result.table.manifest.origin
        sets = {f.check: {tuple(sorted(origin[row] for row in rows)) for rows in f.sets} for f in result.findings}
        assert {tuple(sorted(pair)) for pair in written.duplicates} <= sets["duplicates_across_splits"]
        assert sets["contradicting_labels"] == {tuple(sorted(pair)) for pair in written.contradictions}
        empty = next(f for f in result.findings if f.check == "empty_texts")
        assert tuple(origin[row] for row in empty.samples) == written.empty


def test_a_clean_set_has_no_error(tmp_path):
    written = write_reviews(tmp_path / "r", ReviewOptions(num_films=40))
    assert not [f.title for f in check_source(written.root, workers=0).findings if f.severity == "error"]


def test_the_page_shows_how_texts_begin_escaped(tmp_path):
    written = write_reviews(tmp_path / "r", ReviewOptions(num_films=4, contradictions=1))
    for name in written.contradictions[0]:
        (written.root / name).write_text("<script>alert(1)</script> is what it says")
    report_source(written.root, tmp_path / "r.html", workers=0)
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; is what it says" in page
    assert "<script>" not in page
    assert {column["name"] for column in json.loads((tmp_path / "r.json").read_text())["columns"]} >= {"words", "sentences"}


def test_excerpts_are_cut_and_stored_ones_are_words(strange):
    assert Show(length=20).excerpts(strange) == ["cafÃ© â€œso\u201d", "a\x00b\u202e", "(no words)", "pаypal", "It is so. Is it SO?", ""]
    shown = Show(lambda rows: [{"tokens": np.array([1, 0])}] * len(rows), ["a", "b"])
    assert shown.excerpts(strange.take(np.array([0]))) == ["b a"]
    assert Show().pictures(strange) == [""] * 6
    assert Show().average(strange) == ""
    with pytest.raises(ArgumentError, match="length must be at least 20, got 3"):
        Show(length=3)


def test_the_kind_is_told_by_who_reads_the_source(tmp_path):
    draw_signs(tmp_path / "signs")
    write_reviews(tmp_path / "reviews", ReviewOptions(num_films=2))
    (tmp_path / "empty").mkdir()
    (tmp_path / "both.csv").write_text("path,text\n,a\n")
    preprocess_text(tmp_path / "reviews", tmp_path / "r.h5", split=SplitOptions(fractions=(0.5, 0.5)), write=ExportOptions(workers=0))
    assert find_kind(tmp_path / "signs") == "images"
    assert find_kind(tmp_path / "reviews") == "text"
    assert find_kind(tmp_path / "r.h5") == "text"
    assert find_kind(tmp_path / "anything", "text") == "text"
    with pytest.raises(DataError, match=r"no kind of data reads .*got a folder without pictures or folders.*got a folder without texts"):
        find_kind(tmp_path / "empty")
    with pytest.raises(ArgumentError, match=r"kind must be one of images, text, .*got sounds"):
        find_kind(tmp_path / "signs", "sounds")


def test_the_command_takes_an_encoding(tmp_path, capsys):
    for name, text in (("a", "un café noir"), ("b", "une œuvre d'art")):
        (tmp_path / "s" / name).mkdir(parents=True)
        (tmp_path / "s" / name / "1.txt").write_bytes(text.encode("cp1252"))
    command = ["check", str(tmp_path / "s"), "--workers", "0", "--json", "--encoding"]
    for encoding, unreadable in (("utf-8", 2), ("cp1252", 0)):
        main([*command, encoding])
        found = {each["check"]: each["count"] for each in json.loads(capsys.readouterr().out)["findings"]}
        assert found.get("unreadable_inputs", 0) == unreadable
    assert main(["report", "text", str(tmp_path / "s"), "--encoding", "cp1252", "--out", str(tmp_path / "s.html"), "--workers", "0"]) == 0
    assert "œuvre" in (tmp_path / "s.html").read_text(encoding="utf-8")
    assert main(["report", "images", str(tmp_path / "s"), "--encoding", "cp1252"]) == 2
    assert "encoding must be left out for the layout folder, got cp1252" in capsys.readouterr().err
