"""What each kind of retrieval model reads of the features of a run."""

import pytest
from pydantic import TypeAdapter

from mtl_rec.config.encoders import MeanEncoder
from mtl_rec.config.features import Categorical, IdSequence, Numeric
from mtl_rec.config.retrieval import RetrievalArchitecture
from mtl_rec.errors import ConfigError
from mtl_rec.retrieval.features import retrieval_features
from mtl_rec.retrieval.id_features import id_features, item_history

USER = Categorical(kind="categorical", name="user_id", side="user")
ITEM = Categorical(kind="categorical", name="sku", side="item", column="item_id")
BRAND = Categorical(kind="categorical", name="brand", side="item")
AGE = Numeric(kind="numeric", name="age", side="user")
PRICE = Numeric(kind="numeric", name="price", side="item")
HOUR = Numeric(kind="numeric", name="hour", side="context")


def history(name, owner, **settings):
    return IdSequence.model_validate(
        {
            "kind": "sequence",
            "name": name,
            "side": "user",
            "max_length": 3,
            "shares": owner,
            **settings,
        }
    )


PAST = history("past", "sku", encoder={"kind": "din"})
PAST_BRANDS = history("past_brands", "brand")
ALL = (USER, PAST, PAST_BRANDS, AGE, ITEM, BRAND, PRICE, HOUR)


def features_for(kind, features=ALL, item_column="item_id"):
    architecture = TypeAdapter(RetrievalArchitecture).validate_python({"kind": kind})
    return retrieval_features(architecture, features, "user_id", item_column)


def names(features):
    return [feature.name for feature in features]


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        (
            "two_tower",
            ["user_id", "past", "past_brands", "age", "sku", "brand", "price"],
        ),
        ("content", ["user_id", "past", "past_brands", "age", "brand", "price"]),
        ("matrix_factorization", ["user_id", "sku"]),
        ("popularity", ["user_id", "past", "past_brands", "sku", "brand"]),
        ("item_knn", ["user_id", "past", "past_brands", "sku", "brand"]),
    ],
)
def test_each_kind_reads_its_features_and_none_of_the_context(kind, read):
    features = features_for(kind)

    assert names(features.read) == read
    assert names(features.of_items) == ["sku", "brand", "price"]
    assert len(set(names(features.columns))) == len(features.columns)


def test_a_history_that_is_compared_with_the_candidate_is_averaged():
    read = {feature.name: feature for feature in features_for("two_tower").read}

    assert read["past"].encoder == MeanEncoder()
    assert read["past"].shares == "sku"


def test_a_history_of_content_learns_ids_as_their_owner_did():
    owner = ITEM.model_copy(update={"min_count": 7, "embedding_dim": 3})

    read = features_for("content", (USER, PAST, owner, BRAND)).read

    past = next(feature for feature in read if feature.name == "past")
    assert past.shares is None
    assert (past.min_count, past.embedding_dim) == (7, 3)


def test_a_factorization_reads_ids_that_nobody_declared():
    features = features_for("matrix_factorization", (AGE, PRICE))

    assert names(features.read) == ["user_id", "item_id"]
    assert names(features.of_items) == ["price", "item_id"]
    assert [feature.embedding_dim for feature in features.read] == [64, 64]


@pytest.mark.parametrize("features", [(USER, ITEM), (AGE, PRICE), (AGE, ITEM, PRICE)])
def test_popularity_needs_neither_ids_nor_histories(features):
    sides = {feature.side for feature in features_for("popularity", features).read}

    assert sides == {"user", "item"}


@pytest.mark.parametrize(
    ("kind", "features", "told"),
    [
        ("two_tower", (USER, AGE), r"`item` for its candidate.* 2 .*\['user'\]"),
        ("two_tower", (ITEM, HOUR), r"`user` for its query.* 1 .*\['item'\]"),
        ("content", (USER, ITEM), r"`item` beside its id.* 1 .*\['user'\]"),
        ("item_knn", (USER, ITEM), "a sequence of the user .*'user_id', 'sku'"),
        ("item_knn", (USER, PAST_BRANDS, ITEM, BRAND), "a sequence of the user "),
    ],
)
def test_what_a_kind_can_learn_nothing_from_is_refused(kind, features, told):
    with pytest.raises(ConfigError, match=told):
        features_for(kind, features)


def test_features_of_ids_are_told_by_their_columns():
    found = id_features(ALL, "user_id", "item_id")

    assert (found.user, found.item) == ("user_id", "sku")
    assert id_features(ALL, "user", "item").item is None
    assert item_history(ALL, "item_id") == (PAST, ITEM)
