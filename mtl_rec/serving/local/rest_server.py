"""The REST server, listening: an event loop in a thread of its own."""

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from mtl_rec.errors import ConfigError
from mtl_rec.serving.local.metrics import Metrics
from mtl_rec.serving.local.metrics_path import METRICS_PATH
from mtl_rec.serving.local.model_manager import ModelManager
from mtl_rec.serving.local.ports import listening_socket
from mtl_rec.serving.local.rest_api import RestApi
from mtl_rec.serving.local.rest_paths import API_PATH

try:
    from aiohttp import web
except ModuleNotFoundError as error:
    raise ConfigError(
        "The local server needs aiohttp. Received: none installed. "
        "Run `pip install 'mtl-rec[serve]'`."
    ) from error

THREADS = 32
MAX_BODY_BYTES = 2**31 - 1
STOP_SECONDS = 5

# Says of every line that is no HTTP who sent it, with a traceback; bugs of ours are
# logged by what answers requests.
_transport_logger = logging.getLogger(f"{__name__}.transport")
_transport_logger.setLevel(logging.CRITICAL)


class RestServer:
    """TensorFlow Serving's REST API and its metrics on a port.

    Args:
        models: What answers.
        metrics: What counts.
        host: Address to listen on.
        port: Port, or 0 for any that is free.
    """

    def __init__(
        self, models: ModelManager, metrics: Metrics, host: str, port: int
    ) -> None:
        self._metrics = metrics
        self._api = RestApi(models, metrics)
        self._workers = ThreadPoolExecutor(THREADS, thread_name_prefix="rest")
        self._socket = listening_socket("--rest-port", host, port)
        self.port = self._socket.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._runner = web.AppRunner(
            self._application(),
            handle_signals=False,
            access_log=None,
            logger=_transport_logger,
            shutdown_timeout=STOP_SECONDS,
        )
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="rest-server", daemon=True
        )
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()

    def stop(self) -> None:
        """Takes no more requests, and ends when those under way are answered."""
        cleaned = asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop)
        cleaned.result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._workers.shutdown()

    async def _listen(self) -> None:
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=MAX_BODY_BYTES)
        application.router.add_route("*", "/{path:.*}", self._answer)
        return application

    async def _answer(self, request: web.Request) -> web.Response:
        path = request.rel_url.raw_path
        if path == METRICS_PATH:
            return web.Response(text=self._metrics.text())
        if not API_PATH.fullmatch(path):
            return web.json_response({"error": f"Not found: {path}"}, status=404)
        try:
            body = await request.read()
        except web.RequestPayloadError as error:
            return web.json_response({"error": str(error)}, status=400)
        # TensorFlow runs outside the loop, which goes on with other requests.
        reply = await self._loop.run_in_executor(
            self._workers, self._api.answer, request.method, path, body
        )
        return web.Response(
            body=reply.body, status=reply.http_status, content_type="application/json"
        )
