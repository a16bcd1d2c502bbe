"""GetModelMetadata and GetModelStatus: what is known of versions."""

from tensorflow_serving.apis.get_model_metadata_pb2 import (
    GetModelMetadataRequest,
    GetModelMetadataResponse,
    SignatureDefMap,
)
from tensorflow_serving.apis.get_model_status_pb2 import (
    GetModelStatusRequest,
    GetModelStatusResponse,
)

from mtl_rec.serving.local.model_manager import ModelManager
from mtl_rec.serving.local.status import invalid_argument

SIGNATURES = "signature_def"


def answer_metadata(
    models: ModelManager, request: GetModelMetadataRequest
) -> GetModelMetadataResponse:
    """The signatures of a version.

    Args:
        models: What is served.
        request: Names the version.
    """
    if not request.HasField("model_spec"):
        raise invalid_argument("Missing ModelSpec")
    if not request.metadata_field:
        raise invalid_argument(
            "GetModelMetadataRequest must specify at least one metadata_field"
        )
    for field in request.metadata_field:
        if field != SIGNATURES:
            raise invalid_argument(f"Metadata field {field} is not supported")
    response = GetModelMetadataResponse()
    with models.lease(request.model_spec) as version:
        signatures = SignatureDefMap(signature_def=dict(version.signatures))
        response.model_spec.name = version.name
        response.model_spec.version.value = version.number
    response.metadata[SIGNATURES].Pack(signatures)
    return response


def answer_status(
    models: ModelManager, request: GetModelStatusRequest
) -> GetModelStatusResponse:
    """States of versions.

    Args:
        models: What is served.
        request: Names a model or a version.
    """
    if not request.HasField("model_spec"):
        raise invalid_argument("Missing ModelSpec")
    statuses = models.statuses(request.model_spec)
    return GetModelStatusResponse(model_version_status=statuses)
