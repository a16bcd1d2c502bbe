"""What a retrieval version answers, as a server would run it."""

import json
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from mtl_rec.export.answers import check_answers
from mtl_rec.export.requests import requests_to
from mtl_rec.export.rungs.rung_protocol import array_name
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.retrieval.catalogue_file import read_catalogue
from mtl_rec.retrieval.lists import NO_SCORE
from mtl_rec.retrieval.proofs import retrieval_proofs
from mtl_rec.retrieval.servable import RetrievalServable
from mtl_rec.schema.rows import canonical
from mtl_rec.serving.versions.signature_changes import signature_changes

WIDTH = 20
USERS = ("user_id", "history", "age")


@pytest.fixture(scope="module")
def answer(version):
    """Asks a signature of the version: arrays by input to arrays by output."""
    loaded = tf.saved_model.load(str(version))

    def ask(signature, arrays):
        tensors = {
            name: tf.constant(values, tf.string if values.dtype == object else None)
            for name, values in arrays.items()
        }
        answers = loaded.signatures[signature](**tensors)
        return {name: values.numpy() for name, values in answers.items()}

    return ask


@pytest.fixture(scope="module")
def raw(preprocessor, make_shop):
    """Rows that are not those of the proof."""
    rows = canonical(make_shop(40, seed=5), preprocessor.schema.features)
    return raw_tensors(preprocessor.schema, rows)


@pytest.fixture(scope="module")
def users(raw):
    return {name: raw[name] for name in USERS}


@pytest.fixture(scope="module")
def encoded(preprocessor, make_shop):
    packed = preprocessor.encode(make_shop(40, seed=5), with_labels=False).inputs
    return {name: tf.constant(values) for name, values in packed.items()}


@pytest.fixture(scope="module")
def right_scores(model, encoded):
    """The model's own scores of those rows, `(rows, items)`."""
    return model.score(encoded).numpy()


def texts(values):
    return [[own.decode() for own in row] for row in values]


def test_each_user_gets_the_items_with_the_highest_scores(
    answer, users, right_scores, model
):
    answered = answer("serving_default", users)

    best = np.argsort(-right_scores, axis=1)[:, :WIDTH]
    assert texts(answered["item_ids"]) == model.catalogue.item_ids[best].tolist()
    np.testing.assert_allclose(
        answered["scores"], np.take_along_axis(right_scores, best, 1), rtol=1e-5
    )


def test_excluded_items_are_not_answered_and_others_move_up(answer, users):
    before = texts(answer("serving_default", users)["item_ids"])
    excluded = np.array([[row[0], "", "unknown", row[5], row[0]] for row in before])

    after = answer("excluding", {**users, "excluded_items": excluded.astype(object)})

    for row, others in zip(before, texts(after["item_ids"]), strict=True):
        left = [own for own in row if own not in (row[0], row[5])]
        assert others[: len(left)] == left
        assert not {row[0], row[5]} & set(others)


def test_nothing_that_is_excluded_changes_nothing(answer, users):
    count = len(users["user_id"])
    before = answer("serving_default", users)

    for width in (0, 3):
        nothing = np.full((count, width), "", object)
        after = answer("excluding", {**users, "excluded_items": nothing})
        np.testing.assert_array_equal(after["item_ids"], before["item_ids"])


def test_places_that_are_left_over_are_empty_and_have_the_lowest_score(
    answer, users, model
):
    all_but_two = np.tile(model.catalogue.item_ids[2:], (len(users["user_id"]), 1))

    answered = answer("excluding", {**users, "excluded_items": all_but_two})

    for row in texts(answered["item_ids"]):
        assert set(row[:2]) == {"i0", "i1"}
        assert row[2:] == [""] * (WIDTH - 2)
    assert (answered["scores"][:, 2:] == NO_SCORE).all()
    assert np.isfinite(answered["scores"]).all()


def test_vectors_are_those_of_the_towers(answer, raw, users, model, encoded):
    items = {"item_id": raw["item_id"], "price": raw["price"]}

    of_items = answer("item_vectors", items)["vector"]
    of_users = answer("user_vectors", users)["vector"]

    np.testing.assert_allclose(of_items, model.encode_items(encoded), atol=1e-5)
    np.testing.assert_allclose(of_users, model.encode_users(encoded), atol=1e-5)


def test_a_request_without_rows_is_answered_with_none(answer, users):
    nobody = {name: values[:0] for name, values in users.items()}

    assert answer("serving_default", nobody)["item_ids"].shape == (0, WIDTH)


def test_the_catalogue_lies_beside_the_graph(version, model):
    read = read_catalogue(version)

    assert read.item_ids.tolist() == model.catalogue.item_ids.tolist()
    assert read.rows.equals(model.catalogue.rows)


def test_the_manifest_says_that_it_retrieves(version):
    manifest = json.loads((version / "assets.extra" / "manifest.json").read_text())

    assert manifest["kind"] == "retrieval"
    assert manifest["retrieval"] == {"items": 60, "top_k": 20, "has_vectors": True}
    assert manifest["metrics"]["recall@20"]["value"] == 0.25
    assert manifest["name"] == "shop-two_tower"


def test_scores_that_are_the_same_for_many_items_pass_their_proof(same_for_all, rows):
    servable = RetrievalServable(same_for_all, WIDTH)
    schema = same_for_all.preprocessor.schema
    table = canonical(rows, schema.features)

    proofs = retrieval_proofs(servable, same_for_all, table)

    assert list(proofs) == ["serving_default", "excluding"]
    answers = {
        array_name(name, request.name, output): values.numpy()
        for name, proof in proofs.items()
        for request in requests_to(proof)
        for output, values in servable.ask(name, request.inputs).items()
    }
    assert check_answers("graph", proofs, answers, 1e-6) == 0.0


def test_a_list_that_is_longer_or_shorter_is_no_change_and_other_vectors_are(
    make_model, version, tmp_path
):
    shorter = make_model(num_items=7)
    for name, model in {"shorter": shorter, "wider": wider(shorter)}.items():
        RetrievalServable(model, WIDTH).write(tmp_path / name)

    assert signature_changes(version, tmp_path / "shorter") == []
    (change,) = signature_changes(version, tmp_path / "wider")
    assert change.endswith("'vector' was float32 [-1, 8] and is float32 [-1, 16]")


def wider(model):
    def encode_items(packed):
        return tf.repeat(model.encode_items(packed), 2, axis=1)

    return replace(model, encode_items=encode_items)
