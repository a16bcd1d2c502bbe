import json
import re
from importlib.metadata import version as installed_version

import numpy as np
import pytest

from mtl_rec.errors import ArtifactError
from mtl_rec.export.manifest import MANIFEST_FILE, golden_proofs, read_manifest
from mtl_rec.export.stored_weights import weights_sha256


def refused(reason):
    return pytest.raises(ArtifactError, match=re.escape(reason))


def test_a_manifest_says_what_a_version_is(good_version):
    manifest = read_manifest(good_version)

    assert manifest["name"] == "shop"
    assert manifest["tasks"] == ["click", "purchase"]
    assert manifest["verified_on"] == [installed_version("tensorflow")]
    assert manifest["weights_sha256"] == weights_sha256(good_version)
    assert manifest["config"] is None
    assert golden_proofs(good_version).keys() == {"serving_default"}


def test_two_exports_of_the_same_weights_have_one_hash(
    write_version, good_version, tmp_path
):
    again = write_version(tmp_path / "2", alter=lambda scores: scores * 1.0)

    graphs = {(path / "saved_model.pb").read_bytes() for path in (again, good_version)}
    assert len(graphs) == 2
    assert weights_sha256(again) == weights_sha256(good_version)


def test_other_weights_have_another_hash(write_version, good_version, tmp_path):
    other = write_version(tmp_path / "2", more_weights=[np.zeros(1, np.float32)])

    assert weights_sha256(other) != weights_sha256(good_version)


def test_weights_that_can_not_be_read_are_refused(version):
    (version / "variables" / "variables.index").write_bytes(b"damaged")

    with refused(f"The weights of '{version}/variables/variables' can't be read: "):
        weights_sha256(version)


def test_a_version_without_a_manifest_is_refused(version):
    (version / MANIFEST_FILE).unlink()

    with refused(f"'{version}/{MANIFEST_FILE}' can't be read: No such file"):
        read_manifest(version)


@pytest.mark.parametrize("content", [b"{", b"\xff", b""])
def test_a_damaged_manifest_is_refused(content, version):
    (version / MANIFEST_FILE).write_bytes(content)

    with refused(f"'{version}/{MANIFEST_FILE}' is damaged: "):
        read_manifest(version)


@pytest.mark.parametrize("content", [{"format": 2}, {}, []])
def test_a_manifest_of_another_format_is_refused(content, version):
    (version / MANIFEST_FILE).write_text(json.dumps(content))

    with refused("must have format 1. Received: "):
        read_manifest(version)
