"""TensorFlow Serving itself, which the contract's tests run against as well."""

import os

import pytest


@pytest.mark.tfserving
def test_a_real_server_is_there_to_be_asked():
    if "MTL_REC_TFS_URL" not in os.environ:
        pytest.skip("no TensorFlow Serving: MTL_REC_TFS_URL is not set")
    assert os.environ.get("MTL_REC_TFS_MODELS"), "The folder it serves from is unknown."
