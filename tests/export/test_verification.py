import re
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from mtl_rec.errors import VerificationError
from mtl_rec.export.climbing import Rung
from mtl_rec.export.rungs import clean_process
from mtl_rec.export.verification import RUNGS, verify_signatures

_, STRUCTURE, SESSION_LOADER, C_LIBRARY, _ = RUNGS


def refused(rung, reason):
    message = f"Verification failed at rung '{rung.name}': {reason}"
    return pytest.raises(VerificationError, match=re.escape(message))


def climb(folder, proof, *rungs):
    proofs = proof if isinstance(proof, dict) else {"serving_default": proof}
    return verify_signatures(folder, proofs, rungs=rungs)


def of_any_length(values):
    """The same values for a graph that does not know how many."""
    return tf.compat.v1.placeholder_with_default(values, [None])


def test_signatures_of_every_kind_are_proved(many_version, many_proofs):
    results = verify_signatures(many_version, many_proofs)

    assert [result.name for result in results] == [rung.name for rung in RUNGS]
    compared = [result for result in results if result.max_difference is not None]
    assert [result.name for result in compared] == [SESSION_LOADER.name, C_LIBRARY.name]
    assert all(result.max_difference <= 1e-6 for result in compared)


def test_wrong_text_of_an_output_is_refused(many_version, many_proofs):
    classify = many_proofs["classify"]
    classes = np.full((4, 1), "Click", object)
    wrong = replace(classify, expected={**classify.expected, "classes": classes})

    with refused(C_LIBRARY, "Output 'classes' of 'classify' is b'click' at row 0, c"):
        climb(many_version, {**many_proofs, "classify": wrong}, C_LIBRARY)


def test_a_wrong_structure_stops_before_anything_runs(version, proof):
    (version / "assets" / "items.txt").unlink()

    with refused(STRUCTURE, "File 'assets/items.txt' is missing."):
        climb(version, proof, STRUCTURE, SESSION_LOADER)


def test_an_answer_off_by_two_millionths_is_refused(good_version, proof):
    click = proof.expected["click"].copy()
    click[3] += 2e-6
    wrong = replace(proof, expected={**proof.expected, "click": click})

    with refused(SESSION_LOADER, "Output 'click' of 'serving_default' is 0.679178"):
        climb(good_version, wrong, SESSION_LOADER)
    with refused(C_LIBRARY, "Output 'click' of 'serving_default' is 0.679178"):
        climb(good_version, wrong, C_LIBRARY)


def test_an_answer_that_is_no_number_is_refused(write_version, tmp_path, proof):
    folder = write_version(
        tmp_path / "1", alter=lambda scores: tf.where(scores > 0.65, np.nan, scores)
    )

    with refused(
        C_LIBRARY, "Output 'click' of 'serving_default' is nan at row 3. Expected: 0.67"
    ):
        climb(folder, proof, STRUCTURE, C_LIBRARY)


def test_a_batch_size_fixed_inside_the_graph_is_refused(write_version, tmp_path, proof):
    folder = write_version(
        tmp_path / "1", alter=lambda scores: of_any_length(tf.zeros([5]) + scores)
    )

    reason = "'serving_default' fails on a batch of 3: Incompatible shapes: [3] vs. [5]"
    with refused(C_LIBRARY, reason):
        climb(folder, proof, STRUCTURE, C_LIBRARY)


@pytest.mark.parametrize(
    ("rung", "reason"),
    [
        (SESSION_LOADER, "ValueError: Could not find callback with key=pyfunc_"),
        (C_LIBRARY, "No OpKernel was registered to support Op 'EagerPyFunc'"),
    ],
    ids=["session_loader", "c_library"],
)
def test_python_inside_the_graph_does_not_run(
    rung, reason, write_version, tmp_path, proof
):
    folder = write_version(
        tmp_path / "1",
        alter=lambda x: tf.ensure_shape(
            tf.py_function(lambda y: y, [x], tf.float32), [None]
        ),
    )

    with refused(rung, f"'serving_default' fails on a batch of 5: {reason}"):
        climb(folder, proof, rung)


