"""What TensorBoard reads is what the model does, on every backend."""

import board_run
import numpy as np
import pytest
from google.protobuf import text_format
from sklearn.metrics import log_loss, mean_squared_error, roc_auc_score
from tensorboard.plugins.hparams import metadata
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

SPLITS = {"train": (board_run.ROWS, 0), "validation": (400, 1)}
TASKS = {"click", "buy", "value"}
EPOCH_ENDS = [board_run.ROWS, 2 * board_run.ROWS]
CALL_ROWS = board_run.BATCH_SIZE * board_run.STEPS_PER_CALL
CALL_ENDS = list(range(CALL_ROWS, 2 * board_run.ROWS + 1, CALL_ROWS))

MEASURED = {
    "loss/all",
    *(f"{metric}/{task}" for metric in ("loss", "calibration") for task in TASKS),
    *("auc/click", "auc/buy", "rmse/value"),
}
TAGS = {
    "train": MEASURED
    | {f"running_loss/{task}" for task in {"all", *TASKS}}
    | {"learning_rate/dense", "learning_rate/tables"}
    | {
        f"gradient_norm/{part}"
        for part in ("all", "tables", "linear", "experts", "gates", "towers", "heads")
    }
    | {
        f"embedding_norm/{rows}"
        for rows in (
            *("user_known", "user_unknown", "item_known", "item_unknown"),
            "brand_buckets",
        )
    }
    | {
        "speed/exposures_per_second",
        "speed/input_wait_share",
        "speed/seconds_of_training",
        "speed/seconds_of_board",
    },
    "validation": MEASURED
    | {f"gate_entropy/{task}" for task in TASKS}
    | {f"gate_weight/{task}_expert_{e}" for task in TASKS for e in (0, 1)},
    "result": {"best/epoch", "best/val_loss"}
    | {"best/val_click_auc", "best/val_buy_auc", "best/val_value_rmse"},
}


@pytest.mark.parametrize("run", TAGS)
def test_every_tag_is_there_and_no_other(written, run):
    assert set(written.scalars(run)) == TAGS[run]


def test_steps_are_the_exposures_trained_on(written):
    for run in SPLITS:
        for tag, points in written.scalars(run).items():
            steps = [step for step, _ in points]
            if tag.startswith("running_loss/"):
                assert steps == list(
                    range(CALL_ROWS, 2 * board_run.ROWS + 1, CALL_ROWS)
                )
            else:
                assert steps == EPOCH_ENDS, tag


@pytest.mark.parametrize("split", SPLITS)
def test_tasks_are_measured_as_scikit_learn_does(written, split):
    last = {tag: points[-1][1] for tag, points in written.scalars(split).items()}

    exposures = board_run.make_exposures(*SPLITS[split])
    labels = {name: label[:, 0] for name, label in exposures.labels.items()}
    outputs = {
        name: np.array(output)[:, 0]
        for name, output in written.facts[split]["outputs"].items()
    }
    click, clicked, bought = labels["click"], labels["click"] == 1, labels["buy"] == 1
    probability = {name: np.exp(outputs[name]) for name in ("click", "buy")}
    buy, given_click = labels["buy"][clicked], probability["buy"][clicked]
    assert last["loss/click"] == pytest.approx(
        log_loss(click, probability["click"]), rel=1e-4
    )
    assert last["loss/all"] == pytest.approx(
        last["loss/click"] + 2 * last["loss/buy"] + last["loss/value"], rel=1e-5
    )
    assert last["auc/click"] == pytest.approx(
        roc_auc_score(click, probability["click"]), abs=1e-4
    )
    # The purchase is trained where a click happened, and judged there.
    assert last["auc/buy"] == pytest.approx(roc_auc_score(buy, given_click), abs=1e-4)
    assert last["calibration/buy"] == pytest.approx(
        given_click.mean() / buy.mean(), rel=1e-4
    )
    value, predicted = labels["value"][bought], outputs["value"][bought]
    assert last["calibration/value"] == pytest.approx(
        predicted.mean() / value.mean(), rel=1e-4
    )
    error = mean_squared_error(value, predicted) ** 0.5
    assert last["rmse/value"] == pytest.approx(error, rel=1e-4)


def test_gates_are_the_mean_of_their_softmax(written):
    last = {tag: points[-1][1] for tag, points in written.scalars("validation").items()}

    logits = np.array(written.facts["validation"]["gates"])
    weights = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    entropy = -(weights * np.log2(weights)).sum(axis=2).mean(axis=0)
    for task, name in enumerate(("click", "buy", "value")):
        for expert in range(2):
            assert last[f"gate_weight/{name}_expert_{expert}"] == pytest.approx(
                weights[:, task, expert].mean(), rel=1e-4
            )
        assert last[f"gate_entropy/{name}"] == pytest.approx(entropy[task], rel=1e-4)


