"""Whatever a word holds, a shell gives it back; what can be shown is quoted as everywhere."""

import os
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.shell import join_words, quote_word


@pytest.mark.parametrize(
    ("word", "quoted"),
    [
        ("signs", "signs"),
        ("my signs", "'my signs'"),
        ("Straße", "'Straße'"),
        ("", "''"),
        ("it's", """'it'"'"'s'"""),
        (os.fsdecode(b"b\xffd"), r"$'b\xffd'"),
        ("two\nlines", r"$'two\x0alines'"),
        ("it's a\tb\\c", r"$'it\'s a\x09b\\c'"),
        ("\u202egnp", r"$'\xe2\x80\xaegnp'"),
        ("a`b", r"$'a\x60b'"),
    ],
)
def test_a_word_is_quoted_so_that_it_can_be_copied(word, quoted):
    assert quote_word(word) == quoted


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
@settings(max_examples=30, deadline=None)
@given(st.lists(st.binary(max_size=12).map(lambda word: word.replace(b"\0", b"")), max_size=4))
def test_bash_takes_the_words_as_they_were(words):
    line = join_words(map(os.fsdecode, [b"x", *words]))
    got = subprocess.run(["bash", "-c", f"printf '%s\\0' {line}"], check=True, capture_output=True).stdout
    assert got.split(b"\0")[:-1] == [b"x", *words]
