"""Rules between features, each with the path it names."""

import pytest

USER = {"kind": "categorical", "name": "user_id", "side": "user"}
PRICE = {"kind": "numeric", "name": "price", "side": "item"}
TITLE = {"kind": "text", "name": "title", "side": "item"}
BRAND = {"kind": "hashed", "name": "brand", "side": "item", "num_buckets": 9}
HISTORY = {"kind": "sequence", "name": "history", "side": "user", "max_length": 3}


def test_there_must_be_a_feature(problems_with):
    text = "features: must have at least one feature. Received: none."

    assert problems_with(features=[]) == [text]


def test_features_must_have_different_names(problems_with):
    text = "features: must have different names. Received: 'user_id' 3 times."

    assert problems_with(features=[USER, USER, PRICE, USER]) == [text]


@pytest.mark.parametrize(
    "name",
    [
        "user_ids",
        "context_numbers",
        "sampling_offset",
        "request_of_row",
        "self",
        "strings",
    ],
)
def test_a_feature_must_not_have_a_name_of_the_model(problems_with, name):
    text = (
        f"features.{name}.name: must not be one of ['context_ids', 'context_numbers', "
        "'item_ids', 'item_numbers', 'numbers', 'request_of_row', 'sampling_offset', "
        "'self', 'strings', 'user_ids', 'user_numbers'], which the model uses itself. "
        f"Received: '{name}'."
    )

    assert problems_with(features=[{**USER, "name": name}]) == [text]


def test_a_number_must_not_be_called_like_the_flag_of_another(problems_with):
    flag = {**PRICE, "name": "price_is_missing"}
    text = (
        "features.price_is_missing.name: must not be 'price_is_missing', which tells "
        "the model that 'price' is missing."
    )

    assert problems_with(features=[flag, PRICE]) == [text]


def test_only_numbers_have_a_flag(load, tiny):
    flag = {**USER, "name": "price_is_missing"}

    assert load(tiny, f"features={[flag, PRICE]}")


def test_a_shared_vocabulary_must_be_that_of_a_feature(problems_with):
    text = (
        "features.history.shares: must name a feature. Received: 'user_di'. "
        "Did you mean 'user_id'?"
    )

    assert problems_with(features=[{**HISTORY, "shares": "user_di"}, USER]) == [text]


@pytest.mark.parametrize(
    ("feature", "owner", "kinds"),
    [
        (HISTORY, PRICE, ("numeric", "sequence")),
        (HISTORY, TITLE, ("text", "sequence")),
        (TITLE, USER, ("categorical", "text")),
    ],
)
def test_a_shared_vocabulary_must_hold_values_of_the_same_sort(
    problems_with, feature, owner, kinds
):
    text = (
        f"features.{feature['name']}.shares: must name a feature with values of the "
        f"same sort. Received: '{owner['name']}', which is {kinds[0]}, for one that is "
        f"{kinds[1]}."
    )

    assert problems_with(features=[{**feature, "shares": owner["name"]}, owner]) == [
        text
    ]


def test_a_shared_vocabulary_must_belong_to_its_feature(problems_with):
    middle = {**BRAND, "kind": "categorical", "name": "middle", "shares": "user_id"}
    del middle["num_buckets"]
    text = (
        "features.history.shares: must name a feature that has a vocabulary of its "
        "own. Received: 'middle', which shares 'user_id'."
    )

    assert problems_with(features=[{**HISTORY, "shares": "middle"}, middle, USER]) == [
        text
    ]


def test_a_feature_must_not_share_with_itself(problems_with):
    text = (
        "features.user_id.shares: must name a feature that has a vocabulary of its "
        "own. Received: 'user_id', which shares 'user_id'."
    )

    assert problems_with(features=[{**USER, "shares": "user_id"}]) == [text]


@pytest.mark.parametrize("owner", [USER, {**BRAND, "name": "other", "num_buckets": 8}])
def test_hashed_features_must_share_equal_buckets(problems_with, owner):
    text = (
        "features.brand.shares: must name a hashed feature with the same "
        f"`num_buckets`. Received: '{owner['name']}'."
    )

    assert problems_with(features=[{**BRAND, "shares": owner["name"]}, owner]) == [text]


def test_a_sequence_may_share_a_hashed_vocabulary(load, tiny):
    features = [{**HISTORY, "shares": "brand"}, BRAND]

    assert load(tiny, f"features={features}").features[0].shares == "brand"


def test_what_the_owner_of_a_vocabulary_decides_must_not_be_repeated(problems_with):
    history = {**HISTORY, "shares": "user_id", "oov_buckets": 2, "min_count": 5}
    text = (
        "features.history: a feature that `shares` takes these from 'user_id': "
        "min_count, oov_buckets. Remove them here."
    )

    assert problems_with(features=[history, USER]) == [text]


@pytest.mark.parametrize(
    ("feature", "task", "column"),
    [
        ({**USER, "name": "click"}, {"name": "click"}, "click"),
        ({**PRICE, "column": "clicked"}, {"name": "x", "label": "clicked"}, "clicked"),
    ],
)
def test_a_feature_must_not_be_the_label(problems_with, feature, task, column):
    name = feature["name"]
    text = (
        f"features.{name}: feature '{name}' reads column '{column}', the label of task "
        f"'{task['name']}'. The model would see the answer. Remove the feature."
    )

    assert problems_with(features=[feature], tasks=[task]) == [text]


def test_a_feature_must_not_be_called_like_a_task(problems_with):
    feature = {**USER, "name": "click", "column": "last_click"}
    text = (
        "features.click.name: must differ from the names of tasks. Received: 'click'."
    )

    assert problems_with(features=[feature]) == [text]


def test_a_text_that_shares_takes_its_tokens_from_the_owner(problems_with):
    query = {
        **TITLE,
        "name": "query",
        "shares": "title",
        "tokens": {"kind": "characters"},
        "num_buckets": 9,
    }
    text = (
        "features.query: a feature that `shares` takes these from 'title': "
        "num_buckets, tokens. Remove them here."
    )

    assert problems_with(features=[query, TITLE]) == [text]


def test_hashed_tokens_are_not_learned(problems_with):
    title = {**TITLE, "num_buckets": 100, "min_count": 2, "max_size": 9}
    text = (
        "features.title: `num_buckets` hashes all tokens: none is learned, and none "
        "unknown. Remove it, or min_count, max_size."
    )

    assert problems_with(features=[title]) == [text]


def test_the_longest_ngrams_are_not_shorter_than_the_shortest(problems_with):
    tokens = {"kind": "words_and_characters", "min_n": 4, "max_n": 3}
    text = (
        "features.title.tokens: `max_n` must be `min_n` or more. Received: min_n: 4, "
        "max_n: 3."
    )

    assert problems_with(features=[{**TITLE, "tokens": tokens}]) == [text]
