"""Vectors are read as their authors publish them; what is damaged is skipped and told, and what is no such file is refused."""

import gzip
import lzma
import struct
import zipfile

import numpy as np
import pytest

from recipes.word_vectors import VectorFile, read_vectors
from toolkit import DataError

GLOVE = "the 0.1 0.2 0.3\nof 0.2 0.1 0.0\n. . . 0.5 0.5 0.5\nat name@domain.com 0.1 0.1 0.1\n"


def write_many(path, *damaged, count=2000):
    """A GloVe file of many words, `w5` being 5 and 1; some lines are put in at the front."""
    path.write_bytes(b"".join([b"the 1 1\n", *damaged, *(b"w%d %d 1\n" % (number, number) for number in range(count))]))
    return path


def test_glove_needs_no_first_line_and_its_words_may_contain_spaces(tmp_path):
    (tmp_path / "glove.txt").write_text(GLOVE)
    found = read_vectors(tmp_path / "glove.txt")
    assert found.words == ("the", "of", ". . .", "at name@domain.com")
    np.testing.assert_array_equal(found.vectors, np.array([[0.1, 0.2, 0.3], [0.2, 0.1, 0], [0.5] * 3, [0.1] * 3], np.float32))
    assert found.file == VectorFile("GloVe text", 4, 3)
    assert str(found.file) == "4 words of 3 numbers (GloVe text)"


@pytest.mark.parametrize(
    ("content", "words", "form"),
    [
        (b"2 3\na 1 2 3\nb 4 5 6\n", ("a", "b"), "word2vec text"),
        (b"2 3\r\na 1 2 3 \r\nb 4 5 6 \r\n", ("a", "b"), "word2vec text"),
        (b"a\t1\t2\t3\nb\t4\t5\t6", ("a", "b"), "GloVe text"),
        (b"\xef\xbb\xbf2 3\na 1 2 3\nb 4 5 6\n\n", ("a", "b"), "word2vec text"),
        (b"1990 1 2 3\n3.5 4 5 6\n", ("1990", "3.5"), "GloVe text"),  # numbers are words, too
        (b"nan 1 2 3\n1/2 1/4 4 5 6\n", ("nan", "1/2 1/4"), "GloVe text"),
        ("\u00a0 1 2 3\na\u2028b 4 5 6\n".encode(), ("\u00a0", "a\u2028b"), "GloVe text"),
    ],
)
def test_the_first_lines_tell_the_form(tmp_path, content, words, form):
    (tmp_path / "v.vec").write_bytes(content)
    found = read_vectors(tmp_path / "v.vec")
    assert (found.words, found.vectors.tolist()) == (words, [[1, 2, 3], [4, 5, 6]])
    assert (found.file.form, found.file.num_words) == (form, 2)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"cut 1\n", "1 numbers in place of 2 in line 2"),
        (b"long 1 2 3\n", "more than 2 numbers in line 2"),
        (b" 1 2\n", "1 numbers in place of 2 in line 2"),
        (b"word 1 2x\n", "could not convert string to float: b'2x' in line 2"),
        (b"word nan 2\n", "the vector of word must be of finite numbers, got nan in line 2"),
        (b"word 1 -inf\n", "the vector of word must be of finite numbers, got -inf in line 2"),
        (b"word 1 1e39\n", "the vector of word must be of finite numbers, got inf in line 2"),
        (b"\xff\xfe 1 2\n", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte in line 2"),
    ],
)
def test_a_damaged_word_among_thousands_is_skipped_counted_and_told(tmp_path, line, reason):
    found = read_vectors(write_many(tmp_path / "v.txt", line))
    assert found.words == ("the", *(f"w{number}" for number in range(2000)))
    assert found.vectors[6].tolist() == [5, 1]
    assert found.file == VectorFile("GloVe text", 2001, 2, 1, (reason,))
    assert str(found.file) == f"2,001 words of 2 numbers (GloVe text); 1 skipped: {reason}"


def test_more_than_a_tenth_of_damaged_words_is_no_such_file(tmp_path):
    assert read_vectors(write_many(tmp_path / "v.txt", b"a nan 1\n", count=8)).file.num_skipped == 1
    with pytest.raises(
        DataError, match=r"as GloVe writes them for nine words of ten at least, got 2 of 11 damaged, the first by .*nan in line 2"
    ):
        read_vectors(write_many(tmp_path / "v.txt", b"a nan 1\n", b"b 1\n", count=8))


def test_ten_damaged_words_are_named_and_all_are_counted(tmp_path):
    found = read_vectors(write_many(tmp_path / "v.txt", *[b"cut 1\n"] * 12)).file
    assert (found.num_skipped, len(found.skipped)) == (12, 10)
    assert str(found).endswith("1 numbers in place of 2 in line 11, …")


def test_words_that_come_again_are_told(tmp_path):
    found = read_vectors(write_many(tmp_path / "v.txt", b"w5 9 9\n", b"the 9 9\n"))
    assert found.select(["w5", "the"])[0].tolist() == [[9, 9], [1, 1]]
    assert (len(found), found.file.num_doubled) == (2001, 2)
    assert str(found.file).endswith("; 2 came again, the first counts")


