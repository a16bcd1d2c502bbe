"""Lists for one user: in the ranker's order, within the rules, and explained."""

from typing import get_args

import numpy as np
import pytest

from mtl_rec.config import load_config
from mtl_rec.config.retrieval import RetrievalArchitecture
from mtl_rec.config.sections import kinds_of
from mtl_rec.errors import ArtifactError, ConfigError
from mtl_rec.retrieval.recommending import open_recommender
from mtl_rec.retrieval.recommending.opening import KINDS
from mtl_rec.run.ranking import rank_by_version
from mtl_rec.serving.client import RequestError

REQUEST = {"user_id": "u3", "history": ["i1", "i2"], "age": 30.0, "hour": 9.0}
CAP = "{kind: cap, column: brand, at_most: 1}"


@pytest.fixture
def open_with(shop):
    """Opens a recommender with settings of `recommendation`."""

    def opened(*settings):
        overrides = [f"recommendation.{setting}" for setting in settings]
        return open_recommender(load_config("shop.yaml", overrides))

    return opened


@pytest.fixture(scope="module")
def recommender(exported):
    """One that shows all candidates."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(exported.place)
        long = ["recommendation.list_length=100"]
        return open_recommender(load_config("shop.yaml", long))


def ids_of(made):
    return [item.item_id for item in made.items]


def values_of(shop, column):
    ids = shop.catalogue["item_id"].to_pylist()
    return dict(zip(ids, shop.catalogue[column].to_pylist(), strict=True))


def test_a_list_is_what_the_rank_command_says_of_its_candidates(shop, recommender):
    made = recommender.recommend(REQUEST)

    rows = {row["item_id"]: row for row in shop.catalogue.to_pylist()}
    candidates = [rows[item.item_id] for item in made.items]
    candidates = [{**row, "tags": row["tags"][:2]} for row in candidates]
    version = shop.place / "saved_models" / "shop" / "1"
    ranking = rank_by_version(version, REQUEST, candidates)
    assert len(made.items) == made.ranked
    np.testing.assert_allclose(
        [item.score for item in made.items], ranking.score, rtol=1e-6
    )
    assert sorted(ranking.score, reverse=True) == ranking.score.tolist()
    for name, values in ranking.probabilities.items():
        own = [item.probabilities[name] for item in made.items]
        np.testing.assert_allclose(own, values, rtol=1e-6)


def test_every_source_brings_its_best_and_is_told(recommender):
    made = recommender.recommend(REQUEST)

    assert made.candidates.keys() == {"two_tower", "popularity"}
    for source, count in made.candidates.items():
        places = {
            origin.place: origin.score
            for item in made.items
            for origin in item.origins
            if origin.source == source
        }
        assert sorted(places) == list(range(1, count + 1))
        scores = [places[place] for place in sorted(places)]
        assert scores == sorted(scores, reverse=True)
    assert [item.place_before_rules for item in made.items] == [
        item.place for item in made.items
    ]


def test_a_quota_bounds_what_a_source_brings(open_with):
    source = "{{name: {0}, version: saved_models/shop-{0}, quota: {1}}}"
    sources = [source.format("popularity", 5), source.format("two_tower", 2)]

    made = open_with(f"sources=[{','.join(sources)}]").recommend(REQUEST)

    assert made.ranked == 7
    alone = [i for i in made.items if [o.source for o in i.origins] == ["two_tower"]]
    assert len(alone) <= 2


def test_excluded_items_are_never_shown_and_unknown_ones_do_no_harm(recommender):
    first = ids_of(recommender.recommend(REQUEST))[:5]

    second = ids_of(recommender.recommend(REQUEST, [*first, "no such item"]))

    assert len(second) >= 12
    assert not set(first) & set(second)


def test_nothing_is_shown_where_everything_is_excluded(shop, recommender):
    every = shop.catalogue["item_id"].to_pylist()

    made = recommender.recommend(REQUEST, every)

    assert made.items == ()
    assert made.ranked == 0


def test_sources_fill_their_quota_with_items_that_may_be_shown(shop, open_with):
    brands = values_of(shop, "brand")
    rule = "{kind: require, column: brand, one_of: [globex]}"
    allowed = {item_id for item_id, brand in brands.items() if brand == "globex"}

    made = open_with(f"rules=[{rule}]", "list_length=100").recommend(REQUEST)

    # More than the 12 best of a source have: it was asked again, for these alone.
    assert made.candidates["popularity"] == min(12, len(allowed))
    assert set(ids_of(made)) <= allowed
    told = [item for item in made.removed if item.place_before_rules is None]
    assert told
    assert all(brands[item.item_id] != "globex" for item in told)
    assert {item.rule for item in told} == {"`brand` must be one of ['globex']"}


def test_a_source_for_some_items_brings_these_alone(shop, open_with, tmp_path):
    newest = shop.catalogue["item_id"].to_pylist()[-5:]
    ages = "".join(f"{item_id},1\n" for item_id in newest)
    (tmp_path / "ages.csv").write_text(f"item_id,age_days\n{ages}")
    only = "only: [{kind: require, column: age_days, at_most: 7}]"
    source = "{{name: {}, version: saved_models/shop-popularity{}}}"
    sources = [source.format("popular", ""), source.format("new", f", {only}")]

    made = open_with(
        f"sources=[{','.join(sources)}]", f"items={{path: '{tmp_path / 'ages.csv'}'}}"
    ).recommend(REQUEST, newest[:1])

    origins = {item.item_id: item.origins for item in made.items}
    from_new = [i for i, own in origins.items() if any(o.source == "new" for o in own)]
    assert set(from_new) == set(newest[1:])
    assert made.candidates == {"popular": 12, "new": 4}


def test_a_cap_keeps_the_best_and_fills_the_list_with_the_next(
    shop, recommender, open_with
):
    brands = values_of(shop, "brand")
    free = recommender.recommend(REQUEST)

    made = open_with("list_length=5", f"rules=[{CAP}]").recommend(REQUEST)

    expected, skipped = [], []
    for item_id in ids_of(free):
        brand = brands[item_id]
        is_full = brand and brand in {brands[other] for other in expected}
        if len(expected) < 5:
            (skipped if is_full else expected).append(item_id)
    assert skipped
    assert ids_of(made) == expected
    assert [item.item_id for item in made.removed] == skipped
    before = {item.item_id: item.place for item in free.items}
    for item in [*made.items, *made.removed]:
        assert item.place_before_rules == before[item.item_id]
    assert {item.rule for item in made.removed} == {"at most 1 with the same `brand`"}


def test_every_stage_is_timed_and_none_is_longer_than_the_whole(recommender):
    made = recommender.recommend(REQUEST)

    *stages, last = made.milliseconds
    assert last == "total"
    assert "retrieve two_tower" in stages
    assert sum(made.milliseconds[stage] for stage in stages) <= made.milliseconds[last]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"user_id": "u1", "hour": 1.0}, r"missing: \['age', 'history'\]"),
        ({**REQUEST, "hours": 1.0}, "no feature 'hours'. Did you mean 'hour'"),
        ({**REQUEST, "price": 1.0}, "no feature 'price'"),
        ({**REQUEST, "history": "i1"}, "'history' must be a list"),
    ],
)
def test_a_request_that_does_not_fit_is_refused(recommender, change, told):
    with pytest.raises(RequestError, match=told):
        recommender.recommend(change)


def test_features_may_be_missing_if_asked_for(recommender):
    assert recommender.recommend({"user_id": "u3"}, fill_missing=True).items


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("ranker=saved_models/none", "`recommendation.ranker` must be an exported"),
        ("ranker=saved_models/shop-popularity", r"'rank'.*`mtl-rec train`"),
        ("sources=[{name: a, version: saved_models/shop}]", "catalogue.parquet"),
    ],
)
def test_versions_that_do_something_else_are_refused(open_with, setting, told):
    with pytest.raises(ArtifactError, match=told):
        open_with(setting)


def test_a_rule_on_a_column_that_nothing_has_is_refused(open_with, tmp_path):
    stock = tmp_path / "stock.csv"
    stock.write_text("item_id,stock\ni1,3\n")
    rule = "{kind: require, column: stok, at_least: 1}"

    with pytest.raises(ConfigError, match="Did you mean 'stock'"):
        open_with(f"items={{path: '{stock}'}}", f"rules=[{rule}]")


def test_a_config_without_retrieval_models_says_how_to_make_them(shop):
    config = load_config("shop.yaml", ["name=other"])

    with pytest.raises(ArtifactError, match="`mtl-rec retrieve`"):
        open_recommender(config)


def test_every_kind_of_retrieval_model_is_looked_for():
    sections = get_args(get_args(RetrievalArchitecture)[0])

    assert set(KINDS) == {kind for own in sections for kind in kinds_of(own)}
