import json
import re

import numpy as np
import pandas as pd
import pytest

from mtl_rec.errors import ArtifactError, SchemaError
from mtl_rec.run.predicting import predict_file


@pytest.fixture
def rows(finished, tmp_path):
    """Rows without labels, as JSONL, Parquet and CSV."""
    _, place = finished
    frame = pd.read_parquet(place / "exposures.parquet").head(50)
    frame = frame.drop(
        columns=["clicked", "add_to_cart", "favourite", "purchase", "order_value"]
    )
    frame["price"] = frame["price"].replace(np.inf, np.nan)
    frame.to_parquet(tmp_path / "rows.parquet")
    frame.to_json(tmp_path / "rows.jsonl", orient="records", lines=True)
    joined = frame.assign(
        history=frame["history"].map("|".join), tags=frame["tags"].map("|".join)
    )
    joined.to_csv(tmp_path / "rows.csv", index=False)
    return tmp_path


def scores(model, rows, tmp_path, ending="parquet", **options):
    output = tmp_path / f"scores.{ending}"
    predict_file(model, rows, output, **options)
    match ending:
        case "csv":
            return pd.read_csv(output)
        case "jsonl":
            return pd.read_json(output, lines=True)
    return pd.read_parquet(output)


def test_a_run_and_its_version_give_the_same_scores(finished, rows):
    result, _ = finished

    offline = scores(result.folder.path, rows / "rows.parquet", rows)
    served = scores(result.version.path, rows / "rows.parquet", rows)

    assert len(offline) == 50
    assert list(offline) == list(served) == list(result.metrics)
    np.testing.assert_allclose(offline, served[list(offline)], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_every_format_of_rows_gives_the_same_scores(finished, rows, ending):
    model = finished[0].version.path

    expected = scores(model, rows / "rows.parquet", rows)
    received = scores(model, rows / f"rows.{ending}", rows)

    np.testing.assert_allclose(received, expected, atol=1e-6)


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_every_format_of_scores_holds_the_same(finished, rows, ending):
    model = finished[0].version.path

    expected = scores(model, rows / "rows.parquet", rows)
    written = scores(model, rows / "rows.parquet", rows, ending)

    np.testing.assert_allclose(written, expected[list(written)], rtol=1e-5, atol=1e-6)


def test_columns_can_be_kept_beside_the_scores(finished, rows):
    model = finished[0].version.path

    kept = scores(model, rows / "rows.parquet", rows, keep=["item_id"])

    assert next(iter(kept)) == "item_id"
    expected = pd.read_parquet(rows / "rows.parquet")["item_id"].tolist()
    assert kept["item_id"].tolist() == expected


@pytest.mark.parametrize(
    ("keep", "text"),
    [
        ("click", "`--keep` must not name a prediction"),
        ("colour", "`--keep` must name columns of the rows. Received: ['colour']."),
    ],
)
def test_columns_that_can_not_be_kept_are_named(finished, rows, keep, text):
    with pytest.raises(SchemaError, match=re.escape(text)):
        scores(finished[0].version.path, rows / "rows.parquet", rows, keep=[keep])


def test_without_an_output_the_scores_go_to_the_terminal(finished, rows, capsys):
    predict_file(finished[0].version.path, rows / "rows.jsonl", None)

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 50
    assert 0 < json.loads(lines[0])["click"] < 1


def test_a_failure_leaves_no_output(finished, rows):
    bad = pd.read_parquet(rows / "rows.parquet").drop(columns="price")
    bad.to_parquet(rows / "bad.parquet")
    text = "The data has no column 'price' for feature 'price'."

    with pytest.raises(SchemaError, match=re.escape(text)):
        predict_file(
            finished[0].version.path, rows / "bad.parquet", rows / "scores.csv"
        )

    assert not list(rows.glob("*scores*"))


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("rows.txt", b"x", "must end in one of ['.csv', '.jsonl', '.parquet']."),
        ("none.csv", None, "There is no file"),
        ("empty.csv", b"", "can't be read"),
        ("header.csv", b"user_id,item_id\n", "has no rows."),
        ("damaged.parquet", b"PAR1 nonsense", "can't be read"),
        ("broken.jsonl", b'{"user_id": 1', "can't be read"),
    ],
)
def test_bad_files_are_named(finished, tmp_path, name, content, text):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ArtifactError, match=re.escape(text)) as error:
        predict_file(finished[0].version.path, path, tmp_path / "scores.csv")

    assert str(path) in str(error.value)


def test_a_folder_that_is_no_model_is_named(tmp_path):
    (tmp_path / "rows.csv").write_text("a\n1\n")
    text = "must be the folder of a finished run"
    with pytest.raises(ArtifactError, match=re.escape(text)):
        predict_file(tmp_path, tmp_path / "rows.csv", None)
