"""The commands of fixes become the user's own: paths quoted, options kept, what mends wins."""

import pytest

from tests.toolkit.checks.tables import table
from toolkit.checks.rows import command, complete_command


@pytest.mark.parametrize(
    ("options", "typed", "expected"),
    [
        ("", "", "--overwrite"),
        ("", "--size 32,32 --no-stratify", "--size 32,32 --no-stratify --overwrite"),
        ("--seed 1", "--lower --split 0.9,0.1", "--lower --split 0.9,0.1 --seed 1 --overwrite"),
        ("--seed 1", "--seed 1", "--seed 2 --overwrite"),
        ("", "--text=--a --stop-words=--,x", "--text=--a --stop-words=--,x --overwrite"),
        ("--seed 1", "--seed 7", "--seed 1 --overwrite"),
        ("--steps stretch", "--steps 'crop_box(margin=0.1), grayscale'", "--steps 'crop_box(margin=0.1), grayscale, stretch' --overwrite"),
        ("--balance max --balance-by weights", "--balance median --balance-by copies", "--balance max --balance-by weights --overwrite"),
    ],
)
def test_a_command_keeps_what_was_typed(options, typed, expected):
    told = f"Either {command(table(label=[0]), options)}, or not."
    completed = complete_command(told, source="my signs", out="it's.h5", typed=typed)
    assert completed == f"""Either `foudre preprocess toys 'my signs' 'it'"'"'s.h5' {expected}`, or not."""


def test_a_name_that_is_no_text_is_written_so_that_a_shell_takes_it():
    told = complete_command(command(table(label=[0])), source="b\udcffd", out="two\nlines.h5", typed="--columns 'path=my\tfile'")
    expected = r"$'b\xffd' $'two\x0alines.h5' --columns $'path=my\x09file' --overwrite"
    assert told == f"`foudre preprocess toys {expected}`"


def test_other_commands_stay():
    assert complete_command("`foudre check SRC`", source="a", out="b", typed="--lower") == "`foudre check SRC`"
