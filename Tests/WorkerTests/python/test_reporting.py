"""Reports over a network that drops, delays, doubles and fails: complete, in order, and once. Needs no torch."""

from __future__ import annotations

import contextlib
import io
import os
import threading
import unittest
from typing import Any

from listener import SECRET, Listener
from lora_worker.reporting import Contact, Reporter

EVENTS = int(os.environ.get("EVENTS", "10000"))
SEED = int(os.environ.get("SEED", "1"))


class ReportingTests(unittest.TestCase):
    def setUp(self) -> None:
        self.enterContext(contextlib.redirect_stdout(io.StringIO()))

    def reporter(self, listener: Listener, **more: float) -> Reporter:
        self.addCleanup(listener.close)
        contact = Contact("lt-store-1-1", listener.address, SECRET, scale=60.0, heartbeat_s=0.2, **more)
        reporter = Reporter(contact, retry_s=0.01, timeout_s=0.2)
        self.addCleanup(reporter.close)
        return reporter

    def test_a_bad_network_loses_doubles_and_reorders_nothing(self) -> None:
        listener = Listener(faults=0.05, seed=SEED)
        reporter = self.reporter(listener)
        reporter.start()
        for step in range(1, EVENTS + 1):
            reporter.report("checkpoint_saved", step=step, blocked_s=0)
        self.assertTrue(reporter.flush(300), f"not all is heard (SEED={SEED})")
        self.assertEqual([r["step"] for r in listener.reports], list(range(1, EVENTS + 1)))
        self.assertGreater(listener.requests, EVENTS)
        self.assertEqual(listener.forged, 0)

    def test_a_worker_that_knows_its_pod_says_which_it_is(self) -> None:
        for environment, named in (
            ({"RUNPOD_POD_ID": "p-1"}, "p-1"), ({"LORA_POD_ID": "own", "RUNPOD_POD_ID": "p-1"}, "own"), ({}, None),
        ):
            listener = Listener()
            self.addCleanup(listener.close)
            contact = Contact.of({**listener.environment(), **environment})
            reporter = Reporter(contact, retry_s=0.01, timeout_s=5)
            self.addCleanup(reporter.close)
            reporter.start()
            reporter.report("stage_finished", stage="boot")
            reporter.warn("plateau", "it falls no more")
            self.assertTrue(reporter.flush(60))
            said = [*listener.reports, *listener.notes.values()]
            self.assertEqual([m.get("pod") for m in said], [named, named])
            self.assertEqual("pod" in said[0], named is not None)
            self.assertEqual(listener.forged, 0)

    def test_rows_arrive_in_their_last_version(self) -> None:
        listener = Listener(faults=0.3, seed=SEED)
        reporter = self.reporter(listener)
        reporter.start()
        for step in range(1, 1001):
            reporter.metrics({"step": step, "training_loss": 1.0})
        for step in range(1, 1001):
            reporter.metrics({"step": step, "training_loss": 1.0, "validation_loss": float(step)})
        for _ in range(50):
            reporter.warn("plateau", "it falls no more")
        self.assertTrue(reporter.flush(120), f"not all is heard (SEED={SEED})")
        self.assertEqual({s: r["validation_loss"] for s, r in listener.rows.items()}, {s: s for s in range(1, 1001)})
        self.assertEqual(sorted(listener.notes), list(range(1, 51)))

    def test_an_older_listener_wants_no_metrics_and_that_is_no_failure(self) -> None:
        listener = Listener(knows_metrics=False)
        reporter = self.reporter(listener)
        reporter.start()
        for step in range(1, 20):
            reporter.metrics({"step": step, "training_loss": 1.0})
        reporter.report("stage_finished", stage="boot")
        self.assertTrue(reporter.flush(30))
        self.assertEqual(len(listener.reports), 1)
        reporter.metrics({"step": 20, "training_loss": 1.0})
        self.assertTrue(reporter.flush(30))
        self.assertEqual(listener.metrics_requests, 1)

    def test_wait_keeps_what_was_said(self) -> None:
        listener = Listener()
        listener.directive = "wait"
        reporter = self.reporter(listener)
        reporter.start()
        reporter.report("stage_finished", stage="boot")
        self.assertTrue(listener.wait_for(lambda: listener.requests >= 2))
        self.assertFalse(reporter.flush(0))
        listener.directive = "proceed"
        self.assertTrue(reporter.flush(30))
        self.assertEqual(len(listener.reports), 1)

    def test_a_clock_that_is_off_is_set_right(self) -> None:
        listener = Listener()
        listener.clock_off = 90_000.0
        reporter = self.reporter(listener)
        reporter.start()
        reporter.report("stage_finished", stage="boot")
        self.assertTrue(reporter.flush(30))

    def test_directives_reach_the_worker_once(self) -> None:
        for directive in ("stop", "leave"):
            with self.subTest(directive=directive):
                self.directive_is_heard_once(directive)

    def directive_is_heard_once(self, directive: str) -> None:
        listener = Listener()
        listener.directive = directive
        reporter = self.reporter(listener)
        told = threading.Semaphore(0)
        reporter.on(directive, told.release)
        reporter.start()
        self.assertTrue(told.acquire(timeout=30))
        self.assertTrue(listener.wait_for(lambda: listener.requests >= 3))
        self.assertFalse(told.acquire(blocking=False))

    GARBLED = ("truncated", "truncated-error", "status", "clock", "no-number", "no-text", "list")

    def test_no_answer_ends_the_reports(self) -> None:
        for how in self.GARBLED:
            with self.subTest(how=how):
                listener = Listener()
                listener.garbled = how
                reporter = self.reporter(listener)
                with contextlib.redirect_stderr(io.StringIO()):
                    reporter.start()
                    reporter.report("stage_finished", stage="boot")
                    reporter.metrics({"step": 1, "training_loss": 1.0})
                    self.assertTrue(listener.wait_for(lambda: listener.requests >= 3, 30))
                    listener.garbled = None
                    self.assertTrue(reporter.flush(30))
                self.assertEqual([r["stage"] for r in listener.reports], ["boot"])

    def test_who_answers_garbled_alone_is_silent(self) -> None:
        for how in self.GARBLED:
            with self.subTest(how=how):
                listener = Listener()
                listener.garbled = how
                reporter = self.reporter(listener, deadline_s=0.3)
                silent = threading.Event()
                reporter.on("silent", silent.set)
                with contextlib.redirect_stderr(io.StringIO()):
                    reporter.start()
                    self.assertTrue(silent.wait(30))

    def test_whatever_sending_raises_the_thread_lives(self) -> None:
        listener = Listener()
        reporter = self.reporter(listener)
        assert reporter._line is not None
        post, raised = reporter._line.post, threading.Semaphore(0)

        def fails_at_first(message: dict[str, Any], path: str = "") -> Any:
            if raised.acquire(blocking=False):
                raise RecursionError("nobody foresaw this")
            return post(message, path)

        raised.release(3)
        reporter._line.post = fails_at_first  # type: ignore[method-assign]
        with contextlib.redirect_stderr(io.StringIO()):
            reporter.start()
            reporter.report("stage_finished", stage="boot")
            self.assertTrue(reporter.flush(30))

    def test_silence_is_noticed_at_the_deadline(self) -> None:
        listener = Listener(faults=0.5)
        reporter = self.reporter(listener, deadline_s=0.5)
        silent = threading.Event()
        reporter.on("silent", silent.set)
        reporter.start()
        self.assertTrue(listener.wait_for(lambda: listener.requests >= 3))
        listener.close()
        self.assertTrue(silent.wait(30))


if __name__ == "__main__":
    unittest.main()
