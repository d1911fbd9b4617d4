"""How the worker ends before its work does: taken back by its machine, told to stop or leave, or heard by nobody.

A signal's handler would have to wait for the interpreter; a thread that waits for the signal does not. It writes down
the newest copy of the training's state while the training goes on, and ends the process under it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from . import provider
from .errors import Exit, WorkerError, described

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
# Seconds of the minute in which the bill of a pod that nobody listens to has to end.
_SAVED_WITHIN_S = 40.0


def block_signals() -> None:
    """Before any thread begins, for threads inherit it: signals wait for the one who waits for them."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)


class Ending:
    def __init__(self, reporter: Any, environment: Mapping[str, str]):
        self.reporter, self.environment = reporter, environment
        # Seconds between SIGTERM and SIGKILL; what is left of them when all is saved is for being heard.
        self.grace_s = float(environment.get("LORA_GRACE_S", "5"))
        self.saver: Any = None
        # What answers suites, once it does.
        self.answers: Any = None
        self.is_done = False
        self._once = threading.Lock()

    def start(self) -> None:
        self.reporter.on("stop", self.stop)
        self.reporter.on("leave", self.leave)
        self.reporter.on("silent", self.silent)
        threading.Thread(target=self._wait_for_signal, name="signals", daemon=True).start()

    def stop(self) -> None:
        """Somebody wants it to stop: what there is, is saved, and that is told."""
        with self._the_end(Exit.OK):
            self._save()
            self.reporter.report("stopped")
            self._be_heard()

    def leave(self) -> None:
        """Nothing it does is wanted any more."""
        with self._the_end(Exit.OK):
            pass

    def silent(self) -> None:
        """Nobody listens: whoever rented this pod is gone, and it goes on costing money until it ends itself."""
        with self._the_end(Exit.OK if self.is_done else Exit.INTERRUPTED):
            self.reporter.log("unheard", "nobody has answered until the deadline: saving, and ending this pod", "warning")
            # Who does not answer gives no links for an upload, either: the bill does not wait for that.
            saves = threading.Thread(target=self._save, args=(True,), daemon=True)
            saves.start()
            saves.join(_SAVED_WITHIN_S)
            self._end_pod()

    def failed(self, error: Exception, code: Exit) -> None:
        """It cannot go on: the last good state is kept for whoever tries otherwise, and the cause is told."""
        with self._the_end(code):
            if code not in (Exit.STORAGE, Exit.CHECKPOINT):
                self._save()
            hint = error.hint if isinstance(error, WorkerError) else None
            self.reporter.log("failed", str(error), "error", exit=int(code), hint=hint)
            self.reporter.report("failed", failure=code.failure, message=str(error)[:2000], exit=int(code))
            self._be_heard()

    def _wait_for_signal(self) -> None:
        signal.sigwait(_SIGNALS)
        until = time.monotonic() + 0.8 * self.grace_s
        with self._the_end(Exit.OK if self.is_done else Exit.INTERRUPTED):
            if not self.is_done:
                self.reporter.report("interruption_noticed")
                self._save(is_urgent=True)
                self.reporter.flush(until - time.monotonic())

    @contextmanager
    def _the_end(self, code: Exit) -> Iterator[None]:
        """Whoever comes first ends it; the others wait for that. Whatever happens on the way, the process ends."""
        self._once.acquire()
        try:
            yield
        except Exception:
            traceback.print_exc()
        finally:
            self._exit(code)

    def _be_heard(self) -> None:
        """Waits for it until the deadline. Whoever else would notice that nobody listens, waits for this end."""
        contact = self.reporter.contact
        if not self.reporter.flush(contact.deadline_s if contact else 0.0):
            self._end_pod()

    def _end_pod(self) -> None:
        provider.end_own_pod(self.environment, lambda text: self.reporter.log("termination", text, "warning"))

    def _save(self, is_urgent: bool = False) -> None:
        try:
            if self.saver is not None:
                self.saver.hold()
                self.saver.save_at_once() if is_urgent else self.saver.save_now()
        except Exception as error:  # whatever it is, the end comes
            self.reporter.log("checkpoint_failed", described(error), "error")
        try:
            if self.answers is not None:
                self.answers.keep()
        except Exception as error:
            self.reporter.log("answers_failed", described(error), "error")

    @staticmethod
    def _exit(code: Exit) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
