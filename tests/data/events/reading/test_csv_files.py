"""CSV logs: every line is an event, or is kept as what it is."""

import csv
import gzip
import re

import pyarrow as pa
import pytest

from mtl_rec.config.events import Events
from mtl_rec.config.log_parts import EventColumns, Label
from mtl_rec.data.events.reading import csv_files as module
from mtl_rec.data.events.reading import rejected as limits
from mtl_rec.data.events.reading.events import read_events
from mtl_rec.data.events.reading.rejected import RejectedRows
from mtl_rec.errors import ArtifactError, SchemaError

NAMES = ("u", "i", "e", "t")
MALFORMED = "the line does not have 4 fields"


@pytest.fixture
def read(tmp_path):
    """Reads files; gives users, times in seconds, and number and reason of the rest."""

    def read_files(*files: bytes, name="log.csv", max_fraction=1.0, **settings):
        for number, file in enumerate(files):
            path = tmp_path / f"log/{number}-{name}"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(gzip.compress(file) if name.endswith("gz") else file)
        log = Events(
            kind="events",
            path=str(tmp_path / "log"),
            columns=EventColumns(user="u", item="i", event="e", time="t"),
            event_types={"pv": "view"},
            window_hours=1,
            labels={"click": Label(events=("view",))},
            **settings,
        )
        with RejectedRows(tmp_path / "rejected.csv", max_fraction) as rejected:
            events = pa.concat_tables(read_events(log, rejected))
        kept = rows_of(tmp_path / "rejected.csv")
        assert rejected.num_rows == events.num_rows + len(kept)
        seconds = [time // 1_000_000 for time in events["time"].to_pylist()]
        return events["user"].to_pylist(), seconds, kept

    return read_files


def rows_of(path) -> list[tuple[int, str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        kept = csv.DictReader(file)
        return [(int(row["row"]), row["reason"], row["content"]) for row in kept]


def lines(num_rows: int, first: int = 0) -> bytes:
    return b"".join(b"a,1,pv,%d\n" % (first + row) for row in range(num_rows))


@pytest.mark.parametrize("name", ["log.csv", "log.csv.gz"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["\\n", "\\r\\n"])
@pytest.mark.parametrize("has_header", [True, False])
@pytest.mark.parametrize("quoted", [True, False])
def test_every_way_to_write_lines_has_the_same_rows(
    read, name, start, end, has_header, quoted
):
    rows = [b"a,1,pv,0", b"", b"b,1,pv", b"c,1,pv,2", b"d,1,pv,3,", b"e,1,pv,4"]
    header = [b"u,i,e,t"] if has_header else []
    file = start + end.join([*header, *rows])
    settings = {"quoted": quoted, "header": () if has_header else NAMES}

    for data in (file, file + end):
        users, seconds, kept = read(data, name=name, **settings)

        assert (users, seconds) == (["a", "c", "e"], [0, 2, 4])
        # Rows are numbered without the header and without empty lines.
        assert kept == [(2, MALFORMED, "b,1,pv"), (4, MALFORMED, "d,1,pv,3,")]


def test_the_separator_and_what_is_missing_are_what_is_declared(read):
    file = b"u\ti\te\tt\na,b\t1\tpv\t1\nNULL\t1\tpv\t2\n"

    users, _, kept = read(file, name="log.tsv", separator="\t", missing=("NULL",))

    assert users == ["a,b"]
    assert [row[:2] for row in kept] == [(2, "'u' is missing")]


def test_fields_are_text_as_it_is(read):
    users, *_ = read(b"u,i,e,t\n a ,007,pv,1\n1.0,x,pv,1\n\x00,x,pv,1\n", quoted=False)

    assert users == [" a ", "1.0", "\x00"]


def test_quotes_are_what_is_declared(read):
    file = b'u,i,e,t\n"a,b",1,pv,1\n'

    assert read(file)[0] == ["a,b"]
    users, _, kept = read(file + b"c,1,pv,1\n", quoted=False)
    assert (users, kept) == (["c"], [(1, MALFORMED, '"a,b",1,pv,1')])


def test_a_quote_that_swallows_lines_makes_no_id_of_them(read):
    users, _, kept = read(b'u,i,e,t\na,"1,pv,1\nb,2,pv,2\nc,3",pv,3\nd,4,pv,4\n')

    assert users == ["d"]
    assert [row[:2] for row in kept] == [(1, "'i' is not an id")]


def test_a_quote_that_swallows_the_file_is_an_error(read, tmp_path):
    text = (
        f"'{tmp_path}/log/0-log.csv' must have lines of at most 1048576 bytes and "
        "quotes in pairs. Received: straddling object straddles two block boundaries "
        "(try to increase block size?). If its fields are not in quotes, set "
        "`data.source.quoted` to false."
    )
    file = b"u,i,e,t\n" + lines(200) + b'"a,1,pv,1\n' + lines(200_000)

    with pytest.raises(ArtifactError, match=f"^{re.escape(text)}$"):
        read(file)
    assert len(read(file, quoted=False)[0]) == 200_201


def test_a_line_of_megabytes_is_an_error(read):
    text = (
        "0-log.csv' must have lines of at most 1048576 bytes. Received: straddling "
        "object straddles two block boundaries (try to increase block size?)."
    )
    with pytest.raises(ArtifactError, match=f"{re.escape(text)}$"):
        read(b"u,i,e,t\n" + lines(9) + b"\x00" * 3_000_000, quoted=False)


@pytest.mark.parametrize("damage", [b"\xff", b"\xc3", b"\xe4\xb8", b"\xed\xa0\x80"])
def test_bytes_that_are_not_text_reject_their_line_only(read, damage):
    good = ["é中\U0001f600".encode() + b",1,pv,1"] * 2
    bad = [damage + b",1,pv,1", damage, b"a,1,pv,1," + damage, b"b,1,pv," + damage]
    shown = damage.decode(errors="backslashreplace")
    file = b"\n".join([b"u,i,e,t", good[0], *bad, good[1]])

    users, _, kept = read(file)

    assert users == ["é中\U0001f600"] * 2
    assert sorted(row[:2] for row in kept) == [
        (2, "'u' is not valid UTF-8"),
        (3, MALFORMED),
        (4, MALFORMED),
        (5, "'t' is not valid UTF-8"),
    ]
    assert {row[2] for row in kept} >= {shown, f"a,1,pv,1,{shown}"}


def test_text_is_whole_wherever_a_read_ends(read):
    # Blocks are a mebibyte: among so many offsets characters lie across their ends.
    users = [f"{'x' * (row % 7)}中é{row}" for row in range(120_000)]
    file = "".join(f"{user},1,pv,1\n" for user in users).encode()

    assert read(file, header=NAMES)[0] == users


def test_rows_keep_their_numbers_across_reads_and_files(read):
    bad = {0, 1, 5, 40_000, 99_998, 299_999}
    file = b"".join(
        b"a,1,%d\n" % row if row in bad else b"a,1,pv,%d\n" % row
        for row in range(300_000)
    )
    late = b"b,1,pv,zero\n"

    _, seconds, kept = read(file, lines(3) + late, header=NAMES)

    assert sorted(seconds[:-3]) == sorted(set(range(300_000)) - bad)
    assert [row[0] for row in kept] == [row + 1 for row in sorted(bad)] + [4]
    assert [row[2] for row in kept][:-1] == [f"a,1,{row}" for row in sorted(bad)]


def test_rejected_values_keep_their_numbers_between_malformed_lines(read, monkeypatch):
    monkeypatch.setattr(module, "CHUNK_ROWS", 1000)
    bad = {1: b"a,1,pv", 3: b"a,1,pv,x", 4: b"a", 50_000: b"a,,pv,1", 50_001: b"b"}
    # In a later chunk, and read before the first was handed over.
    bad |= {150_000: b"a", 150_001: b"a,,pv,1", 150_002: b"a"}
    file = b"".join(bad.get(row, b"a,1,pv,1") + b"\n" for row in range(1, 200_001))

    _, _, kept = read(file, header=NAMES)

    assert sorted(row[0] for row in kept) == sorted(bad)
    assert {row[0] for row in kept if row[1] == MALFORMED} == {
        *(1, 4, 50_001, 150_000, 150_002)
    }


def test_a_line_that_a_file_ends_with_is_of_that_file(read):
    _, _, kept = read(lines(2) + b"cut", lines(4) + b"a,1,pv,x\n", header=NAMES)

    assert [row[0] for row in kept] == [3, 5]


def test_a_file_of_a_header_alone_has_no_rows(read):
    files = [b"u,i,e,t\n", b"u,i,e,t\na,1,pv,1\n", b"\nu,i,e,t"]

    assert read(*files)[0] == ["a"]


@pytest.mark.parametrize("name", ["log.csv", "log.csv.gz"])
def test_a_file_of_empty_lines_has_no_rows(read, name):
    assert read(b"\n", b"a,1,pv,1", b"\r\n" * 9, name=name, header=NAMES)[0] == ["a"]


def test_a_compressed_file_that_ends_early_is_an_error(tmp_path, read):
    read(lines(100_000), name="log.csv.gz", header=NAMES)
    path = tmp_path / "log/0-log.csv.gz"
    data = path.read_bytes()

    text = (
        f"'{path}' must be a readable csv file. Received: Truncated compressed stream."
    )
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(ArtifactError, match=re.escape(text)):
        read(header=NAMES)


@pytest.mark.parametrize(
    "garbage", [b"a,1,pv\n", b"a,1,pv,x\n"], ids=["malformed", "unreadable"]
)
@pytest.mark.parametrize("name", ["log.csv", "log.csv.gz"])
@pytest.mark.parametrize("num_files", [1, 2])
def test_a_log_of_garbage_is_not_read_to_its_end(
    read, tmp_path, monkeypatch, garbage, name, num_files
):
    monkeypatch.setattr(limits, "EARLY_ROWS", 1000)
    monkeypatch.setattr(module, "CHUNK_ROWS", 1000)
    files = [garbage * 100_000, lines(2)][:num_files]
    text = f"rows read, 1?[0-9]+ of them in '{tmp_path}/log/0-{name}'"

    with pytest.raises(SchemaError, match=text) as raised:
        read(*files, name=name, header=NAMES, max_fraction=0.01)

    num_rejected = int(re.search(r"Received: (\d+) of", str(raised.value)).group(1))
    assert 2000 <= num_rejected < 20_000
    assert len(rows_of(tmp_path / "rejected.csv")) >= num_rejected


@pytest.mark.parametrize("name", ["log.csv", "log.csv.gz"])
def test_damage_at_the_start_of_a_good_log_does_not_stop_it(read, monkeypatch, name):
    monkeypatch.setattr(limits, "EARLY_ROWS", 1000)
    monkeypatch.setattr(module, "CHUNK_ROWS", 1000)
    file = b"a,1,pv,x\n" * 1000 + lines(99_000)

    users, _, kept = read(file, name=name, header=NAMES, max_fraction=0.01)

    assert (len(users), len(kept)) == (99_000, 1000)


def test_files_before_count_when_the_rest_is_guessed(read, monkeypatch):
    monkeypatch.setattr(limits, "EARLY_ROWS", 1000)
    monkeypatch.setattr(module, "CHUNK_ROWS", 1000)
    bad = b"a,1,pv,x\n" * 1000

    files = [lines(30_000), bad + lines(1000), lines(68_000)]
    assert len(read(*files, header=NAMES, max_fraction=0.01)[2]) == 1000

    files = [lines(100_000), bad * 20]
    with pytest.raises(SchemaError) as raised:
        read(*files, header=NAMES, max_fraction=0.01)
    assert re.search(r"Received: [234]\d{3} of ", str(raised.value))


def test_one_row_too_many_is_refused_at_the_end(read):
    file = b"a,1,pv,x\n" * 2 + lines(98)

    assert len(read(file, header=NAMES, max_fraction=0.02)[0]) == 98
    with pytest.raises(SchemaError, match=r"2\.00% of the log's rows .* 3 of 100 rows"):
        read(b"a\n" + file[:-10], header=NAMES, max_fraction=0.02)
