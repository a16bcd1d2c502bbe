import numpy as np
import pytest
from pydantic import TypeAdapter

from mtl_rec.config.retrieval_index import Exact, RetrievalIndex
from mtl_rec.errors import ConfigError, SchemaError
from mtl_rec.retrieval.indexes import VectorIndex, installed

EXACT = Exact(kind="exact")


@pytest.mark.parametrize(
    ("ids", "vectors", "match"),
    [
        (["a", "a"], np.ones((2, 4)), "Repeated: 'a'"),
        (["a", ""], np.ones((2, 4)), "not empty. Received: ''"),
        (["a", 3], np.ones((2, 4)), "must be text .* Received: 3"),
        (["a"], np.ones((2, 4)), r"shape \(1, dim\).*Received: \(2, 4\)"),
        (["a"], np.ones(4), r"shape \(1, dim\).*Received: \(4,\)"),
        (["a", "b"], [[1, 2], [3, np.nan]], r"finite.*\[3.0, nan\] in row 1"),
        ([], np.ones((0, 4)), "needs items"),
    ],
)
def test_what_an_index_can_not_keep_is_refused(ids, vectors, match):
    with pytest.raises(SchemaError, match=match):
        VectorIndex.build(EXACT, ids, vectors)


@pytest.mark.parametrize(
    ("queries", "k", "excluded", "match"),
    [
        (np.ones((2, 3)), 1, None, r"shape \(rows, 4\).*Received: \(2, 3\)"),
        (np.ones((2, 4)), 0, None, "k must be at least 1. Received: 0"),
        (np.ones((2, 4)), 1, [["a"]], "Received: 1 of 2 queries"),
        (np.full((1, 4), np.inf), 1, None, "finite numbers"),
        (np.ones(4), 1, None, r"shape \(rows, 4\).*Received: \(4,\)"),
        (np.ones((1, 4)), 1, ["item"], "Received the text: 'item'"),
    ],
)
def test_queries_that_no_item_can_answer_are_refused(queries, k, excluded, match):
    index = VectorIndex.build(EXACT, ["a", "b"], np.ones((2, 4)))

    with pytest.raises(SchemaError, match=match):
        index.search(queries, k, excluded)


def test_vectors_of_another_width_are_not_added():
    index = VectorIndex.build(EXACT, ["a", "b"], np.ones((2, 4)))

    with pytest.raises(SchemaError, match=r"shape \(1, 4\).*Received: \(1, 5\)"):
        index.add(["c"], np.ones((1, 5)))


def test_one_id_is_not_taken_for_a_list_of_letters():
    index = VectorIndex.build(EXACT, ["a", "b"], np.ones((2, 4)))

    with pytest.raises(SchemaError, match="Received the text: 'ab'"):
        index.remove("ab")

    assert len(index) == 2


@pytest.mark.parametrize(
    ("kind", "library"), [("faiss_hnsw", "faiss"), ("usearch", "usearch")]
)
def test_a_library_that_is_missing_is_named_with_the_extra(monkeypatch, kind, library):
    settings = TypeAdapter(RetrievalIndex).validate_python({"kind": kind})
    monkeypatch.setattr(installed, "find_spec", lambda name: None)

    with pytest.raises(ConfigError, match=rf"needs {library}.*mtl-rec\[retrieval\]"):
        VectorIndex.build(settings, ["a"], np.ones((1, 4)))
    VectorIndex.build(EXACT, ["a"], np.ones((1, 4)))