def test_a_function_that_must_be_compiled_does_not_run(write_version, tmp_path, proof):
    compiled = tf.function(lambda scores: scores * 1.0, jit_compile=True)
    folder = write_version(tmp_path / "1", alter=compiled)

    reason = "'serving_default' fails on a batch of 5: XLA compilation disabled"
    with refused(C_LIBRARY, reason):
        climb(folder, proof, C_LIBRARY)


def test_one_changed_byte_of_the_graph_is_refused(version, proof):
    path = version / "saved_model.pb"
    content = path.read_bytes()
    assert tf.version.VERSION.encode() in content
    path.write_bytes(content.replace(tf.version.VERSION.encode(), b"2.21.x", 1))

    with refused(SESSION_LOADER, "saved_model.pb was changed since fingerprint.pb was"):
        climb(version, proof, STRUCTURE, SESSION_LOADER)


@pytest.mark.parametrize(
    "rung", [SESSION_LOADER, C_LIBRARY], ids=lambda rung: rung.name
)
def test_one_changed_byte_of_a_variable_is_refused(rung, version, proof):
    shard = version / "variables" / "variables.data-00000-of-00001"
    content = bytearray(shard.read_bytes())
    content[5] ^= 1
    shard.write_bytes(content)

    with refused(rung, f"TensorBundle at {version}/variables/variables shard 0"):
        climb(version, proof, STRUCTURE, rung)


def test_a_graph_that_kills_the_process_is_refused(version, edited_graph, proof):
    with edited_graph() as graph:
        for node in graph.graph_def.node:
            if node.op == "Const":
                del node.attr["dtype"]

    with refused(SESSION_LOADER, "The process ended by SIGABRT."):
        climb(version, proof, SESSION_LOADER)


def test_a_tensor_that_the_graph_lacks_is_named(version, edited_graph, proof):
    with edited_graph() as graph:
        outputs = graph.signature_def["serving_default"].outputs
        outputs["click"].name = "gone:0"

    with refused(C_LIBRARY, "The graph has no tensor 'gone:0', which is output of"):
        climb(version, proof, C_LIBRARY)


def test_a_process_that_hangs_is_ended(good_version, proof, monkeypatch):
    monkeypatch.setattr(clean_process, "TIMEOUT_SECONDS", 0.01)

    with refused(SESSION_LOADER, "It did not finish within 0.01 s."):
        climb(good_version, proof, SESSION_LOADER)


def test_a_folder_without_a_version_is_refused(proof):
    with refused(STRUCTURE, "'nowhere/saved_model.pb' can't be read: No such file"):
        climb(Path("nowhere"), proof, STRUCTURE)


def test_settings_of_this_process_do_not_reach_a_rung(good_version, proof, monkeypatch):
    monkeypatch.setenv("TF_XLA_FLAGS", "--no_such_flag")

    climb(good_version, proof, C_LIBRARY)


def test_rungs_apart_are_climbed_at_once_and_given_in_order(tmp_path):
    both = threading.Barrier(2)

    def meet(*_):
        both.wait(timeout=60)
        return ()

    rungs = [
        Rung("alone", "", lambda *_: ()),
        Rung("first", "", meet, is_apart=True),
        Rung("second", "", meet, is_apart=True),
    ]

    results = verify_signatures(tmp_path, {}, rungs=rungs)

    assert [result.name for result in results] == ["alone", "first", "second"]


def test_of_rungs_that_fail_the_first_counts_and_none_after_it_is_begun(tmp_path):
    begun = []

    def fail(name):
        def climb(*_):
            begun.append(name)
            raise VerificationError(name, "no.")

        return Rung(name, "", climb, is_apart=name != "last")

    with pytest.raises(VerificationError, match="rung 'first'"):
        verify_signatures(tmp_path, {}, rungs=[*map(fail, ("first", "next", "last"))])

    assert "last" not in begun
