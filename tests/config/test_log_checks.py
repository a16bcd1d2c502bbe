"""What features and tasks ask of an event log that it can't give."""

from typing import Any

import pytest

from mtl_rec.config import load_config
from mtl_rec.config.yaml_text import render
from mtl_rec.errors import ConfigError


def settings() -> dict[str, Any]:
    return {
        "name": "log",
        "data": {
            "source": {
                "kind": "events",
                "path": "log.csv",
                "item_columns": ["category"],
                "event_types": {"view": "view", "buy": "buy"},
                "window_hours": 24,
                "labels": {
                    "click": {"events": ["view"], "implied": True},
                    "purchase": {"events": ["buy"]},
                },
                "negatives": {"kind": "uniform"},
            },
            "split": {"kind": "time", "column": "exposed_at"},
        },
        "features": [{"kind": "categorical", "name": "category", "side": "item"}],
        "tasks": [{"name": "click"}, {"name": "purchase", "after": "click"}],
        "model": {"architecture": {"kind": "mmoe"}},
    }


def numeric(name: str) -> dict[str, str]:
    return {"kind": "numeric", "name": name, "side": "item"}


def problems_of(tmp_path, changed: dict[str, Any]) -> str:
    path = tmp_path / "run.yaml"
    path.write_text(render(changed))
    with pytest.raises(ConfigError) as error:
        load_config(path)
    return str(error.value)


def test_it_is_right_as_it_stands(tmp_path):
    (tmp_path / "run.yaml").write_text(render(settings()))
    load_config(tmp_path / "run.yaml")


def test_columns_that_nothing_makes(tmp_path):
    changed = settings()
    changed["features"].append(numeric("category_purchase_rat"))
    text = problems_of(tmp_path, changed)
    assert "features.category_purchase_rat: no column" in text
    assert "Did you mean 'category_purchase_rate'?" in text


def test_a_column_of_items_may_have_item_in_its_name(tmp_path):
    changed = settings()
    changed["data"]["source"]["item_columns"] = ["item_category"]
    changed["features"] = [numeric("user_item_category_num_view")]
    (tmp_path / "run.yaml").write_text(render(changed))

    assert load_config(tmp_path / "run.yaml").features[0].name.startswith("user_item_")


def test_what_tells_sampled_rows_from_real_ones(tmp_path):
    changed = settings()
    changed["features"].append(numeric("user_item_num_view"))
    assert "is zero or missing on every sampled negative" in problems_of(
        tmp_path, changed
    )


def test_a_task_without_a_rule(tmp_path):
    changed = settings()
    changed["tasks"].append({"name": "purchases", "after": "click"})
    text = problems_of(tmp_path, changed)
    assert "no rule for 'purchases'. Did you mean 'purchase'?" in text


def test_a_value_that_no_event_has(tmp_path):
    changed = settings()
    changed["tasks"].append({"name": "order_value", "kind": "regression"})
    assert "tasks.order_value.kind: must be binary" in problems_of(tmp_path, changed)


def test_two_roots_can_not_be_corrected(tmp_path):
    changed = settings()
    del changed["tasks"][1]["after"]
    text = problems_of(tmp_path, changed)
    assert "must have one task without `after`" in text


def test_a_negative_says_nothing_of_its_category(tmp_path):
    changed = settings()
    changed["data"]["source"]["labels"]["purchase"]["same"] = "category"
    text = problems_of(tmp_path, changed)
    assert "data.source.labels.purchase.same: must be `item`" in text


@pytest.mark.parametrize("name", ["time", "hour", "is_sampled", "history_item_id"])
def test_names_that_the_builder_uses(tmp_path, name):
    changed = settings()
    changed["data"]["source"]["context_columns"] = [name]
    assert "must not be called like those made of the log" in problems_of(
        tmp_path, changed
    )


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        ("timezone", "Europe/Berlyn", "must name a time zone"),
        ("starts", "soon", "starts"),
        ("window_hours", 0, "greater than 0"),
        ("opened_by", ["impression"], "must name events of `event_types`"),
        ("header", ["user_id"], "must name the declared columns"),
        ("ignored_columns", ["category"], "must be named once"),
        ("labels", {"click": {"events": ["clik"]}}, "Received: ['clik']"),
        (
            "labels",
            {"click": {"events": ["view"], "within_hours": 48}},
            "must be at most `window_hours`",
        ),
    ],
)
def test_rules_of_the_log_itself(tmp_path, setting, value, expected):
    changed = settings()
    changed["data"]["source"][setting] = value
    assert expected in problems_of(tmp_path, changed)
