"""A rented pod's objects, over links to single parts and a network that breaks. Needs no torch."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import random
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from listener import SECRET, Listener
from lora_worker.contact import Contact
from lora_worker.errors import Exit, WorkerError
from lora_worker.objects import SERVED, opened
from lora_worker.podstore import PodStore

SEED = int(os.environ.get("SEED", "1"))
POD = "lt-store-1-1"
PART = 1000


class Keeper:
    """Hands out links as serve does, and keeps what is put to them; `faults`: how often it drops, fails or damages."""

    def __init__(self, faults: float = 0.0):
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.arrived: list[int] = []
        self.unsigned = 0
        self.directive = "proceed"
        self.faults, self._random = faults, random.Random(SEED)
        self._lock = threading.Lock()
        keeper = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stamp = self.headers["X-Lora-Timestamp"]
                mac = hmac.new(SECRET, f"{stamp}\n{POD}\n".encode() + body, hashlib.sha256).hexdigest()
                if mac != self.headers["X-Lora-Signature"] or self.path != f"/v1/reports/{POD}/uploads":
                    keeper.unsigned += 1
                with keeper._lock:
                    code, document = keeper._answer(json.loads(body))
                fate = keeper._fate()
                if fate < 0.5:
                    return Listener._drop(self)
                Listener._answer(self, 500 if fate < 1.0 else code, document)

            def do_PUT(self) -> None:
                _, upload, number = self.path.split("/")
                length, fate = int(self.headers["Content-Length"]), keeper._fate()
                if fate < 0.4:
                    self.rfile.read(length // 2)
                    return Listener._drop(self)
                data = self.rfile.read(length)
                if fate < 0.7:
                    data = data[:-1] + bytes([data[-1] ^ 1])
                with keeper._lock:
                    keeper.parts.setdefault(upload, {})[int(number)] = data
                    keeper.arrived.append(int(number))
                self.send_response(200)
                self.send_header("ETag", f'"{hashlib.md5(data).hexdigest()}"')
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                data = keeper.objects[self.path[1:]]
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data[:len(data) // 2] if keeper._fate() < 1.0 else data)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def store(self) -> PodStore:
        return PodStore(Contact(POD, self.address, SECRET), pause_s=0.001, timeout_s=5.0)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _fate(self) -> float:
        with self._lock:
            return self._random.random() / self.faults if self.faults else 1.0

    def _answer(self, question: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        name, base = question["name"], {"directive": self.directive, "next": 0}
        if question["action"] == "begin":
            upload = hashlib.sha256(f"{name}{question['sha256']}".encode()).hexdigest()[:16]
            done = [{"number": n, "tag": hashlib.md5(d).hexdigest()} for n, d in self.parts.get(upload, {}).items()]
            count = max(1, -(-question["bytes"] // PART))
            links = {str(n): f"{self.address}/{upload}/{n}" for n in range(1, count + 1)}
            return 200, {**base, "upload": upload, "part_bytes": PART, "done": done, "links": links}
        if question["action"] == "complete":
            parts = self.parts.get(question["upload"], {})
            data = b"".join(parts.get(p["number"], b"") for p in question["parts"])
            if hashlib.sha256(data).hexdigest() != question["sha256"]:
                return 422, {"error": "what arrived is not what was announced"}
            self.objects[name] = data
            return 200, base
        if question["action"] == "list":
            return 200, {**base, "names": [n for n in self.objects if n.startswith(name)]}
        if question["action"] == "training_file":
            name = "data.json"
        if name.startswith("job-9/"):
            return 403, {"error": "it is not this pod's job's"}
        if name not in self.objects:
            return 404, {"error": "there is no such object"}
        if question["action"] == "delete":
            del self.objects[name]
            return 200, base
        data = self.objects[name]
        return 200, {**base, "link": f"{self.address}/{name}", "bytes": len(data),
                     "sha256": hashlib.sha256(data).hexdigest()}


class PodStoreTests(unittest.TestCase):
    def keeper(self, faults: float = 0.0) -> Keeper:
        keeper = Keeper(faults)
        self.addCleanup(keeper.close)
        return keeper

    def test_what_is_put_is_there(self) -> None:
        keeper = self.keeper()
        store = keeper.store()
        for name, data in (("job-1/a", b""), ("job-1/checkpoints/p/b", bytes(PART)), ("job-1/c", b"x" * (3 * PART + 1))):
            store.put(name, memoryview(data))
            self.assertEqual(store.get(name), data)
        self.assertEqual(list(store.names("job-1/checkpoints")), ["job-1/checkpoints/p/b"])
        store.delete("job-1/a")
        store.delete("job-1/a")
        self.assertIsNone(store.get("job-1/a"))
        self.assertEqual(keeper.unsigned, 0)

    def test_a_bad_network_damages_nothing(self) -> None:
        keeper = self.keeper(faults=0.3)
        store = keeper.store()
        draw = random.Random(SEED)
        for number in range(20):
            data = draw.randbytes(draw.randrange(1, 8 * PART))
            store.put(f"job-1/{number}", data)
            self.assertEqual(keeper.objects[f"job-1/{number}"], data, f"SEED={SEED}")
            self.assertEqual(store.get(f"job-1/{number}"), data, f"SEED={SEED}")

    def test_what_has_arrived_is_not_sent_again(self) -> None:
        keeper = self.keeper()
        data = random.Random(SEED).randbytes(5 * PART)
        upload = hashlib.sha256(f"job-1/a{hashlib.sha256(data).hexdigest()}".encode()).hexdigest()[:16]
        # A pod before this one got so far; one part was damaged.
        keeper.parts[upload] = {1: data[:PART], 2: bytes(PART), 4: data[3 * PART:4 * PART]}
        keeper.store().put("job-1/a", data)
        self.assertEqual(keeper.objects["job-1/a"], data)
        self.assertEqual(keeper.arrived, [2, 3, 5])

    def test_what_is_refused_is_said(self) -> None:
        keeper = self.keeper()
        store = keeper.store()
        with self.assertRaisesRegex(WorkerError, "not this pod's") as caught:
            store.get("job-9/checkpoints/a")
        self.assertEqual(caught.exception.code, Exit.STORAGE)
        keeper.directive = "leave"
        with self.assertRaisesRegex(WorkerError, "works for nobody"):
            store.put("job-1/a", b"x")

    def test_the_training_file_is_fetched(self) -> None:
        keeper = self.keeper(faults=0.3)
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(WorkerError, "no training file"):
                keeper.store().training_file(folder)
            keeper.objects["data.json"] = b"[]" * 5000
            with open(keeper.store().training_file(folder), "rb") as file:
                self.assertEqual(file.read(), b"[]" * 5000)

    def test_only_a_pod_has_one(self) -> None:
        with self.assertRaises(WorkerError):
            opened(SERVED, {})
        environment = {"LORA_POD": POD, "LORA_REPORT": "http://127.0.0.1:1", "LORA_SECRET": "s"}
        self.assertIsInstance(opened(SERVED, environment), PodStore)


if __name__ == "__main__":
    unittest.main()
