import re
import shutil

import numpy as np
import pytest
import tensorflow as tf

from mtl_rec.errors import VerificationError
from mtl_rec.export.stored_weights import _find_size_problem


def refused(reason):
    message = "Verification failed at rung 'structure': " + reason
    return pytest.raises(VerificationError, match=re.escape(message))


def test_missing_variables_are_refused(version, check):
    shutil.rmtree(version / "variables")

    with refused("File 'variables/variables.index' is missing."):
        check(version)


def test_a_missing_shard_is_refused(version, check):
    shard = version / "variables" / "variables.data-00000-of-00001"
    shard.rename(shard.with_name("variables.data-00001-of-00002"))

    with refused("The files of variables are not one complete set: ['variables.data-"):
        check(version)


def test_truncated_variables_are_refused(version, check):
    shard = version / "variables" / "variables.data-00000-of-00001"
    shard.write_bytes(shard.read_bytes()[:3])

    with refused("The variables need 16 bytes and only 3 are stored."):
        check(version)


def test_a_damaged_index_of_variables_is_refused(version, check):
    index = version / "variables" / "variables.index"
    index.write_bytes(index.read_bytes()[:-9])

    with refused("The variables can't be read: "):
        check(version)


def test_more_bytes_than_variables_are_refused(version, check):
    shard = version / "variables" / "variables.data-00000-of-00001"
    shard.write_bytes(shard.read_bytes() + bytes(10_000))

    with refused("The variables need 16 bytes and 1"):
        check(version)


@pytest.mark.parametrize("length", [1, 200])
def test_many_short_texts_are_no_more_bytes_than_they_need(tmp_path, length):
    texts = tf.Module()
    texts.ids = tf.Variable([b"x" * length] * 30_000)
    tf.saved_model.save(texts, str(tmp_path))

    checkpoint = tf.train.load_checkpoint(str(tmp_path / "variables" / "variables"))

    assert _find_size_problem(checkpoint, tmp_path / "variables") is None


def test_a_weight_that_is_stored_twice_is_refused(
    write_version, good_version, tmp_path, check
):
    used = tf.train.load_variable(
        str(good_version / "variables" / "variables"),
        "weight/.ATTRIBUTES/VARIABLE_VALUE",
    )
    folder = write_version(tmp_path / "1", more_weights=[used])

    with refused("Weight 'weight' is stored twice, as ('more_weights/0/.ATTR"):
        check(folder)


def test_weights_of_one_name_that_differ_or_are_constant_are_accepted(
    write_version, tmp_path, check
):
    others = [np.array([3.0, 4.0], np.float32), *[np.zeros(9, np.float32)] * 2]
    folder = write_version(tmp_path / "1", more_weights=others)

    check(folder)


def test_a_copy_made_when_the_graph_loads_is_refused(version, edited_graph, check):
    with edited_graph() as graph:
        nodes = graph.graph_def.node
        weight = next(node for node in nodes if node.name == "weight")
        nodes.add().CopyFrom(weight)
        nodes[-1].name = "weight_1"

    with refused("The graph creates 2 variables of 1 stored: it copies some."):
        check(version)
