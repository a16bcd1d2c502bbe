"""A starter config for data that nobody prepared is right, and its rows can be read."""

from pathlib import Path

import odd_data
import pytest

from mtl_rec.config import load_config
from mtl_rec.config.events import EventLog
from mtl_rec.data import open_exposures
from mtl_rec.data.starter import Wishes, make_starter

SHARED = Path(__file__).parents[4] / "shared" / "data"


def check(path, folder, **wishes):
    """The config and its splits, all of whose rows were read as training reads them."""
    starter = make_starter(str(path), Wishes(**wishes))
    (folder / "starter.yaml").write_text(starter.text("starter.yaml"))
    overrides = []
    if starter.draft.source["kind"] == "events":
        overrides = [f"data.source.prepared={folder / 'prepared'}"]
    config = load_config(folder / "starter.yaml", overrides)
    splits = open_exposures(config.data, config.features, config.tasks)
    for split in (splits.train, splits.validation, splits.test):
        for _ in split:
            pass
    assert starter.draft.notes == [] or "What is" in starter.draft.notes[0]
    return config


@pytest.mark.parametrize("make", odd_data.LOGS, ids=lambda make: make.__name__)
def test_a_log_becomes_exposures_with_a_funnel(make, tmp_path):
    config = check(make(tmp_path), tmp_path)

    assert isinstance(config.data.source, EventLog)
    assert config.data.split.kind == "time"
    columns = config.data.source.columns
    assert len(set(columns.names)) == 4
    # Each step is part of the one before, as the makers made them.
    names = [task.name for task in config.tasks]
    assert [task.after for task in config.tasks] == [None, *names[:-1]]
    assert len(names) == len(set(config.data.source.event_types.values())) - bool(
        config.data.source.opened_by
    )


@pytest.mark.parametrize("make", odd_data.TABLES, ids=lambda make: make.__name__)
def test_a_table_has_its_labels_and_none_of_them_as_a_feature(make, tmp_path):
    config = check(make(tmp_path), tmp_path)

    assert config.data.source.kind == "table"
    labels = {task.label_column for task in config.tasks}
    assert labels.isdisjoint(feature.source_column for feature in config.features)


def test_names_of_a_log_are_found_by_what_they_mean(tmp_path):
    config = check(odd_data.semicolons_and_milliseconds(tmp_path), tmp_path)

    log = config.data.source
    assert log.columns.names == ("userId", "sku", "action", "ts_ms")
    assert (log.separator, log.time_unit) == (";", "ms")
    assert log.item_columns == ("category name", "unit price")
    assert log.context_columns == ("Page",)
    # Only orders have one: it says what came of an exposure.
    assert log.ignored_columns == ("order no",)
    assert log.event_types == {
        "ProductView": "view",
        "AddToCart": "cart",
        "OrderCompleted": "purchase",
    }


def test_columns_without_names_get_those_of_their_roles(tmp_path):
    config = check(odd_data.tabs_without_a_header(tmp_path), tmp_path)

    log = config.data.source
    assert log.header == ("event_time", "user_id", "item_id", "event_type")
    assert log.separator == "\t"


def test_what_was_shown_opens_an_exposure(tmp_path):
    config = check(odd_data.impressions_and_local_dates(tmp_path), tmp_path)

    log = config.data.source
    assert (log.opened_by, log.negatives) == (("impression",), None)
    assert log.time_format == "%d/%m/%Y %H:%M:%S"
    assert log.missing == ("NULL",)


def test_a_wrong_clock_is_left_out(tmp_path):
    config = check(odd_data.numbered_actions(tmp_path), tmp_path)

    assert f"{config.data.source.starts:%Y-%m-%d}" == "2023-11-14"


def test_a_table_is_described_column_by_column(tmp_path):
    config = check(odd_data.parquet_with_dictionaries(tmp_path), tmp_path)

    described = {f.name: (f.kind, f.side) for f in config.features}
    assert described == {
        "buyer": ("categorical", "user"),
        "recent_products": ("sequence", "user"),
        "product_code": ("categorical", "item"),
        "product_title": ("categorical", "item"),
        "product_price": ("numeric", "item"),
    }
    shared = {f.name: getattr(f, "shares", None) for f in config.features}
    assert shared["recent_products"] == "product_code"
    assert [(task.name, task.after) for task in config.tasks] == [
        ("clicked", None),
        ("ordered", "clicked"),
    ]


def test_a_label_of_words_says_which_is_1(tmp_path):
    config = check(odd_data.words_for_labels(tmp_path), tmp_path)

    (task,) = config.tasks
    assert (task.label, task.positive) == ("Converted?", "Yes")
    assert config.data.source.missing == ("NA",)
    kinds = {feature.source_column: feature.kind for feature in config.features}
    assert kinds["Price (EUR)"] == "numeric"
    assert kinds["tags"] == "multi_categorical"


def test_ratings_are_a_value(tmp_path):
    config = check(odd_data.ratings_without_names(tmp_path), tmp_path)

    assert [task.kind for task in config.tasks] == ["regression"]
    assert config.data.source.header[:2] == ("user_id", "item_id")


@pytest.mark.parametrize(
    ("place", "source", "tasks"),
    [
        ("census_income", "census_income", ["never_married", "income_over_50k"]),
        ("rees46", "events", ["click", "add_to_cart", "purchase"]),
        ("ml100k/MovieLens100k_data.parquet.brotli", "table", ["rating"]),
    ],
)
def test_public_data_is_understood_as_it_is_published(place, source, tasks, tmp_path):
    if not (SHARED / place).exists():
        pytest.skip(f"{SHARED / place} is not here")

    config = check(SHARED / place, tmp_path)

    assert config.data.source.kind == source
    assert [task.name for task in config.tasks] == tasks
    # What the labels of the census are made of knows the answer.
    names = {feature.source_column for feature in config.features}
    assert names.isdisjoint({"income", "marital_stat"})
