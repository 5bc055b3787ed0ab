"""Options by name become the library's objects; what was not given keeps the library's default."""

import shlex

import pytest

from toolkit import (
    ArgumentError,
    BalanceOptions,
    ExportOptions,
    ImageOptions,
    ReadOptions,
    SeriesOptions,
    SeriesReadOptions,
    SeriesSplitOptions,
    SplitOptions,
)
from toolkit.images import parse_steps
from toolkit.options import known_options, options_of, read_options, reading_options, split_typed, type_options


def test_nothing_given_builds_nothing():
    assert options_of("images") == {}
    assert options_of("images", size=None, seed=None) == {}


def test_every_option_reaches_its_object():
    assert options_of(
        "images", size="48,64", steps="grayscale", fit="pad", dtype="uint8", split="0.8,0.2", stratify=False, seed=7, layout="csv",
        group="none", columns="path=file", workers=3, on_error="fail", overwrite=True,
    ) == {
        "images": ImageOptions(size=(48, 64), steps=parse_steps("grayscale"), fit="pad", dtype="uint8"),
        "split": SplitOptions(fractions=(0.8, 0.2), stratify=False, seed=7),
        "read": ReadOptions(layout="csv", group="none", columns="path=file"),
        "write": ExportOptions(workers=3, on_error="fail", overwrite=True),
    }  # fmt: skip


@pytest.mark.parametrize(("typed", "target"), [("max", "max"), ("200", 200)])
def test_balancing_takes_a_name_or_a_number(typed, target):
    assert options_of("images", balance=typed, balance_by="weights") == {"balance": BalanceOptions(target, by="weights")}
    with pytest.raises(ArgumentError, match="balance must be given with balance_by, got None"):
        options_of("images", balance_by="drop")


def test_one_number_is_both_sides():
    assert options_of("images", size="48")["images"].size == (48, 48)


def test_a_config_file_may_use_lists_and_mappings(tmp_path):
    config = tmp_path / "options.yaml"
    config.write_text("size: [32, 48]\nsplit: [0.6, 0.2, 0.2]\ncolumns: {path: file, label: kind}\non-error: fail\nworkers: 0\n")
    built = options_of("images", config)
    assert built["images"].size == (32, 48)
    assert built["split"].fractions == (0.6, 0.2, 0.2)
    assert built["read"].column_names() == {"path": "file", "label": "kind"}
    assert built["write"] == ExportOptions(workers=0, on_error="fail")


def test_an_empty_config_file_gives_nothing(tmp_path):
    (tmp_path / "empty.yaml").touch()
    assert options_of("images", tmp_path / "empty.yaml") == {}


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("images", {}),
        (
            "images",
            {"size": "32,48", "steps": "crop_box(margin=0.1), stretch(low=0.02)", "dtype": "uint8", "columns": "path=my file,label=k"},
        ),
        ("images", {"split": "0.9,0.1", "stratify": False, "seed": 3, "balance": "median", "group": "none"}),
        ("text", {"text": "--text", "label": "-label", "columns": ""}),
        ("text", {"lower": True, "stop_words": "the,of", "subwords": 800, "balance": "200", "balance_by": "drop", "encoding": "latin-1"}),
        ("series", {"time": "date", "features": "a,b", "gaps": "interpolate:3", "header": False, "split": "rows:86,28,28", "seed": 3}),
        ("series", {"calendar": "hour,weekday", "across": "series", "parts": "train=a.ts,test=b.ts", "time_format": "%d.%m.%Y %H:%M"}),
    ],
)
def test_options_are_typed_as_they_are_read(kind, typed):
    words, read = iter(shlex.split(type_options(kind, **options_of(kind, **typed)))), {}
    for word in words:
        if "=" in word:
            option, _, value = word.partition("=")
            read[option.removeprefix("--")] = value
            continue
        name = word.removeprefix("--").removeprefix("no-").replace("-", "_")
        read[name] = not word.startswith("--no-") if isinstance(typed.get(name), bool) else next(words)
    read |= {"seed": int(read["seed"])} if "seed" in read else {}
    read |= {name: int(read[name]) for name in ("subwords",) if name in read}
    assert type_options(kind, **options_of(kind, **read)) == type_options(kind, **options_of(kind, **typed))
    assert options_of(kind, **read) == options_of(kind, **{name: value for name, value in typed.items() if value != ""})


def test_typed_values_win_over_the_file(tmp_path):
    (tmp_path / "seed.yaml").write_text("seed: 1\ndtype: uint8\n")
    built = options_of("images", tmp_path / "seed.yaml", seed=2)
    assert built["split"].seed == 2
    assert built["images"].dtype == "uint8"


@pytest.mark.parametrize("size", ["", "48x48", "1,2,3", "-4", "4.5"])
def test_sizes_that_are_none_are_refused(size):
    with pytest.raises(ArgumentError, match="options: size must be one whole number, or height,width, got"):
        options_of("images", size=size)


def test_defaults_are_shown_as_they_are_typed():
    assert [known_options("images")[name].show_default() for name in ("size", "split", "stratify", "seed", "dtype")] == [
        "48,48",
        "0.7,0.15,0.15",
        "true",
        "0",
        "float16",
    ]


def test_series_are_told_by_their_own_objects():
    assert options_of("series", time="date", features="OT, HUFL", calendar="hour,weekday", split="rows:8,2,2", seed=1, workers=2) == {
        "series": SeriesOptions(calendar=("hour", "weekday")),
        "read": SeriesReadOptions(time="date", features=("OT", "HUFL")),
        "split": SeriesSplitOptions(cut="rows:8,2,2", seed=1),
        "write": ExportOptions(workers=2),
    }
    with pytest.raises(ArgumentError, match="each option must be one of preprocess series, got balance, stratify"):
        options_of("series", balance="median", stratify=True)


def test_how_a_source_was_read_is_known_again():
    read = ReadOptions(header=False, columns="path=2,label=1", delimiter="~")
    typed = type_options("images", read=read, images=ImageOptions(size=(8, 8)))
    assert split_typed(typed) == {"--size": "8,8", "--columns": "path=2,label=1", "--no-header": "", "--delimiter": "~"}
    assert read_options("images", typed) == read
    assert read_options("images", "--size 8,8") is None


def test_options_that_some_kinds_have_name_them():
    told = {option.flag: option.help for option in reading_options().values()}
    assert told["--header"].startswith("Whether a table's first line")
    assert told["--gaps"].startswith("Series: What becomes of missing steps")
    assert told["--classes"].startswith("Images and text: Of folders inside class folders")
    assert told["--label"].count("Text: ") == told["--label"].count("Series: ") == 1
    assert not {"--size", "--split", "--workers"} & told.keys()
