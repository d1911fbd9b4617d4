"""Writes checkpoints beside the training: the newest copy there is, and no step twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from .configuration import Checkpoints as Interval
from .errors import described


class Saver:
    """A thread that saves when steps or time have passed; whoever ends the worker saves through it, too."""

    TRIES = 5

    def __init__(self, trainer: Any, checkpoints: Any, interval: Interval, reporter: Any, scale: float, first: int = 0):
        self.trainer, self.checkpoints, self.interval = trainer, checkpoints, interval
        self.reporter, self.scale, self.first = reporter, scale, first
        self.saved_step = trainer.step
        self._saved_at = time.monotonic()
        self._asked = threading.Event()
        self._is_held = threading.Event()
        self._writing = threading.Lock()
        self._telling = threading.Lock()
        self._error: Exception | None = None
        threading.Thread(target=self._work, name="checkpoints", daemon=True).start()

    def after_step(self) -> None:
        """Asks for a checkpoint where one is due; what went wrong with one before is raised here, in the training."""
        if self._is_held.is_set():
            # The process ends under it.
            threading.Event().wait()
        if self._error is not None:
            raise self._error
        step = self.trainer.step
        is_due = step % self.interval.every_steps == 0 or time.monotonic() - self._saved_at >= self.interval.every_s
        if is_due and step > self.saved_step:
            self._asked.set()

    def hold(self) -> None:
        """Lets the training get no further than the step in hand: what it did beyond would be lost."""
        self._is_held.set()

    def save_now(self) -> bool:
        """Makes the newest copy durable, unless it is already; false where there is nothing that was trained."""
        with self._writing:
            newest = self.trainer.snapshot()
            if newest is None or newest[0].step <= self.saved_step:
                return False
            state, trained = newest
            self.checkpoints.save(state)
            return self._tell(state.step, trained)

    def save_at_once(self) -> bool:
        """For who has seconds left: onto the pod's volume where it has one, past an upload that may be on its way."""
        if self.checkpoints.near is None:
            return self.save_now()
        newest = self.trainer.snapshot()
        if newest is None or newest[0].step <= self.saved_step:
            return False
        state, trained = newest
        self.checkpoints.save_near(state)
        return self._tell(state.step, trained)

    def _tell(self, step: int, trained: float) -> bool:
        with self._telling:
            # An upload may come to its end after a later step was put on the volume.
            if step <= self.saved_step:
                return False
            blocked, self.trainer.blocked_s = self.trainer.blocked_s, 0.0
            self.saved_step, self._saved_at = step, time.monotonic()
            # Steps that a job before this one had made durable are none of this one's.
            if step > self.first:
                self.reporter.report(
                    "checkpoint_saved", happened=trained, step=step - self.first, blocked_s=round(blocked * self.scale, 6))
            return True

    def _work(self) -> None:
        while True:
            self._asked.wait()
            self._asked.clear()
            self._retried(self.save_now)

    def _retried(self, save: Callable[[], bool]) -> None:
        """A full or unreachable store may recover; training goes on meanwhile, and ends where it does not."""
        for attempt in range(self.TRIES):
            try:
                save()
                return
            except Exception as error:  # one that nobody foresaw ends the training, too, and not this thread unseen
                self.reporter.warn("checkpoint_failed", described(error), attempt=attempt + 1)
                if attempt == self.TRIES - 1:
                    self._error = error
                else:
                    time.sleep(min(2.0 ** attempt, 30.0))
