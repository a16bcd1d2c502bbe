"""The requests that a version brings along, answered before it takes others."""

from pathlib import Path

import grpc
import tensorflow as tf
from google.protobuf.message import DecodeError
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

from mtl_rec.serving.local.classifying import answer_classify
from mtl_rec.serving.local.loaded_version import LoadedVersion
from mtl_rec.serving.local.multi_inference import answer_multi_inference
from mtl_rec.serving.local.predicting import answer_predict
from mtl_rec.serving.local.regressing import answer_regress
from mtl_rec.serving.local.status import StatusError, invalid_argument

WARM_UP_FILE = Path("assets.extra", "tf_serving_warmup_requests")
MAX_RECORDS = 1000


def warm_up(version: LoadedVersion) -> None:
    """Answers the requests of the version's file; there need not be one.

    Raises:
        StatusError: A record is damaged or can't be answered, or there are too many.
        tensorflow.errors.OpError: The file is damaged, or a request fails.
    """
    path = version.directory / WARM_UP_FILE
    if not path.exists():
        return
    for position, record in enumerate(tf.compat.v1.io.tf_record_iterator(str(path))):
        if position == MAX_RECORDS:
            raise invalid_argument(
                f"Number of warmup records exceeds the maximum ({MAX_RECORDS}) "
                f"at {path}."
            )
        try:
            log = PredictionLog.FromString(record)
        except DecodeError as error:
            message = f"Failed to parse warmup record {position} of {path}."
            raise invalid_argument(message) from error
        _replay(version, log)


def _replay(version: LoadedVersion, log: PredictionLog) -> None:
    match log.WhichOneof("log_type"):
        case "predict_log":
            answer_predict(version, log.predict_log.request)
        case "classify_log":
            answer_classify(version, log.classify_log.request)
        case "regress_log":
            answer_regress(version, log.regress_log.request)
        case "multi_inference_log":
            answer_multi_inference(version, log.multi_inference_log.request)
        case None:
            # An empty record asks for nothing.
            return
        case kind:
            raise StatusError(
                grpc.StatusCode.UNIMPLEMENTED,
                f"Unsupported log_type for warmup: {kind}.",
            )
