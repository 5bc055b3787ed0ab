"""Stamps of any form become nanoseconds, by values counted by hand; what is doubtful is refused with its row."""

import numpy as np
import pytest

from toolkit.errors import AmbiguousSourceError, ArgumentError, DataError
from toolkit.series.time import format_times, parse_stamp, parse_times, read_times

SECOND = 10**9
HOUR = 3600 * SECOND
DAY = 24 * HOUR
JULY = 1_467_331_200 * SECOND  # 2016-07-01 00:00 UTC


@pytest.mark.parametrize(
    ("texts", "moments"),
    [
        (["2016-07-01", "2016-07-02"], [JULY, JULY + DAY]),
        (["2016-07-01 00:00:00", "2016-07-01 01:00:00"], [JULY, JULY + HOUR]),
        (["2016-07-01T00:00", "2016-07-01T00:01"], [JULY, JULY + 60 * SECOND]),
        (["2016-07-01T00:00:00Z", "2016-07-01T02:00:00+01:00"], [JULY, JULY + HOUR]),
        (["2016-07-01T00:00:00-0130", "2016-07-01T02:00:00+01"], [JULY + HOUR + HOUR // 2, JULY + HOUR]),
        (["2016-07-01 00:00:00", "2016-07-01 00:00:00.5", "2016-07-01 00:00:00.000000001"], [JULY, JULY + SECOND // 2, JULY + 1]),
        (["1970-01", "1970-02"], [0, 31 * DAY]),
        (["1749-01"], [-6_974_035_200 * SECOND]),
        (["20160701", "20160702"], [JULY, JULY + DAY]),
        (["2016070100", "2016070101", "2016070200"], [JULY, JULY + HOUR, JULY + DAY]),
        (["201607010000", "201607010001"], [JULY, JULY + 60 * SECOND]),
        (["20160701000000", "20160701000001"], [JULY, JULY + SECOND]),
        (["20160701T000001Z"], [JULY + SECOND]),
        (["197001", "197002"], [0, 31 * DAY]),
        (["1970", "1971"], [0, 365 * DAY]),
        (["1467331200", "1467331201"], [JULY, JULY + SECOND]),
        (["1467331200.25"], [JULY + SECOND // 4]),
        (["1467331200001"], [JULY + 10**6]),
        (["1467331200000001"], [JULY + 10**3]),
        (["1467331200000000001"], [JULY + 1]),
        (["2016/07/01 00:00", "2016/7/1 1:00"], [JULY, JULY + HOUR]),
        (["1 Jul 2016", "2 July 2016"], [JULY, JULY + DAY]),
        (["Jul 1, 2016", "Jul 2, 2016"], [JULY, JULY + DAY]),
        (["01/07/2016", "13/07/2016"], [JULY, JULY + 12 * DAY]),
        (["7/1/2016 12:00 AM", "7/13/2016 1:00 pm"], [JULY, JULY + 12 * DAY + 13 * HOUR]),
        (["01.07.2016 00:00", "31.07.2016 01:00"], [JULY, JULY + 30 * DAY + HOUR]),
        (["2016-07-01 24:00"], [JULY + DAY]),
        (["2016-02-29"], [1_456_704_000 * SECOND]),
        ([" 2016-07-01 "], [JULY]),
        ([], []),
    ],
)
def test_forms_are_recognised(texts, moments):
    assert parse_times([texts]).tolist() == moments


@pytest.mark.parametrize(
    ("text", "form", "moment"),
    [
        ("01.07.2016 00:00", "%d.%m.%Y %H:%M", JULY),
        ("07/01/16", "%m/%d/%y", JULY),
        ("31/12/69", "%d/%m/%y", -DAY),
        ("2016-183", "%Y-%j", JULY),
        ("Fri Jul 01 2016 12:00:00.5 AM", "%a %b %d %Y %I:%M:%S.%f %p", JULY + SECOND // 2),
        ("2016070101", "%Y%m%d%H", JULY + HOUR),
        ("0", "unix:s", 0),
        ("-1", "unix:ms", -(10**6)),
        ("86400", "unix:us", 86400 * 1000),
        ("2016-07-01 01:00+0100", "%Y-%m-%d %H:%M%z", JULY),
        ("2016-07-01T00:00", "iso", JULY),
    ],
)
def test_a_form_that_was_asked_for_is_read(text, form, moment):
    assert parse_times([[text]], form).tolist() == [moment]


def test_digits_side_by_side_are_as_many_as_they_can_be():
    with pytest.raises(DataError, match="time must be of the form %Y%m%d, got 2016712"):
        parse_times([["2016712"]], "%Y%m%d")


def test_what_was_found_reads_other_stamps_alike():
    found = read_times([["01/07/2016 1:00", "13/07/2016 2:00"]])

    assert found.form == "%d/%m/%Y %H:%M"
    assert found.told == ["Stamps are read as %d/%m/%Y %H:%M, the only form that fits all rows."]
    assert parse_times([["02/07/2016 00:00"]], found.form).tolist() == [JULY + DAY]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ([["2016-07-01", "07/02/2016"]], "written in all rows as in the first, 2016-07-01, got 07/02/2016 in a.csv, row 2"),
        ([["2016-07-01", "2016-07-02 00:00"]], "as in the first, 2016-07-01, got 2016-07-02 00:00 in a.csv, row 2"),
        ([["2016-07-01T00:00Z", "2016-07-01T00:00"]], "of one time zone, with an offset in all rows or in none"),
        ([["2016-07-01", ""]], "there in every row, got nothing in a.csv, row 2"),
        ([["2016-07-01", "2016-02-30"]], "a day that its month has, got 2016-02-30 in a.csv, row 2"),
        ([["2016-13-01"]], "a month from 1 to 12"),
        ([["2016-07-01 25:00"]], "an hour from 0 to 23"),
        ([["2016-07-01 24:30"]], "an hour from 0 to 23, or 24:00"),
        ([["2016-07-01 00:00:60"]], "a second from 0 to 59"),
        ([["1600-01-01"]], "between 1678 and 2262"),
        ([["2300-01-01"]], "between 1678 and 2262"),
        ([["13/02/2016", "02/13/2016"]], "a month from 1 to 12, got 02/13/2016 in a.csv, row 2"),
        ([["31/12/99"]], "a form that is known.* --time-format"),
        ([["soon"]], "a form that is known"),
        ([["5"]], "a form that is known, got 5 .* --time-format"),
        ([[2016, 2016], [2, 2], [29, 30]], "a day that its month has, got 2016 2 30 in a.csv, row 2"),
        ([np.array(["3016-07-01"], "M8[us]")], "between 1678 and 2262"),
        ([["1467331200000", "20160701000000"]], "got 20160701000000 in a.csv, row 2"),
        ([[f"2016-07-01{' ' * i}" + "x" * i for i in range(1, 1100)]], "written"),
        ([np.array(["NaT"], "M8[s]")], "there in every row, got nothing"),
    ],
)
def test_what_is_no_time_is_refused_with_its_row(columns, words):
    with pytest.raises(DataError, match=words):
        parse_times(columns, at="a.csv")


@pytest.mark.parametrize(
    ("texts", "typed"),
    [
        (["01/02/2016", "03/04/2016"], "--time-format '%d/%m/%Y' or --time-format '%m/%d/%Y'"),
        (["200101", "200112"], "--time-format '%Y%m' or --time-format '%y%m%d'"),
    ],
)
def test_two_readings_are_refused_with_what_to_type(texts, typed):
    with pytest.raises(AmbiguousSourceError, match="readable in one way") as caught:
        parse_times([texts], at="a.csv")

    assert typed in str(caught.value)


@pytest.mark.parametrize("form", ["%Q", "%H:%M", "%Y %Y", "excel", ""])
def test_a_form_that_is_none_is_refused(form):
    with pytest.raises(ArgumentError, match="read: --time-format must be"):
        parse_times([["2016-07-01"]], form)


def test_columns_of_a_stamp_are_put_together():
    assert parse_times([[2016, 2016], [7, 7], [1, 2], [0, 24]]).tolist() == [JULY, JULY + 2 * DAY]
    assert parse_times([["01/07/2016", "13/07/2016"], ["00:00:00", "01:00:00"]]).tolist() == [JULY, JULY + 12 * DAY + HOUR]
    assert parse_times([["01/07/2016"], ["18.00.00"]], "%d/%m/%Y %H.%M.%S").tolist() == [JULY + 18 * HOUR]
    assert read_times([[2016], [7], [1], [24]]).told == ["24:00 is taken for 0:00 of the day after."]


@pytest.mark.parametrize("unit", ["D", "s", "ms", "us", "ns"])
def test_times_of_any_unit_are_counted_in_nanoseconds(unit):
    assert parse_times([np.array(["2016-07-01"], f"M8[{unit}]")]).tolist() == [JULY]


def test_numbers_of_any_type_are_read_as_they_would_be_written():
    for column in ([20160701], np.array([20160701], np.int32), np.array([20160701.0]), np.array([b"20160701"])):
        assert parse_times([column]).tolist() == [JULY]


def test_zone_of_stamps_is_told():
    assert read_times([["2016-07-01"]]).zone == ""
    assert read_times([["2016-07-01"]], zone="Europe/Paris").zone == "Europe/Paris"
    assert read_times([["2016-07-01T00:00Z"]]).zone == "UTC"
    assert read_times([["1467331200"]]).zone == "UTC"


def test_local_times_of_summer_and_winter():
    """Paris is one hour ahead of UTC in winter, two in summer."""
    assert parse_times([["2016-07-01 02:00", "2016-12-31 01:00"]], zone="Europe/Paris").tolist() == [JULY, JULY + 183 * DAY]


def test_an_hour_that_summer_time_skips_is_refused():
    with pytest.raises(DataError, match=r"skipped this hour for summer time, got 2016-03-27 02:30 in a\.csv, row 2"):
        parse_times([["2016-03-27 01:30", "2016-03-27 02:30"]], zone="Europe/Paris", at="a.csv")


def test_an_hour_that_is_repeated_is_refused_or_told_apart_by_order():
    texts = ["2016-10-30 01:30", "2016-10-30 02:00", "2016-10-30 02:30", "2016-10-30 02:00", "2016-10-30 02:30", "2016-10-30 03:00"]
    begin = parse_stamp("2016-10-29T23:30Z")

    with pytest.raises(DataError, match=r"repeated this hour, got 2016-10-30 02:00 in a\.csv, row 2\. Type --repeated-hour order"):
        parse_times([texts], zone="Europe/Paris", at="a.csv")

    found = read_times([texts], zone="Europe/Paris", repeated_hour="order")
    assert ((found.moments - begin) // (HOUR // 2)).tolist() == [0, 1, 2, 3, 4, 5]
    assert found.told == ["Rows in an hour that clocks repeated: 4, told apart by their order."]


def test_repeated_hours_are_told_apart_for_each_series():
    """Two series side by side, 2:00 twice each; a third has it once, in summer time."""
    texts, series = ["2016-10-30 02:00"] * 5, np.array([0, 1, 0, 1, 2])

    found = read_times([texts], zone="Europe/Paris", repeated_hour="order", groups=series).moments

    assert (found - parse_stamp("2016-10-30T00:00Z")).tolist() == [0, 0, HOUR, HOUR, 0]


def test_a_third_time_in_a_repeated_hour_is_refused():
    with pytest.raises(DataError, match="twice at most"):
        parse_times([["2016-10-30 02:00"] * 3], zone="Europe/Paris", repeated_hour="order", at="a.csv")


def test_a_zone_that_is_none_is_refused():
    with pytest.raises(ArgumentError, match="timezone must be a name of the IANA database, got Mars/Base"):
        parse_times([["2016-07-01"]], zone="Mars/Base")


def test_zones_agree_with_the_standard_library():
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    moments = np.arange(0, 60 * 365 * DAY, 41 * HOUR)
    for zone in ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu"):
        shown = [datetime.fromtimestamp(moment // SECOND, UTC).astimezone(ZoneInfo(zone)).isoformat() for moment in moments.tolist()]
        assert format_times(moments, zone) == shown


def test_times_are_written_with_their_offset():
    assert format_times(np.array([JULY]), "Europe/Paris") == ["2016-07-01T02:00:00+02:00"]
    assert format_times(np.array([JULY, JULY + 10**6]), "UTC") == ["2016-07-01T00:00:00.000+00:00", "2016-07-01T00:00:00.001+00:00"]
    assert format_times(np.array([JULY]), "America/St_Johns") == ["2016-06-30T21:30:00-02:30"]
    assert format_times(np.array([JULY]), "") == ["2016-07-01T00:00:00"]
    assert format_times(np.array([], np.int64), "Europe/Paris") == []


def test_what_is_written_is_read_again():
    moments = np.random.default_rng(0).integers(-8 * 10**18, 8 * 10**18, 1000)

    for zone in ("", "Europe/Paris"):
        assert parse_times([format_times(moments // SECOND * SECOND, zone)]).tolist() == (moments // SECOND * SECOND).tolist()
    assert parse_times([format_times(moments, "UTC")]).tolist() == moments.tolist()


def test_a_stamp_that_was_typed_is_read():
    assert parse_stamp("2016-07-01") == JULY
    assert parse_stamp("2016-07-01", "Europe/Paris") == JULY - 2 * HOUR
    with pytest.raises(DataError, match=r"got soon\. Name"):
        parse_stamp("soon")
