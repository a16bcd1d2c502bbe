"""What is guessed of columns, and what is refused."""

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from mtl_rec.data.starter import Wishes, make_starter
from mtl_rec.data.starter.dialect import fields_of, has_header, separator_and_quotes
from mtl_rec.data.starter.kinds import suggest
from mtl_rec.data.starter.log_times import span_of
from mtl_rec.data.starter.looking import look_at
from mtl_rec.data.starter.names import cleaned, words
from mtl_rec.data.starter.pieces import read_pieces
from mtl_rec.data.starter.profile import profile
from mtl_rec.errors import ArtifactError, ConfigError, MtlRecError, SchemaError

ROWS = 400


@pytest.fixture
def frame():
    """Exposures of 40 users and 30 items."""
    random = np.random.default_rng(0)
    click = random.random(ROWS) < 0.4
    return pd.DataFrame(
        {
            "user_id": random.integers(0, 40, ROWS),
            "item_id": random.integers(0, 30, ROWS),
            "click": click.astype(int),
            "cart": (click & (random.random(ROWS) < 0.5)).astype(int),
        }
    )


@pytest.fixture
def draft(tmp_path):
    """The draft for a frame."""

    def make(frame: pd.DataFrame, **wishes):
        frame.to_csv(tmp_path / "rows.csv", index=False)
        return make_starter(str(tmp_path / "rows.csv"), Wishes(**wishes)).draft

    return make


def tasks_of(draft) -> list[tuple[str, str | None]]:
    active = [line.settings for line in draft.tasks if line.is_active]
    return [(settings["name"], settings.get("after")) for settings in active]


def column(name, values):
    return profile(name, pa.chunked_array([pa.array(values)]))


@pytest.mark.parametrize("name", ["userId", "USER_ID", "userid", "User Id", "user.id2"])
def test_a_name_has_the_same_words_however_it_is_spelt(name):
    assert words(name) == ["user", "id"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Price (EUR)", "price_eur"),
        ("101", "column_101"),
        ("価格", "column"),
        ("a", "a"),
    ],
)
def test_a_name_becomes_one_that_a_feature_may_have(name, expected):
    assert cleaned(name, "column") == expected


def test_a_step_follows_the_rarest_event_that_it_never_lacks(draft, frame):
    frame["purchase"] = frame.cart * (np.arange(ROWS) % 2)

    assert tasks_of(draft(frame)) == [
        ("click", None),
        ("cart", "click"),
        ("purchase", "cart"),
    ]


def test_a_step_that_lacks_another_on_one_row_does_not_follow_it(draft, frame):
    frame.loc[frame.index[frame.click == 0][0], "cart"] = 1

    made = draft(frame)

    assert tasks_of(made) == [("click", None), ("cart", None)]
    assert "on 1 rows without click, so not after it" in made.tasks[1].why


def test_an_event_that_hardly_happens_is_offered_and_not_used(draft, frame):
    frame["purchase"] = (np.arange(ROWS) < 3).astype(int)

    made = draft(frame)

    assert ("purchase", None) not in tasks_of(made)
    assert [line.settings["name"] for line in made.tasks if not line.is_active] == [
        "purchase"
    ]


@pytest.mark.parametrize(
    "leak",
    [
        lambda frame: frame.click * 3.5,
        lambda frame: frame.click.map({1: "c", 0: None}),
        lambda frame: np.where(frame.click == 1, np.arange(ROWS), -1),
    ],
    ids=["amount", "present", "ids"],
)
def test_what_knows_the_answer_is_left_out(draft, frame, leak):
    made = draft(frame.assign(later=leak(frame)))

    assert made.left_out["later"].startswith("knows the answer: ")


