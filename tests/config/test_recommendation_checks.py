"""What the section `recommendation` may say."""

import pytest

from mtl_rec.config.catalogue import catalogue
from mtl_rec.config.features import Categorical, Numeric
from mtl_rec.config.recommendation import Recommendation
from mtl_rec.config.recommendation_checks import recommendation_problems

CATEGORY = {"kind": "categorical", "name": "category", "side": "item"}
USER = {"kind": "categorical", "name": "user_id", "side": "user"}
PRICE = {"kind": "numeric", "name": "price", "side": "item"}
FEATURES = [
    Categorical.model_validate(USER),
    Categorical.model_validate(CATEGORY),
    Numeric.model_validate(PRICE),
]


def problems(*rules, **settings):
    section = Recommendation.model_validate({"rules": rules, **settings})
    return recommendation_problems(section, FEATURES)


def test_rules_on_features_of_the_item_are_right():
    assert not problems(
        {"kind": "require", "column": "price", "at_least": 1, "at_most": 9},
        {"kind": "require", "column": "category", "one_of": ["shoes"]},
        {"kind": "cap", "column": "category", "at_most": 2},
    )


@pytest.mark.parametrize(
    ("rule", "sort"),
    [
        ({"kind": "require", "column": "category", "at_most": 3}, "numeric"),
        ({"kind": "require", "column": "user_id", "one_of": ["u1"]}, "categorical"),
        ({"kind": "cap", "column": "price", "at_most": 3}, "categorical"),
    ],
)
def test_a_rule_on_what_items_do_not_have_is_refused(rule, sort):
    ((path, text),) = problems(rule)

    assert path == "recommendation.rules.0.column"
    assert text.startswith(f"must name a {sort}")
    assert f"Received: '{rule['column']}'" in text


def test_what_a_source_may_bring_is_judged_as_rules_are():
    only = [{"kind": "require", "column": "prise", "at_least": 1}]
    source = {"name": "a", "version": "saved_models/a", "only": only}

    ((path, text),) = problems(sources=[source])

    assert path == "recommendation.sources.0.only.0.column"
    assert "Did you mean 'price'?" in text


def test_columns_of_a_table_are_judged_when_it_is_read():
    rule = {"kind": "require", "column": "stock", "at_least": 1}

    assert problems(rule)
    assert not problems(rule, items={"path": "stock.parquet"})


def test_all_problems_of_the_section_are_told_at_once(problems_of, tiny):
    source = "{name: a, version: saved_models/a}"
    cap = "{kind: cap, column: colour, at_most: 2}"
    text = f"recommendation: {{sources: [{source}, {source}], rules: [{cap}]}}\n"

    names, column = problems_of(tiny + text)

    assert names == (
        "recommendation.sources: must have different names. Received: 'a' 2 times."
    )
    assert column.startswith("recommendation.rules.0.column: must name")


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("", "either `at_least` or `at_most`, or both, or else `one_of`"),
        (", at_least: 1, one_of: [a]", "or else `one_of`"),
        (", at_least: 2, at_most: 1", "must not be above `at_most`"),
    ],
)
def test_a_requirement_has_one_condition(problems_of, tiny, condition, told):
    rule = f"{{kind: require, column: price{condition}}}"

    (problem,) = problems_of(tiny + f"recommendation: {{rules: [{rule}]}}\n")

    assert told in problem


def test_the_kinds_of_rules_are_listed_in_one_group():
    groups = catalogue()

    assert set(groups["rules"].entries) == {"require", "cap"}
    assert [name for name, own in groups.items() if "require" in own.entries] == [
        "rules"
    ]
