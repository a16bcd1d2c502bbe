"""Times in any spelling."""

import datetime as dt
import re
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtl_rec.config.events import Events
from mtl_rec.config.log_parts import Label
from mtl_rec.data.events.reading.moments import is_time_type, read_moments
from mtl_rec.errors import SchemaError

SECOND = 1_000_000
NOON = 1_569_931_200 * SECOND  # 2019-10-01 12:00:00 in UTC
NOON_IN_BERLIN = NOON - 7200 * SECOND


def a_log(**settings) -> Events:
    required = {
        "kind": "events",
        "path": "log.csv",
        "event_types": {"view": "view"},
        "window_hours": 1,
        "labels": {"click": Label(events=("view",))},
    }
    return Events(**(required | settings))


def moments(values, kind=None, **settings) -> list[int | None]:
    array = values if isinstance(values, pa.Array) else pa.array(values, kind)
    return read_moments(array, a_log(**settings)).to_pylist()


@pytest.mark.parametrize(("unit", "factor"), [("s", SECOND), ("ms", 1000), ("us", 1)])
@pytest.mark.parametrize("values", [[7, None], [7.0, None], ["7", None], ["7.0", ""]])
def test_numbers_count_the_declared_unit(unit, factor, values):
    assert moments(values, time_unit=unit) == [7 * factor, None]


@pytest.mark.parametrize(
    "kind", [pa.int8(), pa.uint8(), pa.int32(), pa.uint64(), pa.decimal128(20, 3)]
)
def test_numbers_of_every_type_are_times(kind):
    value = Decimal(7) if pa.types.is_decimal(kind) else 7

    assert moments([value], kind) == [7 * SECOND]


