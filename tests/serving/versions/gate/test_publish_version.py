"""A version is published when it was proved, and otherwise nothing changes."""

import os
import shutil

import numpy as np
import pytest
import tensorflow as tf

from mtl_rec.errors import ArtifactError, GateError, VerificationError
from mtl_rec.export.checksums import find_file_problem, write_checksums
from mtl_rec.export.manifest import ModelFacts, write_manifest
from mtl_rec.export.proofs import SignatureProof
from mtl_rec.export.publishing import publish, versions_in
from mtl_rec.export.warm_up import warm_up_records, write_warm_up
from mtl_rec.serving.versions import checking, publish_version
from mtl_rec.serving.versions.gate import compare
from mtl_rec.serving.versions.placing import Checked, publish_checked
from mtl_rec.serving.versions.thresholds import GateThresholds


def test_what_is_refused_leaves_the_model_as_it_was(
    export, good, rows, model_directory
):
    def check(folder, served):
        report = compare(folder, served, rows, GateThresholds())
        if report.problems:
            raise GateError("; ".join(report.problems), report)
        return Checked([], report)

    publish_checked(good, model_directory, check, label="stable", settle_seconds=0)
    before = everything(model_directory)
    for weights in [(2.0, 0.0, -0.9), (np.nan, 0.0, 0.0), (2.0, 1.0, 2.0)]:
        with pytest.raises(GateError, match="quality gate"):
            publish_checked(export(weights), model_directory, check, label="canary")

    assert everything(model_directory) == before
    assert publish_checked(good, model_directory, check).number == 2


def complete(folder, gate):
    """Adds what an export has besides."""
    specs = {
        name: tf.TensorSpec([None], tf.float32, name=name) for name in ("price", "age")
    }
    inputs = {name: np.linspace(-1, 1, 5).astype(np.float32) for name in specs}
    served = tf.saved_model.load(str(folder)).signatures["serving_default"]
    answers = served(**{name: tf.constant(values) for name, values in inputs.items()})
    expected = {name: answer.numpy() for name, answer in answers.items()}
    outputs = {n: tf.TensorSpec([None], tf.float32, name=n) for n in expected}
    proofs = {"serving_default": SignatureProof(specs, outputs, inputs, expected)}
    write_warm_up(folder, warm_up_records({"serving_default": inputs}))
    config = {"export": {"gate": gate}}
    write_manifest(folder, ModelFacts("shop", ["click"], {}, config), proofs)
    write_checksums(folder)
    return folder


def test_a_version_is_verified_and_judged_by_what_its_manifest_says(
    export, good, rows, model_directory
):
    publish_checked(good, model_directory, lambda *_: Checked([], None))
    blind = complete(export((2.0, 0.0, -0.9)), {"max_auc_drop": 0.2})

    published = publish_version(blind, model_directory, rows=rows, label="canary")
    assert published.rollout.labels == {"canary": 2, "stable": 1}
    rungs = [rung.name for rung in published.checked.rungs]
    assert rungs[0] == "files"
    assert "c_library" in rungs
    assert find_file_problem(published.path) is None


def test_thresholds_that_are_asked_for_are_held_to(
    export, good, rows, model_directory, monkeypatch
):
    # Verified in the test above.
    monkeypatch.setattr(checking, "climb_by_itself", lambda _: [])
    publish_checked(good, model_directory, lambda *_: Checked([], None))
    blind = complete(export((2.0, 0.0, -0.9)), {"max_auc_drop": 0.2})
    before = everything(model_directory)

    with pytest.raises(GateError, match=r"may by 0\.001") as refused:
        publish_version(
            blind, model_directory, rows=rows, thresholds={"max_auc_drop": 0.001}
        )

    assert refused.value.report.served == 1
    assert everything(model_directory) == before


def test_a_damaged_version_is_not_published(export, good, model_directory):
    publish_checked(good, model_directory, lambda *_: Checked([], None))
    damaged = complete(export((2.0, 1.0, -1.0)), {})
    weights = damaged / "variables" / "variables.data-00000-of-00001"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    before = everything(model_directory)

    with pytest.raises(VerificationError, match="'files'"):
        publish_version(damaged, model_directory)

    assert everything(model_directory) == before


def test_what_is_no_version_is_not_published(tmp_path, model_directory):
    with pytest.raises(ArtifactError, match="must be an exported version"):
        publish_version(tmp_path, model_directory)

    assert not model_directory.exists()


def test_a_version_that_is_there_is_judged_and_labelled_where_it_is(
    export, good, model_directory
):
    for weights in ((2.0, 1.0, -1.0), (2.01, 1.0, -1.0)):
        publish(
            lambda folder, weights=weights: shutil.copytree(
                export(weights), folder, dirs_exist_ok=True
            ),
            lambda _: None,
            model_directory,
        )
    compared = []

    def check(folder, served):
        compared.append((folder.name, served[0]))
        return Checked([], None)

    published = publish_checked(
        model_directory / "2", model_directory, check, label="stable"
    )

    assert compared == [("2", 1)]
    assert published.path == model_directory / "2"
    assert published.rollout.labels == {"stable": 2}
    assert sorted(versions_in(model_directory)) == [1, 2]


def everything(directory):
    """Every path and its content, with the time of its last change."""
    return {
        path: (path.stat().st_mtime_ns, path.is_file() and path.read_bytes())
        for path in (directory, *directory.rglob("*"))
        if path != directory
    } | {"names": sorted(os.listdir(directory))}