def rows_of_item(written):
    """Known rows of items, which come first in the small table with 1 + 2 others."""
    table = np.array(written.facts["small_embedding_4"])
    return table[3 : 3 + board_run.NUM_ITEMS]


def test_norms_are_those_of_a_feature_s_rows(written):
    last = {tag: points[-1][1] for tag, points in written.scalars("train").items()}
    norms = {
        name: np.linalg.norm(np.array(written.facts[name]), axis=1)
        for name in ("embedding_4", "small_embedding_4")
    }

    users, small = norms["embedding_4"], norms["small_embedding_4"]
    assert last["embedding_norm/user_unknown"] == pytest.approx(users[1])
    assert last["embedding_norm/user_known"] == pytest.approx(users[2:].mean())
    assert last["embedding_norm/item_unknown"] == pytest.approx(small[1:3].mean())
    assert last["embedding_norm/item_known"] == pytest.approx(small[3:28].mean())
    assert last["embedding_norm/brand_buckets"] == pytest.approx(small[29:].mean())
    (_, _), (step, histogram) = written.arrays("train", "row_norms/item")
    assert step == EPOCH_ENDS[1]
    assert histogram[:, 2].sum() == board_run.NUM_ITEMS
    assert histogram[-1, 1] == pytest.approx(small[3:28].max())


def test_rates_are_those_of_dense_weights_and_of_tables(written):
    scalars = written.scalars("train")

    assert [value for _, value in scalars["learning_rate/dense"]] == pytest.approx(
        [0.01] * 2
    )
    assert [value for _, value in scalars["learning_rate/tables"]] == pytest.approx(
        [0.02] * 2
    )


def test_norms_of_the_parts_add_up(written):
    last = {
        tag.removeprefix("gradient_norm/"): points[-1][1]
        for tag, points in written.scalars("train").items()
        if tag.startswith("gradient_norm/")
    }

    total = last.pop("all")
    assert total**2 == pytest.approx(sum(norm**2 for norm in last.values()), rel=1e-5)
    assert min(last.values()) > 0


def test_precision_and_recall_are_those_at_each_threshold(written):
    points = written.arrays("validation", "click")

    clicked = board_run.make_exposures(400, 1).labels["click"][:, 0] == 1
    outputs = np.array(written.facts["validation"]["outputs"]["click"])
    chosen = np.exp(outputs[:, 0]) >= 0.5
    assert [step for step, _ in points] == EPOCH_ENDS
    precision, recall = points[-1][1][4:, 250]  # Of 500, at 0.5.
    assert precision == pytest.approx(clicked[chosen].mean())
    assert recall == pytest.approx(chosen[clicked].mean())
    assert set(written.events("validation").PluginTagToContent("pr_curves")) == {
        "click",
        "buy",
    }


def test_time_is_divided_into_training_and_waiting(written):
    scalars = written.scalars("train")

    for tag in ("speed/exposures_per_second", "speed/seconds_of_training"):
        assert min(value for _, value in scalars[tag]) > 0
    for _, share in scalars["speed/input_wait_share"]:
        assert 0 <= share <= 1


def test_a_run_has_its_hyperparameters_and_what_its_data_is(written):
    result = written.events("result")
    start = metadata.parse_session_start_info_plugin_data(
        result.PluginTagToContent("hparams")[metadata.SESSION_START_INFO_TAG]
    )
    ((_, pages),) = written.arrays("result", "data")
    page = pages.item().decode()

    assert start.group_name == "small"
    assert start.hparams["experts"].number_value == 2
    assert start.hparams["optimizer"].string_value == "split"
    rate = board_run.make_exposures(400, 1).labels["click"].mean()
    assert f"| validation | 400 | {400 * rate:.0f} ({rate:.3%}) |" in page
    assert "| item | categorical | item | 25 | 2 |  |" in page


def test_the_best_epoch_so_far_is_the_one_with_the_least_loss(written):
    losses = [value for _, value in written.scalars("validation")["loss/all"]]
    best = written.scalars("result")

    for number, step in enumerate(EPOCH_ENDS):
        least = min(losses[: number + 1])
        assert best["best/val_loss"][number] == pytest.approx((step, least), rel=1e-5)
        assert best["best/epoch"][number] == (step, 1 + losses.index(least))


def test_the_projector_has_each_label_beside_its_row(written):
    folder = written.folder / "result"
    config = text_format.Parse(
        (folder / "projector_config.pbtxt").read_text(), ProjectorConfig()
    )

    (embedding,) = config.embeddings
    points = np.loadtxt(folder / embedding.tensor_path, delimiter="\t")
    labels = (folder / embedding.metadata_path).read_text().splitlines()
    assert labels == board_run.ITEM_NAMES
    losses = [value for _, value in written.scalars("validation")["loss/all"]]
    assert losses[1] < losses[0], "the last epoch must be the best for the next line"
    np.testing.assert_allclose(points, rows_of_item(written), rtol=1e-4)