def test_what_nearly_knows_it_is_kept_with_a_comment(draft, frame):
    is_noisy = np.arange(ROWS) % 33 == 0
    made = draft(frame.assign(hint=np.where(is_noisy, 1 - frame.click, frame.click)))

    (line,) = [line for line in made.features if line.settings["name"] == "hint"]
    assert "CHECK that it is known before: its value tells click" in line.why


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("age", list(range(90)) * 3, "numeric"),
        ("zip", list(range(90)) * 3, "categorical"),
        ("hour", list(range(24)) * 9, "categorical"),
        ("wage_per_hour", list(range(24)) * 9, "numeric"),
        ("num_visits", [1, 2, 3] * 50, "numeric"),
        ("color", ["red", "blue", None] * 50, "categorical"),
        ("title", [f"a red lamp number {n}" for n in range(300)], "text"),
        ("url", [f"http://x/{n}" for n in range(300)], None),
        ("row", list(range(300)), None),
        ("same", ["x"] * 50, None),
        ("nothing", [None] * 50, None),
        ("price", ["12,50", "3,99", "1.200,00"] * 20, None),
        ("tags", ["a|b", "c", "a|b|c"] * 50, "multi_categorical"),
        ("clicked_items", ["i1 i2 i3", "i2 i1"] * 50, "sequence"),
        ("point", [{"x": 1}] * 9, None),
        ("clicked_items", [["a", "b"], ["a"]] * 50, "sequence"),
        ("score", [1.5, 2.5, None] * 50, "numeric"),
        ("money", ["1.5", "NA", "2"] * 50, "numeric"),
    ],
)
def test_a_kind_is_guessed_by_name_and_values(name, values, kind):
    settings = suggest(column(name, values), {}).settings

    assert (settings and settings["kind"]) == kind


@pytest.mark.parametrize(
    ("values", "unit", "written"),
    [
        ([1_700_000_000, 1_700_000_100], "s", None),
        ([1_700_000_000_000.0], "ms", None),
        (["1700000000000000"], "us", None),
        (["2024-01-02", "2024-01-03"], None, None),
        (["2024-01-02T03:04:05.678Z", "2024-01-02 03:04:05 UTC"], None, None),
        (["31/12/2024 10:00", "01/02/2024 11:00"], None, "%d/%m/%Y %H:%M"),
        (["12/31/2024", "01/02/2024"], None, "%m/%d/%Y"),
        ([20240131, 20240201], None, "%Y%m%d"),
        (["01-Jan-1995", None], None, "%d-%b-%Y"),
    ],
)
def test_times_are_known_by_their_values(values, unit, written):
    time = column("x", values).time

    assert time is not None
    assert (time.unit, time.format) == (unit, written)


@pytest.mark.parametrize("values", [[1, 2, 3], ["a", "b"], [9_999_999_999_999_999.0]])
def test_other_values_are_no_times(values):
    assert column("x", values).time is None


@pytest.mark.parametrize(
    ("text", "separator", "quoted", "is_named"),
    [
        ("user,price\nu1,2\nu2,3\n", ",", True, True),
        ("u1\t2\nu2\t3\n", "\t", True, False),
        ("a;b\n1,5;2\n2,5;3\n", ";", True, True),
        ('id,at\n1,"Jan 1, 2024"\n2,"Jan 2, 2024"\n', ",", True, True),
        ('id,what\n1,a 5" pipe\n2,"x\n3,b\n', ",", False, True),
        ("click,101,102\n0,7,9\n1,8,9\n", ",", True, True),
        ("user,item\nann,shoe\nbob,hat\nann,hat\n", ",", True, True),
        ("ann,shoe\nbob,hat\nann,hat\nann,shoe\n", ",", True, False),
    ],
)
def test_how_a_csv_is_written_is_seen(text, separator, quoted, is_named):
    lines = text.splitlines()

    assert separator_and_quotes(lines, "x.csv") == (separator, quoted)
    assert has_header(fields_of(lines, separator, quoted)) == is_named


