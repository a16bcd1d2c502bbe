"""How calls that fail are answered, for every method of the gRPC services."""

from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from mtl_rec.serving.local.status import answer_to, invalid_argument


class StatusInterceptor(grpc.ServerInterceptor):
    """Answers errors with their code, and bytes that are no message as well."""

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Any],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        """The method's handler, given the bytes of the request."""
        handler = continuation(handler_call_details)
        if handler is None:
            return None

        def answer(content: bytes, context: grpc.ServicerContext) -> Any:
            try:
                return handler.unary_unary(_parsed(handler, content), context)
            except Exception as error:
                # `abort` itself raises an exception, of a type of its own.
                status = answer_to(error)
            context.abort(status.code, status.message)

        return grpc.unary_unary_rpc_method_handler(
            answer, response_serializer=handler.response_serializer
        )


def _parsed(handler: Any, content: bytes) -> Any:
    try:
        return handler.request_deserializer(content)
    except DecodeError as error:
        message = f"The bytes of the request are no such message: {error}."
        raise invalid_argument(message) from error
