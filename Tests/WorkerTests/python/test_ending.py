"""Ends of the worker's process: it ends whatever happens on the way, and its pod with it where nobody listens. Needs no torch."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest import mock

from listener import Listener
from lora_worker import saving
from lora_worker.configuration import Checkpoints
from lora_worker.errors import Exit
from runs import environment

# A worker as `running.run` makes it, without the training: what happens is put in place of HAPPENS.
_WORKER = """
import os, threading
from lora_worker import ending, running
from lora_worker.contact import Contact
from lora_worker.errors import Exit, WorkerError
from lora_worker.reporting import Reporter

class Saver:
    def hold(self): pass
    def save_now(self): raise RuntimeError("nobody foresaw this")
    save_at_once = save_now

ending.block_signals()
reporter = Reporter(Contact.of(os.environ), retry_s=0.1, timeout_s=1.0)
end = ending.Ending(reporter, os.environ)
reporter.start()
end.start()
HAPPENS
"""
_DONE = "end.is_done = True\nrunning.wait_to_be_told(reporter, end, 0.1)"
_SAVES_BADLY = "end.saver = Saver()\nprint('ready', flush=True)\n"


class Provider:
    """Counts who asks for the end of which pod."""

    def __init__(self) -> None:
        self.ended: list[str] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_DELETE(self) -> None:
                provider.ended.append(self.path)
                Listener._answer(self, 200, {})

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def environment(self) -> dict[str, str]:
        address = f"http://127.0.0.1:{self._server.server_address[1]}"
        return {"RUNPOD_POD_ID": "pod7", "RUNPOD_API_KEY": "its own", "RUNPOD_API_BASE_URL": address}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class EndingTests(unittest.TestCase):
    def setUp(self) -> None:
        self.listener, self.provider = Listener(), Provider()
        self.addCleanup(self.provider.close)

    def start(self, happens: str, deadline_s: float = 1.0, **more: str) -> subprocess.Popen[str]:
        own = self.listener.environment(LORA_DEADLINE_S=str(deadline_s), **self.provider.environment, **more)
        process = subprocess.Popen(
            [sys.executable, "-c", _WORKER.replace("HAPPENS", happens)], env=environment(**own),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        return process

    def test_who_is_done_and_told_nothing_ends_its_pod(self) -> None:
        """Also where somebody answers: it has closed its ears, and so nobody else would end it."""
        for is_heard in (True, False):
            with self.subTest(is_heard=is_heard):
                self.listener, self.provider.ended = Listener(), []
                process = self.start(_DONE)
                self.assertTrue(self.listener.wait_for(lambda: self.listener.requests >= 1, 30))
                if not is_heard:
                    self.listener.close()
                said, errors = process.communicate(timeout=30)
                self.assertEqual((process.returncode, self.provider.ended), (Exit.OK, ["/v2/pods/pod7"]), errors)
                self.assertIn('"unheard"', said)
                if is_heard:
                    self.listener.close()

    def test_who_fails_and_is_not_heard_ends_its_pod(self) -> None:
        self.listener.close()
        process = self.start("end.failed(WorkerError(Exit.MODEL, 'no such model'), Exit.MODEL)")
        _, errors = process.communicate(timeout=30)
        self.assertEqual((process.returncode, self.provider.ended), (Exit.MODEL, ["/v2/pods/pod7"]), errors)

    def test_a_save_that_hangs_does_not_hold_up_the_bills_end(self) -> None:
        self.listener.close()
        hangs = "ending._SAVED_WITHIN_S = 0.2\nend.saver = Saver()\nend.saver.hold = threading.Event().wait\nthreading.Event().wait()"
        process = self.start(hangs, deadline_s=0.5)
        _, errors = process.communicate(timeout=30)
        self.assertEqual((process.returncode, self.provider.ended), (Exit.INTERRUPTED, ["/v2/pods/pod7"]), errors)

    def test_a_save_that_fails_as_nobody_foresaw_holds_up_no_end(self) -> None:
        self.addCleanup(self.listener.close)
        with self.subTest("SIGTERM"):
            process = self.start(_SAVES_BADLY + "threading.Event().wait()", deadline_s=60)
            assert process.stdout is not None
            self.assertEqual(process.stdout.readline(), "ready\n")
            process.send_signal(signal.SIGTERM)
            said, errors = process.communicate(timeout=30)
            self.assertEqual(process.returncode, Exit.INTERRUPTED, errors)
            self.assertIn("RuntimeError: nobody foresaw this", said)
            self.assertEqual([r["event"] for r in self.listener.reports], ["interruption_noticed"])
        with self.subTest("failed"):
            process = self.start(_SAVES_BADLY + "end.failed(ValueError('x'), Exit.CRASH)", deadline_s=60)
            self.listener.reports.clear()
            _, errors = process.communicate(timeout=30)
            self.assertEqual(process.returncode, Exit.CRASH, errors)
            self.assertEqual([r["event"] for r in self.listener.reports], ["failed"])
        self.assertEqual(self.provider.ended, [])


class SavingTests(unittest.TestCase):
    def test_what_nobody_foresaw_is_tried_again_and_then_ends_the_training(self) -> None:
        class Trainer:
            step, blocked_s = 1, 0.0

            def snapshot(self) -> Any:
                raise MemoryError("no room for a copy")

        class Reporter:
            warned = threading.Semaphore(0)
            texts: list[str] = []

            def warn(self, code: str, text: str, **_: Any) -> None:
                self.texts.append(text)
                self.warned.release()

        trainer, reporter = Trainer(), Reporter()
        with mock.patch.object(saving.time, "sleep"):
            saver = saving.Saver(trainer, None, Checkpoints(every_steps=1), reporter, 1.0)
            trainer.step = 2
            saver.after_step()
            for _ in range(saving.Saver.TRIES):
                self.assertTrue(reporter.warned.acquire(timeout=30))
            self.assertEqual(set(reporter.texts), {"MemoryError: no room for a copy"})

            def trains_on() -> bool:
                try:
                    saver.after_step()
                except MemoryError:
                    return False
                return True

            for _ in range(1_000_000):
                if not trains_on():
                    return
            self.fail("the training goes on without checkpoints")


if __name__ == "__main__":
    unittest.main()