@pytest.mark.parametrize("name", ["rows.csv", "rows.csv.gz"])
def test_a_large_file_is_looked_at_all_over(tmp_path, name):
    frame = pd.DataFrame({"number": range(400_000), "other": "some text"})
    frame.to_csv(tmp_path / name, index=False)

    pieces = read_pieces(tmp_path / name, 2**20)
    sample = look_at(str(tmp_path / name))

    assert not pieces.is_whole
    assert sum(map(len, pieces.texts)) <= 2**20
    numbers = sample.rows["number"].cast(pa.int64()).to_numpy()
    assert sample.rows.num_rows <= 200_000
    assert not sample.is_whole
    assert abs(sample.num_rows / 400_000 - 1) < 0.05
    # No tenth of the file is left out.
    assert len(np.unique(numbers // 40_000)) == 10


def test_a_large_parquet_file_is_looked_at_all_over(tmp_path):
    frame = pd.DataFrame({"number": range(400_000)})
    frame.to_parquet(tmp_path / "rows.parquet", row_group_size=20_000)

    sample = look_at(str(tmp_path / "rows.parquet"))

    numbers = sample.rows["number"].to_numpy()
    assert (sample.num_rows, sample.is_whole) == (400_000, False)
    assert len(np.unique(numbers // 40_000)) == 10


@pytest.mark.parametrize(("days", "window"), [(60, 24), (9, 6), (3, 2), (0.12, 0.25)])
def test_a_window_leaves_most_of_a_validation_part(days, window):
    span = span_of(np.arange(0.0, days * 86_400, 60) + 1)

    assert span.window_hours == window
    assert span.window_hours <= 0.4 * 0.1 * days * 24 or days < 2


@pytest.mark.parametrize(
    ("wishes", "error", "message"),
    [
        ({"labels": ("clik",)}, ConfigError, "Did you mean 'click'? Columns: ["),
        ({"labels": ("user_id",), "excluded": ()}, None, ""),
        ({"separator": "::"}, ConfigError, "must be one character"),
        ({"name": "my shop"}, ConfigError, "`--name` must be letters"),
        ({"event": "click"}, SchemaError, "none that looks like: time. Columns: "),
        ({"header": ("a", "b")}, SchemaError, "must name the 4 columns"),
        ({"excluded": ("click", "cart")}, SchemaError, "Name what is to be predicted"),
    ],
)
def test_wishes_that_can_not_be_are_refused(draft, frame, wishes, error, message):
    if error is None:
        assert draft(frame, **wishes).tasks[0].settings["kind"] == "regression"
        return
    with pytest.raises(error, match=re.escape(message)):
        draft(frame, **wishes)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("rows.csv", b"", "must hold rows. Received: an empty file"),
        ("rows.csv", b"a,b\n", "must hold rows. Received: one line"),
        ("rows.csv", b"one\ntwo\nthree\n", "must have columns separated by one of"),
        ("rows.jsonl", b'{"a": 1}\n', "Received: JSON. Convert it"),
        ("rows.xlsx", b"PK\x03\x04", "a ZIP archive or a spreadsheet"),
        ("rows.parquet", b"PAR1", "must be a readable parquet file"),
        ("rows.csv", b"a,a\n1,2\n", "columns of different names"),
        ("rows.csv", b"user_id,click\n\xe4,1\n\xe4,0\n" * 9, "iconv"),
        ("rows.csv", b"a,b\n1,2\n3,4\n", "must have a column of what happened"),
    ],
)
def test_data_that_can_not_be_is_refused_in_a_line(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(MtlRecError, match=re.escape(message)) as error:
        make_starter(str(tmp_path / name), Wishes())

    assert "\n" not in str(error.value)


def test_a_folder_of_tables_with_other_columns_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("user_id,click\n1,0\n2,1\n")
    (tmp_path / "b.csv").write_text("item_id,price\n1,2\n2,3\n")

    with pytest.raises(SchemaError, match="must have the same columns"):
        make_starter(str(tmp_path), Wishes())


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(ArtifactError, match="must name an existing file"):
        make_starter(str(tmp_path / "nothing.csv"), Wishes())