def test_only_words_wanted_are_kept_and_damage_elsewhere_is_counted(tmp_path):
    path = write_many(tmp_path / "v.txt", b"cut 1\n", b"unread x y\n")
    found = read_vectors(path, ["w7", "absent", "the"])
    assert (found.words, found.vectors.tolist()) == (("the", "w7"), [[1, 1], [7, 1]])
    assert (found.file.num_words, found.file.num_skipped) == (2002, 1)
    assert read_vectors(path, ["absent"]).vectors.shape == (0, 2)


@pytest.mark.parametrize("name", ["v.txt.gz", "v.txt.xz", "v.txt.zip", "v.txt.zst", "glove"])
def test_compressed_files_are_read_as_what_is_in_them(tmp_path, name):
    path = tmp_path / name
    if name.endswith("zip"):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("glove.txt", GLOVE)
    elif name.endswith("zst"):
        path.write_bytes(pytest.importorskip("zstandard").compress(GLOVE.encode()))
    else:
        path.write_bytes((lzma if name.endswith("xz") else gzip).compress(GLOVE.encode()))
    assert read_vectors(path).words == ("the", "of", ". . .", "at name@domain.com")


def test_zst_of_several_frames_is_read_and_a_cut_off_one_refused(tmp_path):
    zstandard = pytest.importorskip("zstandard")
    frame = zstandard.compress(b"".join(b"w%d 1 %d\n" % (number, number) for number in range(20_000)))
    (tmp_path / "v.zst").write_bytes(frame + zstandard.compress(b"last 1 2\n"))
    found = read_vectors(tmp_path / "v.zst")
    assert (len(found), found.words[-1], found.vectors[19_999].tolist()) == (20_001, "last", [1, 19_999])
    for damaged, reason in ((frame[:-5], "cut short"), (frame[:4] + b"x" * 100, "Unsupported frame")):
        (tmp_path / "v.zst").write_bytes(damaged)
        with pytest.raises(DataError, match=rf"read: .*v.zst must be a whole compressed file, got .*{reason}"):
            read_vectors(tmp_path / "v.zst")


def test_word2vecs_binary_format_is_read_compressed_too(tmp_path):
    rows = np.arange(600_000, dtype="<f4").reshape(2000, 300)
    content = b"2000 300\n" + b"".join(b"w%d " % number + row.tobytes() + b"\n" * (number % 2) for number, row in enumerate(rows))
    (tmp_path / "GoogleNews.bin.gz").write_bytes(gzip.compress(content, 1))
    found = read_vectors(tmp_path / "GoogleNews.bin.gz", ["w0", "w1999", "w777"])
    assert found.words == ("w0", "w777", "w1999")
    np.testing.assert_array_equal(found.vectors, rows[[0, 777, 1999]])
    assert found.file == VectorFile("word2vec binary", 2000, 300)


def test_a_damaged_word_of_a_binary_file_is_skipped(tmp_path):
    entries = [b"\xff " + struct.pack("<f", 1), b"a " + struct.pack("<f", np.nan), *(b"w%d " % n + struct.pack("<f", n) for n in range(20))]
    (tmp_path / "v.bin").write_bytes(b"22 1\n" + b"".join(entries))
    found = read_vectors(tmp_path / "v.bin").file
    assert found.num_words == 20
    assert [reason.rpartition(" in ")[2] for reason in found.skipped] == ["word 1", "word 2"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("v.txt", b"3 1\na 1.000\nb 2.000\n", "the end after 2 of the 3 words of the first line"),
        ("v.txt", b"a 1\n" + b"x" * (1 << 20), "a line of more than 1,048,575 bytes"),
        (
            "v.txt",
            b"It was a dark night\nand the rain fell\n",
            "first line must be two numbers, of words and of their size, or a word and its",
        ),
        ("v.bin", gzip.compress(b"1 999999999999\na ", mtime=0), "numbers of a word must be from 1 to 100,000, got 999999999999"),
        ("v.bin", gzip.compress(b"9 9\na ", mtime=0), "the end in word 1 of the 9 of the first line"),
        (
            "v.txt.gz",
            gzip.compress(GLOVE.encode(), mtime=0)[:-9],
            "read: .*txt.gz must be a whole compressed file, got one that is cut short",
        ),
        ("v.xz", lzma.compress(GLOVE.encode())[:-9], "read: .*v.xz must be a whole compressed file, got one that is cut short"),
        ("v.zip", b"PK\3\4" + bytes(50), "vectors must be readable, got this from .*v.zip: "),
    ],
)
def test_what_is_cut_off_or_no_such_file_is_refused_in_one_line(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        read_vectors(tmp_path / name)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_archive_of_several_files_is_refused_with_what_is_in_it(tmp_path):
    with zipfile.ZipFile(tmp_path / "glove.6B.zip", "w") as archive:
        archive.writestr("glove.6B.50d.txt", GLOVE)
        archive.writestr("glove.6B.100d.txt", GLOVE)
    with pytest.raises(DataError, match=r"the only file in an archive, got glove.6B.50d.txt, glove.6B.100d.txt in .*zip. Unpack it"):
        read_vectors(tmp_path / "glove.6B.zip")
