"""Somebody who listens to a worker as the coordinator does, over a network as bad as is asked for."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = b"a pod's own secret"


class Listener:
    """Takes reports in order, and each once; what came more often or out of order is only counted."""

    def __init__(self, *, faults: float = 0.0, seed: int = 1, knows_metrics: bool = True):
        self.reports: list[dict[str, Any]] = []
        self.rows: dict[int, dict[str, Any]] = {}
        self.notes: dict[int, dict[str, Any]] = {}
        self.requests = self.forged = self.metrics_requests = 0
        self.directive = "proceed"
        # What is handed out to be answered.
        self.suites: list[dict[str, Any]] = []
        self.clock_off = 0.0
        # What every answer is instead, where it is something; see `_garble`.
        self.garbled: str | None = None
        self.faults, self.knows_metrics = faults, knows_metrics
        self._random = random.Random(seed)
        self.changed = threading.Condition()
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                listener._serve(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def environment(self, pod: str = "lt-store-1-1", **more: str) -> dict[str, str]:
        return {"LORA_POD": pod, "LORA_REPORT": self.address, "LORA_SECRET": SECRET.decode(), **more}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait_for(self, condition: Callable[[], bool], seconds: float = 60.0) -> bool:
        with self.changed:
            return self.changed.wait_for(condition, seconds)

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        stamp = request.headers["X-Lora-Timestamp"]
        pod = request.path.split("/")[3]
        mac = hmac.new(SECRET, f"{stamp}\n{pod}\n".encode() + body, hashlib.sha256).hexdigest()
        with self.changed:
            self.requests += 1
            fate = self._random.random() / self.faults if self.faults else 1.0
            if mac != request.headers["X-Lora-Signature"]:
                self.forged += 1
                return self._answer(request, 401, {})
            if abs(float(stamp) - time.time() - self.clock_off) > 300:
                return self._answer(request, 401, {}, {"X-Lora-Time": str(int(time.time() + self.clock_off))})
            if self.garbled or 0.35 <= fate < 0.45:
                self.changed.notify_all()
                return self._garble(request, self.garbled or ("truncated" if fate < 0.4 else "status"))
            if fate < 0.25:
                # Lost on its way.
                return self._drop(request)
            if fate < 0.5:
                return self._answer(request, 500, {})
            if request.path.endswith("/suites"):
                answer = {"directive": self.directive, "next": len(self.reports) + 1, "suites": self.suites}
            elif request.path.endswith("/metrics"):
                self.metrics_requests += 1
                if not self.knows_metrics:
                    return self._answer(request, 404, {})
                answer = self._take_metrics(json.loads(body))
            else:
                # One in four comes twice.
                for _ in range(2 if fate < 0.75 else 1):
                    answer = self._take(json.loads(body))
            self.changed.notify_all()
        if 0.75 <= fate < 0.9:
            # Taken, and the answer is lost.
            return self._drop(request)
        if 0.9 <= fate < 1.0:
            # Taken, and the answer is late: longer than the worker waits.
            threading.Event().wait(0.3)
        self._answer(request, 200, answer)

    def _take(self, report: dict[str, Any]) -> dict[str, Any]:
        if report["sequence"] == len(self.reports) + 1:
            self.reports.append(report)
        return {"directive": self.directive, "next": len(self.reports) + 1}

    def _take_metrics(self, message: dict[str, Any]) -> dict[str, Any]:
        if message["event"] == "metrics":
            self.rows.update({row["step"]: row for row in message["rows"]})
        else:
            self.notes[message["number"]] = message
        return {"directive": self.directive, "next": len(self.reports) + 1}

    @staticmethod
    def _garble(request: BaseHTTPRequestHandler, how: str) -> None:
        """An answer as no server would give it: it is written by hand."""
        bodies = {"no-number": b'{"directive": "proceed"}', "no-text": b'{"directive": 7, "next": 1}', "list": b"[]"}
        body = bodies.get(how, b'{"directive": "proceed", "next": 1000}')
        length = len(body) + (100 if how in ("truncated", "truncated-error") else 0)
        status = {"status": "NONSENSE", "truncated-error": "HTTP/1.1 503 No", "clock": "HTTP/1.1 401 No\r\nX-Lora-Time: noon"}
        data = f"{status.get(how, 'HTTP/1.1 200 OK')}\r\nContent-Length: {length}\r\n\r\n".encode() + body
        request.close_connection = True
        try:
            request.wfile.write(data)
            request.wfile.flush()
            request.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    @staticmethod
    def _drop(request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        request.connection.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def _answer(
        request: BaseHTTPRequestHandler, code: int, document: dict[str, Any], headers: dict[str, str] | None = None
    ) -> None:
        data = json.dumps(document).encode()
        try:
            request.send_response(code)
            for name, value in (headers or {}).items():
                request.send_header(name, value)
            request.send_header("Content-Length", str(len(data)))
            request.end_headers()
            request.wfile.write(data)
        except OSError:
            # It waits no longer.
            pass
