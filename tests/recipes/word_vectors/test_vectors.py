"""Vectors go to word2vec's files and come back, other libraries read them, and neighbours and analogies are what geometry says."""

import importlib.util
import struct

import numpy as np
import pytest

from recipes.word_vectors import WordVectors, read_vectors, write_vectors
from toolkit import ArgumentError, DataError

ROWS = np.array([[1, 1], [1, -1], [0.1, 1], [0.1, -1], [0, 0]], np.float32)
GRID = WordVectors(("roi", "reine", "homme", "œuvre", "nothing"), ROWS)


@pytest.mark.parametrize("name", ["vectors.txt", "vectors.bin"])
def test_what_was_written_is_read(tmp_path, name):
    rng = np.random.default_rng(0)
    vectors = WordVectors(("l'été", "a", "日本", "–"), rng.standard_normal((4, 7)).astype(np.float32))
    assert write_vectors(tmp_path / name, vectors) == []
    found = read_vectors(tmp_path / name)
    assert found.words == vectors.words
    assert found.vectors.dtype == np.float32
    np.testing.assert_array_equal(found.vectors, vectors.vectors)


def test_the_formats_are_word2vecs_to_the_byte(tmp_path):
    vectors = WordVectors(("a", "é"), np.array([[1, -0.5], [0.25, 3]], np.float32))
    write_vectors(tmp_path / "v.txt", vectors)
    write_vectors(tmp_path / "v.bin", vectors)
    assert (tmp_path / "v.txt").read_bytes() == "2 2\na 1 -0.5\né 0.25 3\n".encode()
    expected = b"2 2\na " + struct.pack("<2f", 1, -0.5) + b"\n" + "é ".encode() + struct.pack("<2f", 0.25, 3) + b"\n"
    assert (tmp_path / "v.bin").read_bytes() == expected


@pytest.mark.parametrize("name", ["vectors.txt", "vectors.bin"])
@pytest.mark.filterwarnings("ignore")  # what other libraries warn of at import is theirs
def test_gensim_reads_and_writes_the_same(tmp_path, name):
    if importlib.util.find_spec("gensim") is None:
        pytest.skip("gensim is not installed")
    from gensim.models import KeyedVectors

    write_vectors(tmp_path / name, GRID)
    binary = name.endswith("bin")
    theirs = KeyedVectors.load_word2vec_format(str(tmp_path / name), binary=binary)
    np.testing.assert_array_equal(theirs["œuvre"], ROWS[3])
    theirs.save_word2vec_format(str(tmp_path / f"theirs_{name}"), binary=binary)
    back = read_vectors(tmp_path / f"theirs_{name}")
    np.testing.assert_array_equal(back.select(GRID.words)[0], ROWS)


def test_words_with_spaces_are_left_out_and_named(tmp_path):
    left_out = write_vectors(tmp_path / "v.txt", WordVectors(("new york", "a", "b\u00a0c"), np.ones((3, 2), np.float32)))
    assert left_out == ["new york", "b\u00a0c"]
    assert read_vectors(tmp_path / "v.txt").words == ("a",)


def test_of_a_word_that_comes_twice_the_first_counts(tmp_path):
    (tmp_path / "v.txt").write_text("3 1\na 1\nb 2\na 3\n")
    found = read_vectors(tmp_path / "v.txt")
    assert (found.words, found.vectors.tolist()) == (("a", "b"), [[1.0], [2.0]])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("v.txt", b"2 2\na 1 2\nb 3 nan\n", "the vector of b must be of finite numbers, got nan"),
        ("v.txt", b"2 2\na 1 2\nb inf -inf\n", "the vector of b must be of finite numbers, got inf"),
        ("v.txt", b"1 1\na 1e99\n", "the vector of a must be of finite numbers, got inf"),
        ("v.bin", b"1 1\na " + struct.pack("<f", np.nan), "the vector of a must be of finite numbers, got nan"),
    ],
)
def test_a_word_told_in_no_numbers_is_named_with_the_file(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=rf"{message} in .*{name}"):
        read_vectors(tmp_path / name)


def test_the_largest_floats_are_numbers(tmp_path):
    (tmp_path / "v.txt").write_text("1 3\na 3.4e38 3.4e38 3.4e38\n")
    assert read_vectors(tmp_path / "v.txt").vectors.max() == np.float32(3.4e38)


def test_an_analogy_is_b_minus_a_plus_c_and_never_one_of_the_three():
    assert GRID.analogy("roi", "reine", "homme")[0][0] == "œuvre"
    assert [word for word, _ in GRID.analogy("roi", "roi", "roi", count=9)] == ["homme", "reine", "nothing", "œuvre"]


def test_neighbours_come_nearest_first_with_their_cosines():
    (first, cosine), *_, (last, _) = GRID.neighbours("roi")
    assert first == "homme"
    assert cosine == pytest.approx(1.1 / np.sqrt(2 * 1.01), abs=1e-6)
    assert last == "œuvre"
    assert GRID.similarity("roi", "reine") == pytest.approx(0, abs=1e-6)


def test_words_lie_on_the_plane_in_which_they_differ_most():
    turned = np.linalg.qr(np.random.default_rng(0).normal(size=(5, 5)))[0][:2]
    places = np.array([[3, 1], [-3, 1], [3, -1], [-3, -1]])
    found = WordVectors(("a", "b", "c", "d"), (places @ turned + 7).astype(np.float32)).plane(("a", "b", "c", "d"))
    np.testing.assert_allclose(found, places, atol=1e-5)
    assert WordVectors(("a",), np.ones((1, 3), np.float32)).plane(["a"]).tolist() == [[0, 0]]
    with pytest.raises(ArgumentError, match="words must be at least one"):
        WordVectors(("a",), np.ones((1, 3), np.float32)).plane([])


def test_words_without_a_vector_select_zeros_and_lower_the_coverage():
    found, known = GRID.select(["reine", "absent"])
    assert found.tolist() == [[1, -1], [0, 0]]
    assert known.mean() == 0.5


def test_a_word_that_is_not_there_is_named():
    with pytest.raises(ArgumentError, match="words must be among the 5 that have a vector, got reines"):
        GRID.neighbours("reines")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "v.txt",
            b"hello world\n",
            "first line must be two numbers, of words and of their size, or a word and its numbers, got hello world",
        ),
        ("v.txt", b"", "first line must be two numbers"),
        ("v.txt", b"2 2\na 1 2\nb 3\n", "1 numbers in place of 2 in line 3"),
        ("v.txt", b"1 1\na 1.0000\nb 2.0000\n", "more than the 1 words of the first line"),
        ("v.bin", b"1 1\na \0\0\0\0b \0\0\0\0", "more than the 1 words of the first line"),
        ("v.txt", b"1 1\n\xff 1.0000\n", "can't decode byte 0xff"),
        ("v.txt", b"1 1\na x.0000\n", "could not convert"),
        ("v.txt", b"99999999999 300\n", "file must be at least"),
        ("v.bin", b"2 4\na " + bytes(20), "the end in word 2 of the 2"),
    ],
)
def test_damaged_files_are_refused_with_the_reason(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        read_vectors(tmp_path / name)
    assert name in str(caught.value)


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(DataError, match=r"vectors must be readable, got this from .*none\.txt: No such file"):
        read_vectors(tmp_path / "none.txt")