@settings(deadline=None)
@given(st.integers(0, 2**32 * SECOND))
def test_seconds_with_a_fraction_keep_their_microseconds(expected):
    assert moments([expected / SECOND]) == [expected]
    assert moments([f"{expected // SECOND}.{expected % SECOND:06d}"]) == [expected]


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        (pa.array([2**63 // SECOND + 1]), "s"),
        (pa.array([-(2**63) // SECOND - 1]), "s"),
        (pa.array([-(2**63)]), "us"),
        (pa.array([2**64 - 1], pa.uint64()), "us"),
        (pa.array([2.0**63]), "us"),
        (pa.array([float("inf")]), "s"),
        (pa.array([float("nan")]), "s"),
        (pa.array(["99999999999999999"]), "s"),
        (pa.array(["1e400"]), "s"),
        (pa.array([2**62]).cast(pa.timestamp("s")), "s"),
        (pa.array([2**61]).cast(pa.timestamp("ms")), "s"),
        (pa.array([2**31 - 1], pa.int32()).cast(pa.date32()), "s"),
    ],
    ids=lambda value: str(getattr(value, "type", value)),
)
@pytest.mark.parametrize("timezone", ["UTC", "Asia/Tokyo"])
def test_times_that_do_not_fit_are_not_wrapped(values, unit, timezone):
    assert moments(values, time_unit=unit, timezone=timezone) == [None]


def test_a_zone_does_not_wrap_times_either():
    far = pa.array([2**63 - 1, -(2**63) + 1]).cast(pa.timestamp("us"))

    for timezone in ("Asia/Tokyo", "America/New_York"):
        assert moments(far, timezone=timezone) == [None, None]


def test_the_last_microsecond_that_fits_is_a_time():
    assert moments([2**63 - 1, -(2**63) + 1], time_unit="us") == [
        2**63 - 1,
        -(2**63) + 1,
    ]


@pytest.mark.parametrize("timezone", ["UTC", "Europe/Berlin"])
@pytest.mark.parametrize(
    "text",
    [
        "2019-10-01T12:00:00Z",
        "2019-10-01 12:00:00 UTC",
        "2019-10-01 12:00 UTC",
        "2019-10-01T12:00:00.000000000Z",
        "2019-10-01T14:00:00+02:00",
        "2019-10-01T14:00:00+0200",
        "2019-10-01 14:00:00 +02",
        "2019-10-01 06:30:00-05:30",
        " 2019-10-01T12:00Z\t",
        str(NOON // SECOND),
        f"{NOON // SECOND}.0",
        "1.5699312e9",
    ],
)
def test_text_with_a_zone_does_not_depend_on_the_logs(text, timezone):
    assert moments([text], timezone=timezone) == [NOON]


@pytest.mark.parametrize(
    "values",
    [
        pa.array(["2019-10-01 12:00:00"]),
        pa.array(["2019-10-01T12:00"]),
        pa.array(["2019-10-01 12"]),
        pa.array([dt.datetime(2019, 10, 1, 12)], pa.timestamp("s")),
        pa.array([dt.datetime(2019, 10, 1, 12)], pa.timestamp("ns")),
    ],
    ids=str,
)
def test_times_without_a_zone_are_in_the_logs(values):
    assert moments(values) == [NOON]
    assert moments(values, timezone="Europe/Berlin") == [NOON_IN_BERLIN]


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64(), pa.string()])
def test_a_date_is_its_midnight_in_the_logs_zone(kind):
    values = pa.array([dt.date(2019, 10, 1)]).cast(kind)

    assert moments(values) == [NOON - 12 * 3600 * SECOND]
    assert moments(values, timezone="Europe/Berlin") == [NOON - 14 * 3600 * SECOND]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_timestamps_with_a_zone_are_what_they_are(unit):
    noon = dt.datetime(2019, 10, 1, 12, tzinfo=ZoneInfo("UTC"))
    values = pa.array([noon], pa.timestamp(unit, "Asia/Tokyo"))

    assert moments(values, timezone="Europe/Berlin") == [NOON]


def test_a_clock_that_jumps_is_the_first_time_it_shows_or_the_jump():
    twice, never = "2021-10-31 02:30:00", "2021-03-28 02:30:00"
    first = dt.datetime(2021, 10, 31, 0, 30, tzinfo=dt.UTC).timestamp() * SECOND
    jump = dt.datetime(2021, 3, 28, 1, 0, tzinfo=dt.UTC).timestamp() * SECOND

    assert moments([twice, never], timezone="Europe/Berlin") == [first, jump]


@pytest.mark.parametrize(
    "text",
    [
        *("yesterday", "0x10", "nan", "inf", "1,5", "2019-13-01", "2019-02-29"),
        *("2019-10-01 24:00:00", "2019-10-01 12:00:60", "01.10.2019", "2019-10"),
        *("2019-10-0112", "2019-10-01 12:0000", "2019-10-01 12:00:00.0000000001"),
        *("2019-10-01T12:00:00+25:00", "2019-10-01Z00", "12:00", "\x00", "٣"),
    ],
)
def test_text_that_is_no_time_leaves_its_neighbours_alone(text):
    others = ["2019-10-01T12:00:00Z", str(NOON // SECOND), "9999-12-31", None]
    others.append("2019-10-01T12:00:00.000000999Z")
    expected = [NOON, NOON, 253402214400 * SECOND, None, NOON]

    assert moments([text, *others]) == [None, *expected]
    assert moments([*others, text]) == [*expected, None]


@settings(deadline=None)
@given(
    st.lists(
        st.text(max_size=4)
        | st.integers().map(str)
        | st.floats().map(str)
        | st.datetimes().map(str)
        | st.datetimes(timezones=st.sampled_from([dt.UTC, ZoneInfo("Asia/Tokyo")])).map(
            str
        )
        | st.from_regex(r"\A\d{4}-[01]\d-[0-3]\d[T ]\d\d:[0-6]\d(\.\d+)?Z?\Z"),
        max_size=6,
    )
)
def test_what_a_text_means_does_not_depend_on_its_neighbours(texts):
    texts = [text.encode(errors="replace").decode() for text in texts]

    alone = [moments(pa.array([text]))[0] for text in texts]

    assert moments(pa.array(texts, pa.string())) == alone


@settings(deadline=None)
@given(st.datetimes())
def test_every_iso_time_is_read(time):
    expected = (time - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1)

    assert moments([str(time)]) == [expected]
    assert moments([time.isoformat("T", "microseconds")]) == [expected]


def test_a_declared_format_is_the_only_one():
    texts = ["01.10.2019 12:00", "2019-10-01 12:00", "1569931200", None, ""]

    read = moments(texts, time_format="%d.%m.%Y %H:%M", timezone="Europe/Berlin")

    assert read == [NOON_IN_BERLIN, None, None, None, None]


def test_a_declared_format_may_have_a_zone():
    texts = ["01.10.2019 12:00 +0000", "01.10.2019 13:00 +0100"]

    assert moments(texts, time_format="%d.%m.%Y %H:%M %z", timezone="Asia/Tokyo") == [
        NOON,
        NOON,
    ]


@pytest.mark.parametrize(
    "values",
    [["829", "0111", "111", "1111"], [829, 111, 111, 1111], [829.0, 111, 111, 1111]],
)
def test_numbers_that_lost_their_zeros_are_dates_of_their_format(values):
    days = [(8, 29), (1, 11), (1, 11), (11, 11)]
    epoch = dt.datetime(1970, 1, 1)
    expected = [
        (dt.datetime(1900, *d) - epoch) // dt.timedelta(microseconds=1) for d in days
    ]

    assert moments(values, time_format="%m%d") == expected


def test_a_format_that_is_none_is_refused():
    text = "`data.source.time_format` must be written as in Python's `strptime`."

    with pytest.raises(SchemaError, match=re.escape(text)):
        moments(["1"], time_format="%Q")


@pytest.mark.parametrize(
    ("kind", "is_allowed"),
    [
        (pa.bool_(), False),
        (pa.float32(), False),
        (pa.time32("s"), False),
        (pa.list_(pa.int64()), False),
        (pa.float64(), True),
        (pa.null(), True),
    ],
)
def test_types_that_hold_no_exact_times_are_known(kind, is_allowed):
    assert is_time_type(kind) is is_allowed


def test_an_empty_column_has_no_times():
    assert moments(pa.nulls(2)) == [None, None]
