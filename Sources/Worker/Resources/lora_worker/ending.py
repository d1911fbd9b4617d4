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
from collections.abc import Mapping
from typing import Any

from . import provider
from .errors import Exit, WorkerError

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


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
        self._begin()
        self._save()
        self.reporter.report("stopped")
        self.reporter.flush(3600.0)
        self._exit(Exit.OK)

    def leave(self) -> None:
        """Nothing it does is wanted any more."""
        self._begin()
        self._exit(Exit.OK)

    def silent(self) -> None:
        """Nobody listens: whoever rented this pod is gone, and it goes on costing money until it ends itself."""
        self._begin()
        self.reporter.log("unheard", "nobody has answered until the deadline: saving, and ending this pod", "warning")
        self._save()
        provider.end_own_pod(
            self.environment, lambda text: self.reporter.log("termination", text, "warning"))
        self._exit(Exit.OK if self.is_done else Exit.INTERRUPTED)

    def failed(self, error: Exception, code: Exit) -> None:
        """It cannot go on: the last good state is kept for whoever tries otherwise, and the cause is told."""
        self._begin()
        if code not in (Exit.STORAGE, Exit.CHECKPOINT):
            self._save()
        hint = error.hint if isinstance(error, WorkerError) else None
        self.reporter.log("failed", str(error), "error", exit=int(code), hint=hint)
        self.reporter.report("failed", failure=code.failure, message=str(error)[:2000], exit=int(code))
        contact = self.reporter.contact
        self.reporter.flush(contact.deadline_s if contact else 0.0)
        self._exit(code)

    def _wait_for_signal(self) -> None:
        signal.sigwait(_SIGNALS)
        until = time.monotonic() + 0.8 * self.grace_s
        self._begin()
        if self.is_done:
            self._exit(Exit.OK)
        self.reporter.report("interruption_noticed")
        self._save()
        self.reporter.flush(until - time.monotonic())
        self._exit(Exit.INTERRUPTED)

    def _begin(self) -> None:
        """Whoever comes first ends it; the others wait for that."""
        self._once.acquire()

    def _save(self) -> None:
        try:
            if self.saver is not None:
                self.saver.hold()
                self.saver.save_now()
            if self.answers is not None:
                self.answers.keep()
        except WorkerError as error:
            self.reporter.log("checkpoint_failed", str(error), "error")

    @staticmethod
    def _exit(code: Exit) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
