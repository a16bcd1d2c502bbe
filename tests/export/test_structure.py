import re

import pytest
import tensorflow as tf

from mtl_rec.errors import VerificationError


def refused(reason):
    message = "Verification failed at rung 'structure': " + reason
    return pytest.raises(VerificationError, match=re.escape(message))


def test_a_good_version_is_accepted(good_version, check):
    check(good_version)


def test_a_version_without_a_graph_is_refused(version, check):
    (version / "saved_model.pb").unlink()

    with refused(f"'{version}/saved_model.pb' can't be read: No such file"):
        check(version)


def test_a_truncated_graph_is_refused(version, check):
    path = version / "saved_model.pb"
    path.write_bytes(path.read_bytes()[:-20])

    with refused(f"'{path}' is damaged: "):
        check(version)


def test_a_graph_for_training_is_refused(version, edited_graph, check):
    with edited_graph() as graph:
        graph.meta_info_def.tags.append("train")

    with refused("One graph must have the tag 'serve' alone. Received: [['serve', "):
        check(version)


def test_a_signature_of_another_name_is_refused(write_version, tmp_path, check):
    folder = write_version(tmp_path / "1", signature="score")

    with refused("Signatures must be ['serving_default']. Received: ['score']."):
        check(folder)


def test_a_signature_that_nobody_declared_is_refused(version, edited_graph, check):
    with edited_graph() as graph:
        graph.signature_def["more"].CopyFrom(graph.signature_def["serving_default"])

    with refused("Signatures must be ['serving_default']. Received: ['more', "):
        check(version)


def test_a_missing_input_is_refused(version, edited_graph, check):
    with edited_graph() as graph:
        del graph.signature_def["serving_default"].inputs["price"]

    with refused(
        "The inputs of 'serving_default' must be ['item', 'price']. Received: ['item']."
    ):
        check(version)


def test_an_output_that_nobody_declared_is_refused(version, edited_graph, check):
    with edited_graph() as graph:
        outputs = graph.signature_def["serving_default"].outputs
        outputs["cart"].CopyFrom(outputs["click"])

    with refused("The outputs of 'serving_default' must be ['click', 'purchase']. "):
        check(version)


@pytest.mark.parametrize(
    ("spec", "received"),
    [
        (tf.TensorSpec([None], tf.int64, name="price"), "int64 [-1]"),
        (tf.TensorSpec([5], tf.float32, name="price"), "float32 [5]"),
        (tf.TensorSpec([None, 1], tf.float32, name="price"), "float32 [-1, 1]"),
        (tf.TensorSpec(None, tf.float32, name="price"), "float32 of any shape"),
    ],
    ids=["another type", "a fixed batch", "another rank", "any rank"],
)
def test_an_input_of_another_type_is_refused(
    spec, received, write_version, tmp_path, proof, check
):
    specs = {**proof.inputs, "price": spec}
    folder = write_version(
        tmp_path / "1",
        specs=specs,
        alter=lambda x: tf.compat.v1.placeholder_with_default(
            tf.reshape(x, [-1]), [None]
        ),
    )

    with refused(
        "'price' of the inputs of 'serving_default' must be float32 [-1] (-1 is any "
        f"size). Received: {received}."
    ):
        check(folder)


@pytest.mark.parametrize(
    ("alter", "received"),
    [
        (lambda scores: tf.cast(scores, tf.float64), "float64 [-1]"),
        (lambda scores: tf.cast(scores, tf.bfloat16), "bfloat16 [-1]"),
        (lambda scores: scores[:, tf.newaxis], "float32 [-1, 1]"),
        (tf.reduce_mean, "float32 []"),
        (lambda scores: tf.ensure_shape(scores, [5]), "float32 [5]"),
    ],
    ids=["float64", "bfloat16", "a column", "a scalar", "a fixed batch"],
)
def test_an_output_of_another_type_is_refused(
    alter, received, write_version, tmp_path, check
):
    folder = write_version(tmp_path / "1", alter=alter)

    with refused(
        "'click' of the outputs of 'serving_default' must be float32 [-1] (-1 is any "
        f"size). Received: {received}."
    ):
        check(folder)


def test_attributes_at_their_default_are_refused(version, edited_graph, check):
    with edited_graph() as graph:
        graph.meta_info_def.stripped_default_attrs = False

    with refused("Attributes at their default must be stripped"):
        check(version)


@pytest.mark.parametrize(
    ("operation", "alter"),
    [
        ("EagerPyFunc", lambda x: tf.py_function(lambda y: y, [x], tf.float32)),
        ("PyFunc", lambda x: tf.numpy_function(lambda y: y, [x], tf.float32)),
    ],
    ids=["py_function", "numpy_function"],
)
def test_python_inside_the_graph_is_refused(
    operation, alter, write_version, tmp_path, check
):
    folder = write_version(
        tmp_path / "1", alter=lambda x: tf.ensure_shape(alter(x), [None])
    )

    with refused(f"Operation {operation} ('"):
        check(folder)


@pytest.mark.parametrize("operation", ["CudnnRNNV3", "XlaCallModule", "XlaLaunch"])
def test_an_operation_of_an_accelerator_is_refused(
    operation, version, edited_graph, check
):
    with edited_graph() as graph:
        graph.graph_def.library.function[0].node_def[0].op = operation

    with refused(f"Operation {operation} ('"):
        check(version)


def test_a_function_that_must_be_compiled_is_refused(write_version, tmp_path, check):
    compiled = tf.function(lambda scores: scores * 1.0, jit_compile=True)
    folder = write_version(tmp_path / "1", alter=compiled)

    with pytest.raises(VerificationError, match=r"needs XLA \(jit_compile=True\)"):
        check(folder)


@pytest.mark.parametrize("device", ["/device:GPU:0", "/job:worker/gpu:1", "TPU:0"])
@pytest.mark.parametrize("place", ["graph", "function"])
def test_a_tie_to_an_accelerator_is_refused(
    place, device, version, edited_graph, check
):
    with edited_graph() as graph:
        function = graph.graph_def.library.function[0]
        nodes = {"graph": graph.graph_def.node, "function": function.node_def}
        nodes[place][0].device = device

    with pytest.raises(VerificationError, match=f"is tied to device '{device}'"):
        check(version)


@pytest.mark.parametrize(
    "name",
    [
        "fingerprint.pb",
        "assets/items.txt",
        "variables/variables.index",
        "variables/variables.data-00000-of-00001",
    ],
)
def test_a_missing_file_is_refused(name, version, check):
    (version / name).unlink()

    with refused(f"File '{name}' is missing."):
        check(version)
