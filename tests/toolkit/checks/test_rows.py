"""The commands of fixes become the user's own: paths quoted, options kept, what mends wins."""

import pytest

from tests.toolkit.checks.tables import table
from toolkit.checks.rows import UNSPLIT, command, complete_command


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
        (
            "--steps stretch",
            "--steps 'crop_box(margin=0.1, low=0.2), clahe'",
            "--steps 'crop_box(margin=0.1, low=0.2), clahe, stretch' --overwrite",
        ),
        (
            "--steps 'clahe(clip=2, tiles=3), stretch'",
            "--steps 'stretch(low=0.1)'",
            "--steps 'stretch(low=0.1), clahe(clip=2, tiles=3)' --overwrite",
        ),
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


@pytest.mark.parametrize(
    ("options", "typed"),
    [
        ("--steps stretch", "--seed 1 --steps 'stretch(low=0.02), grayscale'"),
        ("--fit pad", "--fit pad"),
        ("--fit pad", "--lower --fit=pad"),
    ],
)
def test_what_was_typed_already_is_not_offered(options, typed):
    samples = table(label=[0])
    told = f"Look at them. They can be mended: {command(samples, options)}. Else {command(samples)}."
    completed = complete_command(told, source="signs", out="signs.h5", typed=typed)
    assert completed == f"Look at them. Else `foudre preprocess toys signs signs.h5 {typed.replace('=pad', ' pad')} --overwrite`."


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("--columns path=file,split=part,label=kind --group driver", "--group driver --columns path=file,label=kind --overwrite"),
        ("--columns ' split = part' --seed 1", "--seed 1 --overwrite"),
        ("--split 0.9,0.1", "--split 0.9,0.1 --overwrite"),
    ],
)
def test_a_source_that_says_nothing_of_splits_has_no_column_for_them(typed, expected):
    told = complete_command(command(table(label=[0]), source=UNSPLIT), source="list.csv", out="a.h5", typed=typed)
    assert told == f"`foudre preprocess toys list.csv a.h5 {expected}`"


def test_other_commands_stay():
    assert complete_command("`foudre check SRC`", source="a", out="b", typed="--lower") == "`foudre check SRC`"
