"""A version is also asked over the protocols of a server."""

import socket
from dataclasses import replace

import pytest

from mtl_rec.errors import VerificationError
from mtl_rec.export.verification import verify_signatures
from mtl_rec.serving.server_rung import local_server_rung, server_rung


def test_every_signature_is_answered_over_grpc_and_rest(many_version, many_proofs):
    [result] = verify_signatures(many_version, many_proofs, rungs=[local_server_rung()])

    assert result.max_difference <= 1e-6


def test_another_answer_of_the_server_is_refused(many_version, many_proofs):
    proof = many_proofs["serving_default"]
    expected = {"click": proof.expected["click"] + 2e-6}
    wrong = {**many_proofs, "serving_default": replace(proof, expected=expected)}

    with pytest.raises(VerificationError, match="rung 'server': Output 'click' of 'se"):
        verify_signatures(many_version, wrong, rungs=[local_server_rung()])


@pytest.mark.parametrize("protocol", ["grpc", "http"])
def test_a_server_that_does_not_answer_is_named(protocol, many_version, many_proofs):
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"{protocol}://127.0.0.1:{free.getsockname()[1]}"

    with pytest.raises(VerificationError, match=f"rung 'server': {url}, model 'shop'"):
        verify_signatures(many_version, many_proofs, rungs=[server_rung("shop", [url])])
