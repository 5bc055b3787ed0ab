"""How a source of series is recognised: files, folders, parts, and what is refused with what to type."""

import gzip
import shutil
import zipfile

import pytest

from toolkit.errors import AmbiguousSourceError, ArgumentError, DataError
from toolkit.series import SeriesReadOptions, read
from toolkit.series.sources import open_source
from toolkit.series.spool import open_steps

TS = "@problemName P\n@timeStamps false\n@univariate true\n@classLabel true a b\n@data\n1,2,3:a\n4,5,6:b\n"
TSF = "@relation r\n@attribute series_name string\n@data\nT1:1,2,3\n"
WIDE = "time,a\n2020-01-01,4\n2020-01-02,2\n2020-01-03,3\n"


def put(folder, **files):
    """Write files; ``__`` in a name is its dot."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder


def layout_of(source, **options):
    return open_source(source, SeriesReadOptions(**options)).reading["layout"]


@pytest.mark.parametrize(("name", "text", "layout"), [("p__ts", TS, "ts"), ("p__tsf", TSF, "tsf"), ("p__csv", WIDE, "wide")])
def test_a_file_is_recognised_by_what_it_holds(tmp_path, name, text, layout):
    put(tmp_path, **{name: text})
    assert layout_of(tmp_path / name.replace("__", ".")) == layout
    assert layout_of(tmp_path) == layout


def test_tables_are_told_wide_from_long(tmp_path):
    put(tmp_path, w__csv=WIDE, l__csv="time,station,value\n2020-01-01,x,4\n2020-01-01,y,5\n2020-01-02,x,2\n2020-01-02,y,7\n")
    assert (layout_of(tmp_path / "w.csv"), layout_of(tmp_path / "l.csv")) == ("wide", "long")


def test_a_table_that_can_be_both_is_refused_with_what_to_type(tmp_path):
    put(tmp_path, a__csv="time,place,level\n2020-01-01,x,4\n2020-01-01,y,5\n2020-01-02,x,2\n2020-01-02,y,7\n")
    with pytest.raises(AmbiguousSourceError, match=r"can be a wide table or a long one\. Type --layout long --id place"):
        read(tmp_path / "a.csv")


def test_compressed_and_archived_files_are_recognised(tmp_path):
    with gzip.open(tmp_path / "p.tsf.gz", "wt") as file:
        file.write(TSF)
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr("README.txt", "about")
        archive.writestr("p.ts", TS)
    assert layout_of(tmp_path / "p.tsf.gz") == "tsf"
    assert layout_of(tmp_path / "p.zip") == "ts"


@pytest.mark.parametrize(
    ("name", "text", "option"),
    [
        ("p__ts", TS, {"timezone": "Europe/Paris"}),
        ("p__ts", TS, {"time_format": "iso"}),
        ("p__tsf", TSF, {"time_format": "iso"}),
        ("p__tsf", TSF, {"id": "series_name"}),
        ("p__csv", "numer_sta;date;t;\n07005;20250101000000;280;\n", {"time": "date"}),
        ("p__csv", WIDE, {"layout": "wide", "value": "a"}),
    ],
)
def test_what_means_nothing_in_a_layout_is_refused_by_name(tmp_path, name, text, option):
    put(tmp_path, **{name: text})
    with pytest.raises(ArgumentError, match=f"read: --{[*option][-1].replace('_', '-')} must be left out for the layout"):
        read(tmp_path, SeriesReadOptions(**option))


def test_a_station_that_spans_files_is_called_by_its_id(tmp_path):
    head = "numer_sta;date;t;\n"
    lines = {"a__csv": f"{head}07005;20250101000000;280;\n", "b__csv": f"{head}07005;20250101030000;281;\n07015;20250101030000;9;\n"}
    assert read(put(tmp_path, **lines)).origin == ["07005", "b.csv#07015"]


def test_names_say_parts_whatever_lies_beside_them(tmp_path):
    put(tmp_path, P_TEST__ts=TS, P_TRAIN__ts=TS, other__csv=WIDE, README__md="about", __hidden="x")
    manifest = read(tmp_path)
    assert manifest.files == ("P_TRAIN.ts", "P_TEST.ts")
    assert manifest.split.tolist() == [0, 0, 2, 2]
    told = {skip.path: skip.reason for skip in manifest.understood.passed_over}
    assert told == {"README.md": "no file of series by its name", "other.csv": "a file beside the parts"}


def test_parts_of_tables_are_imposed_on_their_series(tmp_path):
    manifest = read(put(tmp_path, train__csv=WIDE, test__csv=WIDE))
    assert manifest.split.tolist() == [0, 2]
    assert manifest.understood.parts == {"train": "train.csv", "test": "test.csv"}


def test_parts_can_be_named(tmp_path):
    put(tmp_path, a__csv=WIDE, b__csv=WIDE, c__csv=WIDE)
    manifest = read(tmp_path, SeriesReadOptions(parts="train=c.csv,val=a.csv"))
    assert dict(zip(manifest.origin, manifest.split.tolist(), strict=True)) == {"c.csv": 0, "a.csv": 1}


@pytest.mark.parametrize(("parts", "rule"), [("train=x.csv", "files of the folder, got x.csv"), ("left=a.csv", "led by train, val, test")])
def test_parts_must_be_there(tmp_path, parts, rule):
    with pytest.raises(ArgumentError, match=f"parts must be {rule}"):
        read(put(tmp_path, a__csv=WIDE), SeriesReadOptions(parts=parts))


def test_two_files_for_one_part_are_refused_with_what_to_type(tmp_path):
    put(tmp_path, train__csv=WIDE, test__csv=WIDE, testing__csv=WIDE)
    with pytest.raises(
        AmbiguousSourceError,
        match=r"the test part must be one file, got test\.csv and testing\.csv in .*--parts train=train\.csv,test=test\.csv\.",
    ):
        read(tmp_path)


def test_files_of_two_layouts_are_refused(tmp_path):
    with pytest.raises(AmbiguousSourceError, match=r"all of one layout, got ts \(a\.ts\) and table \(b\.csv\)"):
        read(put(tmp_path, a__ts=TS, b__csv=WIDE))


def test_a_folder_without_files_of_series_says_what_lies_in_it(tmp_path):
    put(tmp_path / "inside", a__csv=WIDE)
    with pytest.raises(DataError, match=r"got none in .*Give what lies in it, such as .*inside"):
        read(tmp_path)
    shutil.rmtree(tmp_path / "inside")
    with pytest.raises(DataError, match=r"got notes\.md in .*Their names end in \.csv"):
        read(put(tmp_path, notes__md="x"))


def test_what_no_reader_knows_is_refused(tmp_path):
    (tmp_path / "film.ts").write_bytes(b"G\x00\x11\x22")
    with pytest.raises(DataError, match=r"of a known layout, got one that no reader knows in .*film\.ts\. Say what it is: --layout wide"):
        read(tmp_path / "film.ts")


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"the source must be a file or a folder, got nothing in .*none"):
        read(tmp_path / "none")


def test_files_are_taken_in_the_order_of_their_numbers(tmp_path):
    put(tmp_path, s10__csv=WIDE, s9__csv=WIDE, s2b__csv=WIDE)
    assert read(tmp_path).origin == ["s2b.csv", "s9.csv", "s10.csv"]


def pack(path, **files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)
    return path


def test_tables_of_an_archive_are_read_as_those_of_a_folder(tmp_path):
    source = pack(tmp_path / "w.zip", README__md="about", a__csv=WIDE, b__csv=WIDE)
    manifest = read(source)
    assert manifest.origin == ["w.zip/a.csv", "w.zip/b.csv"]
    assert open_steps(manifest)["x"].ravel().tolist() == [4, 2, 3, 4, 2, 3]
    assert (manifest.root, manifest.files, manifest.file) == (str(tmp_path), ("w.zip",), "w.zip")
    assert manifest.reading["read"]["layout"] == "wide"


def test_parts_of_an_archive_are_told_by_their_names(tmp_path):
    manifest = read(pack(tmp_path / "w.zip", p_test__csv=WIDE, p_train__csv=WIDE))
    assert dict(zip(manifest.origin, manifest.split.tolist(), strict=True)) == {"w.zip/p_train.csv": 0, "w.zip/p_test.csv": 2}


def test_an_archive_without_series_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"the source must be of a known layout, got one that no reader knows in .*w\.zip"):
        read(pack(tmp_path / "w.zip", a__jpg="x"))
