"""What the comparison of retrieval asks, answers and claims."""

import numpy as np
import pytest
from contenders.runs import Run
from retrieval_contenders import implicit_models, ours
from retrieval_contenders.collecting import drawn_settings
from retrieval_contenders.datasets import CONFIGS, DATA_SETS, open_data_set
from retrieval_contenders.judged import KNOWN_RECALL, judged
from retrieval_contenders.lists import LENGTH, our_lists, recall
from retrieval_contenders.verdicts import COLD_RECALL, claims_of

from mtl_rec.config import load_config
from mtl_rec.retrieval.lists import NOTHING

SHOP = ("data.source.num_exposures=6000", "data.source.num_items=400")
RECALL = "recall@100"


@pytest.fixture(scope="module")
def shop():
    return open_data_set("shop", SHOP)


@pytest.fixture
def lists(shop):
    """Lists of random scores; given a wish, of these plus what is wished for."""

    def of(wish=0.0):
        random = np.random.default_rng(3)
        queries = shop.log.queries["test"]
        wanted = queries.relevant.mask(len(shop.log.catalogue), slice(0, len(queries)))
        scores = random.random(wanted.shape, np.float32) + wish * wanted
        return our_lists(shop, lambda own: scores[own], "test")

    return of


def run_of(lists):
    return Run({"all": lists.all_items, "cold": lists.cold_items}, {"tried": []})


@pytest.mark.parametrize("name", DATA_SETS)
def test_each_data_set_has_a_config_that_loads(name):
    assert load_config(CONFIGS / f"{name}.yaml").name == f"retrieval_{name}"


def test_known_are_those_with_an_event_to_learn_from(shop):
    log = shop.log
    learned = {"validation": log.train, "test": log.train.joined(log.validation)}

    for part, queries in log.queries.items():
        known = shop.known(part).tolist()
        users = enumerate(queries.users)
        assert 0 < len(known) < len(queries)
        assert known == [n for n, user in users if user in learned[part].users]


def test_known_users_are_judged_as_if_they_were_alone(shop, lists):
    known = shop.known("test")
    relevant = shop.log.queries["test"].relevant
    hits = relevant.has(lists(wish=0.5).all_items).sum(axis=1) / relevant.lengths

    found = judged(shop, "ours", {1: run_of(lists(wish=0.5))})

    assert found.mean(RECALL) == pytest.approx(hits.mean())
    assert found.mean(KNOWN_RECALL) == pytest.approx(hits[known].mean())
    assert hits.mean() != pytest.approx(hits[known].mean())


def test_what_is_asked_keeps_its_user_and_row(shop):
    for part, queries in shop.log.queries.items():
        users = shop.log.query_rows[part]["user_id"].to_pylist()

        assert users == list(shop.log.user_ids[queries.users])


def test_no_list_holds_what_its_user_had(shop, lists):
    seen = shop.log.queries["test"].seen

    assert len(seen.items)
    assert not seen.has(lists().all_items).any()


def test_lists_of_cold_items_hold_all_of_them_that_fit_and_no_other(shop, lists):
    is_cold, own = shop.log.cold_items["test"], lists().cold_items

    assert is_cold[own[own != NOTHING]].all()
    assert (
        np.count_nonzero(own != NOTHING, axis=1) == min(is_cold.sum(), LENGTH)
    ).all()


def test_kept_lists_are_judged_as_the_scores_that_made_them(shop, lists):
    own = lists(wish=0.5)

    kept = judged(shop, "ours", {1: run_of(own)})

    assert kept.mean(RECALL) == pytest.approx(recall(shop, "ALS", own, "test"))
    assert 0 < kept.mean(RECALL) < 1


@pytest.mark.parametrize("is_enough", [False, True])
def test_content_is_tuned_on_cold_items_where_enough_should_find_some(
    is_enough, shop, lists, monkeypatch
):
    own = lists(wish=0.5)
    relevant = shop.log.queries["test"].relevant
    num_users = np.count_nonzero(relevant.only(shop.log.cold_items["test"]).lengths)
    module = "mtl_rec.retrieval.queries.FEWEST_USERS"
    monkeypatch.setattr(module, num_users + (not is_enough))

    kept = judged(shop, "ours", {1: run_of(own)})

    expected = kept.mean(COLD_RECALL if is_enough else RECALL)
    assert recall(shop, "content", own, "test") == pytest.approx(expected)
    assert kept.mean(COLD_RECALL) != pytest.approx(kept.mean(RECALL))


def test_equal_scores_say_nothing_of_the_order_of_ids(shop):
    queries, num_items = shop.log.queries["test"], len(shop.log.catalogue)

    alike = our_lists(
        shop, lambda own: np.zeros((own.stop - own.start, num_items)), "test"
    )

    mean_place = alike.all_items.mean() / num_items
    assert len(alike.all_items) == len(queries)
    assert 0.4 < mean_place < 0.6


def test_a_pair_is_one_with_the_weights_of_its_events(shop):
    users, items, weights = implicit_models.summed_by_pair(shop.log.train)

    pairs = set(zip(users.tolist(), items.tolist(), strict=True))
    events = zip(shop.log.train.users, shop.log.train.items, strict=True)
    assert len(pairs) == len(users)
    assert pairs == {(int(user), int(item)) for user, item in events}
    assert weights.sum() == pytest.approx(shop.log.train.weights.sum())


@pytest.mark.parametrize(
    "grid", [*ours.GRIDS.values(), *implicit_models.GRIDS.values()]
)
def test_the_defaults_are_tried_and_no_settings_twice(grid):
    tried = drawn_settings(grid, 8)

    assert tried[0] == {}
    assert len(tried) == (8 if grid else 1)
    assert len({str(own) for own in tried}) == len(tried)


def test_settings_are_those_that_configs_take(shop):
    for contender, grid in ours.GRIDS.items():
        for settings in drawn_settings(grid, 4):
            overrides = ours.overrides_of(shop, contender, settings)

            assert shop.config(overrides).retrieval.architecture.kind in contender or (
                contender == "popularity of values"
            )


def test_only_the_better_one_is_claimed_to_be_ahead(shop, lists):
    better, worse = run_of(lists(wish=0.5)), run_of(lists())
    names = {"two_tower": better, "popularity": worse}

    def claim(runs):
        own = {n: judged(shop, n, {1: run}) for n, run in runs.items()}
        of_all, of_known = claims_of(own)
        assert of_all.metric in of_known.metric
        assert of_all.bar().holds == of_known.bar().holds
        return of_all.bar()

    assert claim(names).holds
    assert not claim({"two_tower": worse, "popularity": better}).holds


def test_validation_is_not_learned_from_where_settings_are_chosen(shop):
    prepared = shop.prepared(shop.config(("retrieval.architecture.kind=popularity",)))

    tuning = ours.without_validation(prepared)

    assert len(prepared.interactions.validation)
    assert not len(tuning.interactions.validation)
    assert not tuning.config.retrieval.training.refit
    assert len(tuning.interactions.queries["validation"])
