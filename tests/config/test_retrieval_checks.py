"""What the section `retrieval` may say."""

import pytest

from mtl_rec.config.features import Categorical, IdSequence, MultiCategorical
from mtl_rec.config.retrieval_checks import history_of

ITEM = Categorical(kind="categorical", name="item_id", side="item")
TAGS = MultiCategorical(
    kind="multi_categorical", name="tags", side="item", max_values=2
)
HISTORY = IdSequence(
    kind="sequence", name="history", side="user", max_length=3, shares="item_id"
)
FEATURES = """\
features:
  - {kind: categorical, name: user_id, side: user}
  - {kind: sequence, name: past, side: user, max_length: 3, shares: category}
  - {kind: categorical, name: category, side: item}
  - {kind: categorical, name: brand, side: item}
tasks:
  - {name: click}
  - {name: value, after: click, kind: regression}
"""


@pytest.fixture
def shop(tiny):
    """The small config, with a history of categories and a value."""
    start, end = tiny.index("features:"), tiny.index("model:")
    return tiny[:start] + FEATURES + tiny[end:]


def test_every_config_says_how_candidates_are_found(load, tiny):
    assert load(tiny).retrieval.architecture.kind == "two_tower"


def test_events_and_categories_that_are_there_are_right(load, shop):
    section = (
        "retrieval: {architecture: {kind: popularity, within: category}, "
        "event_weights: {click: 2}}\n"
    )

    assert load(shop + section).retrieval.event_weights == {"click": 2}


@pytest.mark.parametrize(
    ("name", "hint"), [("clik", " Did you mean 'click'?"), ("value", "")]
)
def test_a_weight_is_of_an_event(problems_of, shop, name, hint):
    section = f"retrieval: {{event_weights: {{{name}: 2}}}}\n"

    assert problems_of(shop + section) == [
        f"retrieval.event_weights.{name}: must name an event, one of ['click'].{hint}"
    ]


@pytest.mark.parametrize("name", ["brand", "past", "colour"])
def test_popularity_is_within_what_a_history_is_of(problems_of, shop, name):
    section = (
        f"retrieval: {{architecture: {{kind: popularity, within: {name}}}, "
        "event_weights: {buy: 1}}\n"
    )

    event, within = problems_of(shop + section)

    assert event.startswith("retrieval.event_weights.buy: must name an event")
    assert within == (
        "retrieval.architecture.within: must name a feature of the item whose "
        "vocabulary a sequence of the user shares, one of ['category']. "
        f"Received: '{name}'."
    )


def test_other_problems_hide_none_of_the_section(problems_of, shop):
    text = shop.replace(
        "kind: categorical, name: brand", "kind: categorial, name: brand"
    )
    section = "retrieval: {event_weights: {buy: 1}, top_k: 0}\n"

    problems = problems_of(text + section)

    assert any(own.startswith("retrieval.top_k") for own in problems)
    assert any("categorial" in own for own in problems)


@pytest.mark.parametrize(
    ("feature", "others", "found"),
    [
        (ITEM, [HISTORY, ITEM], HISTORY),
        (ITEM, [ITEM], None),
        (ITEM, [HISTORY.model_copy(update={"shares": "brand"})], None),
        (ITEM, [HISTORY.model_copy(update={"side": "item"})], None),
        (TAGS, [HISTORY.model_copy(update={"shares": "tags"})], None),
        (ITEM.model_copy(update={"side": "user"}), [HISTORY], None),
    ],
)
def test_a_history_is_the_users_and_of_single_values_of_items(feature, others, found):
    assert history_of(feature, others) == found
