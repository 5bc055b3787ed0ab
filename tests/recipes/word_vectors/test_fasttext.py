"""fastText's models: vectors are what fastText prints, to the bit; models that are compressed, quantised or damaged are refused by name."""

import gzip
import importlib.util
import struct

import numpy as np
import pytest

from recipes.word_vectors import VectorFile, read_vectors
from recipes.word_vectors.fasttext import hash_parts
from toolkit import DataError

FILM = [607, 601, 136, 172, 208, 315, 18, 696, 418]


def model_bytes(rows, words, *, labels=(), version=12, model=2, buckets=0, shortest=3, longest=0, pruned=-1, quantised=False):
    """A model as fastText 0.9.2 saves it, down to its input matrix."""
    rows = np.asarray(rows, "<f4")
    settings = struct.pack("<14id", 793712314, version, rows.shape[1], 5, 5, 1, 5, 1, 2, model, buckets, shortest, longest, 100, 1e-4)
    counts = struct.pack("<3i2q", len(words) + len(labels), len(words), len(labels), 99, pruned)
    entries = [name.encode() + b"\0" + struct.pack("<qb", 9, kind) for kind, part in enumerate((words, labels)) for name in part]
    return settings + counts + b"".join(entries) + struct.pack("<?2q", quantised, *rows.shape) + rows.tobytes()


@pytest.mark.parametrize(
    ("word", "shortest", "longest", "buckets", "expected"),
    [  # what fastText 0.9.2 gives: get_subwords(word)[1], less the number of words
        ("été", 3, 6, 2_000_000, [1908133, 59617, 999949, 187927, 196363, 1291535]),
        ("film", 3, 6, 2_000_000, [865866, 446674, 732589, 919529, 872436, 1705435, 499327, 598159, 1135139, 366916]),
        ("été", 1, 2, 1000, [627, 777, 975, 267, 387, 777, 781]),
        ("film", 1, 2, 1000, FILM),
    ],
)
def test_parts_fall_into_fasttexts_buckets(word, shortest, longest, buckets, expected):
    assert hash_parts(word.encode(), shortest, longest, buckets) == expected


def test_a_vector_is_the_mean_of_the_words_own_row_and_its_parts(tmp_path):
    rows = np.zeros((2 + 1000, 2))
    rows[:2] = [[10, 1], [7, 7]]
    rows[2 + np.array(FILM)] = [[number, -1] for number in range(9)]
    (tmp_path / "m.bin").write_bytes(model_bytes(rows, ["film", "</s>"], labels=["__label__film"], buckets=1000, shortest=1, longest=2))
    found = read_vectors(tmp_path / "m.bin")
    assert found.words == ("film", "</s>")
    np.testing.assert_array_equal(found.vectors, np.array([[4.6, -0.8], [7, 7]], np.float32))  # (10 + 36) / 10, (1 − 9) / 10
    assert found.file == VectorFile("fastText binary", 2, 2)


def test_words_that_the_model_lacks_are_made_of_their_parts(tmp_path):
    rows = np.ones((1 + 5, 3))
    (tmp_path / "m.bin").write_bytes(model_bytes(rows, ["film"], buckets=5, shortest=2, longest=3))
    found = read_vectors(tmp_path / "m.bin", ["films", "<unk>", "film"])
    assert (found.words, found.vectors.tolist()) == (("film", "films"), [[1] * 3] * 2)
    assert found.file.num_composed == 1
    assert str(found.file) == "1 words of 3 numbers (fastText binary); 1 more made of their parts"


@pytest.mark.parametrize("options", [{"longest": 0, "buckets": 5}, {"version": 11, "model": 3, "longest": 6, "buckets": 5}])
def test_models_without_parts_have_the_words_rows_alone(tmp_path, options):
    (tmp_path / "m.bin").write_bytes(model_bytes([[1, 2], [3, 4], *[[9, 9]] * 5], ["a", "b"], **options))
    found = read_vectors(tmp_path / "m.bin", ["a", "b", "c"])
    assert (found.words, found.vectors.tolist()) == (("a", "b"), [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (model_bytes([[1, 2]], ["a"], quantised=True), r"a fastText model must be a full one \(.bin\), got a quantised one \(.ftz\) in"),
        (model_bytes([[1, 2]], ["a"], pruned=0)[:-8], "buffer"),
        (model_bytes([[1, 2]], ["a"], version=10), "version must be 11 or 12, as fastText's models have, got 10"),
        (gzip.compress(model_bytes([[1, 2]], ["a"]), mtime=0), "a fastText model must be unpacked, got a compressed one in .*`gunzip -k`"),
        (model_bytes([[1, 2]], ["a"])[:90], "unpack"),
        (model_bytes([[1, 2]], ["a"])[:97], "the end in entry 1 of the 1 of the dictionary"),
        (model_bytes([[1, 2]], ["a"], longest=3, buckets=4), "a matrix of 1 × 2 for 1 words and 4 buckets of 2 numbers"),
        (model_bytes([[1, 2]], ["a"], longest=3), "for 1 words and 0 buckets"),
        (model_bytes([[1, 2]], ["a"])[:72] + struct.pack("<i", -1) + bytes(99), "a dictionary of 1 entries, 1 words and -1 labels"),
    ],
)
def test_other_and_damaged_models_are_refused_by_name(tmp_path, content, message):
    (tmp_path / "m.bin").write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        read_vectors(tmp_path / "m.bin")
    assert "m.bin" in str(caught.value)


@pytest.mark.filterwarnings("ignore")  # what other libraries warn of at import is theirs
def test_gensim_reads_the_same(tmp_path):
    if importlib.util.find_spec("gensim") is None:
        pytest.skip("gensim is not installed")
    from gensim.models import FastText
    from gensim.models.fasttext import load_facebook_vectors, save_facebook_model

    words = ["l’été", "été", "film", "a", "日本語", "acteur"]
    trained = FastText([words] * 20, vector_size=5, min_count=1, bucket=50, epochs=1, seed=1, workers=1)
    save_facebook_model(trained, str(tmp_path / "m.bin"))
    theirs = load_facebook_vectors(str(tmp_path / "m.bin"))
    asked = [*words, "films", "unseen"]
    found = read_vectors(tmp_path / "m.bin", asked)
    assert set(found.words) == set(asked)
    np.testing.assert_allclose(found.select(asked)[0], [theirs[word] for word in asked], atol=1e-6)
