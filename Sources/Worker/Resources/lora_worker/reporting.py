"""What the worker says: signed reports, numbered and kept until they are heard, and metrics beside them.

The protocol is described in the target's page `PROTOCOL`. Everything that is said also goes to standard output, as
lines of JSON.
"""

from __future__ import annotations

import json
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from .contact import Contact, Line
from .metrics import Row, stamp

# Rows of metrics in one message; all of it stays far below the 64 KB that are accepted.
_ROWS_AT_ONCE = 100
# Warnings and lines of the log that are kept while nobody listens.
_MOST_NOTES = 2_000


class Reporter:
    """Says things; a thread of its own sends them where there is a contact."""

    def __init__(self, contact: Contact | None, *, retry_s: float = 5.0, timeout_s: float = 20.0):
        self.contact = contact
        self.directive = "wait"
        # What the job has cost, as far as somebody has said so.
        self.spent_usd: float | None = None
        self._condition = threading.Condition()
        self._outbox: list[dict[str, Any]] = []
        self._sequence = 0
        self._rows: dict[int, Row] = {}
        self._notes: list[dict[str, Any]] = []
        self._number = 0
        self._wants_metrics = True
        self._line = Line(contact, timeout_s) if contact else None
        self._retry_s, self._least_pause, self._timeout_s = retry_s, min(0.1, retry_s), timeout_s
        self._listeners: dict[str, Callable[[], None]] = {}
        self._is_closed = False
        self._heard = time.monotonic()
        self._thread: threading.Thread | None = None

    # What is said

    def on(self, directive: str, call: Callable[[], None]) -> None:
        """Calls back, in a thread of its own, once the listener says `stop` or `leave`, or is `silent` too long."""
        self._listeners[directive] = call

    def start(self) -> None:
        if self.contact is not None:
            self._thread = threading.Thread(target=self._speak, name="reports", daemon=True)
            self._thread.start()

    def report(self, event: str, *, happened: float | None = None, **facts: Any) -> None:
        """Something that counts: told in order, once, and until it is heard. `happened`: by the monotonic clock."""
        with self._condition:
            self._sequence += 1
            self._print({"sequence": self._sequence, "event": event, **facts})
            if self.contact is not None:
                said = time.monotonic() if happened is None else happened
                self._outbox.append({"sequence": self._sequence, "event": event, **facts, "_happened": said})
                self._condition.notify_all()

    def metrics(self, row: Row) -> None:
        """A row; a newer one of the same step takes its place."""
        with self._condition:
            self._print({"event": "metrics", **row})
            if self.contact is not None and self._wants_metrics:
                self._rows[row["step"]] = dict(row)
                self._condition.notify_all()

    def warn(self, code: str, message: str, **facts: Any) -> None:
        self._note({"event": "warning", "code": code, "message": message, **facts})

    def log(self, code: str, message: str, level: str = "info", **facts: Any) -> None:
        self._note({"event": "log", "level": level, "code": code, "message": message, **facts})

    def flush(self, seconds: float) -> bool:
        """Waits until everything that counts, and every row, is heard."""
        if self.contact is None:
            return True
        until = time.monotonic() + seconds
        with self._condition:
            while self._outbox or (self._wants_metrics and (self._rows or self._notes)):
                left = until - time.monotonic()
                if left <= 0:
                    return False
                self._condition.wait(left)
        return True

    def close(self) -> None:
        """Sends no more; what goes on at the moment is brought to its end."""
        with self._condition:
            self._is_closed = True
            self._condition.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(self._timeout_s)

    def _note(self, note: dict[str, Any]) -> None:
        with self._condition:
            self._number += 1
            note = {**note, "number": self._number, "at": stamp()}
            self._print(note)
            if self.contact is not None and self._wants_metrics:
                self._notes.append(note)
                del self._notes[:-_MOST_NOTES]
                self._condition.notify_all()

    def _print(self, message: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()

    # How it is sent

    def _speak(self) -> None:
        """What counts first, in order; then metrics; else a heartbeat now and then."""
        assert self.contact is not None
        beat_every = max(0.2, min(self.contact.heartbeat_s, 60.0 / self.contact.scale))
        beat = pause_until = aside_until = 0.0
        pause = aside_pause = self._least_pause
        while True:
            now = time.monotonic()
            with self._condition:
                if self._is_closed:
                    return
                due = dict(self._outbox[0]) if self._outbox and now >= pause_until else None
                aside = self._aside() if due is None and now >= aside_until else None
                if due is None and aside is None and (now < beat or now < pause_until):
                    times = [beat if now < beat else pause_until]
                    if self._outbox:
                        times.append(pause_until)
                    if self._rows or self._notes:
                        times.append(aside_until)
                    self._condition.wait(max(0.001, min(min(times) - now, 1.0)))
                    continue
            if aside is not None:
                if self._tried(self._send_aside, aside):
                    aside_pause = self._least_pause
                else:
                    aside_until, aside_pause = time.monotonic() + aside_pause, min(2 * aside_pause, self._retry_s)
                continue
            if not self._tried(self._send, self._dated(due) if due else {"sequence": 0, "event": "heartbeat"}):
                pause_until, pause = time.monotonic() + pause, min(2 * pause, self._retry_s)
                # Only an attempt that failed tells of silence: this process may have been stopped itself.
                if time.monotonic() - self._heard > self.contact.deadline_s:
                    self._call("silent")
                continue
            pause, pause_until, beat = self._least_pause, 0.0, time.monotonic() + beat_every
            if self.directive == "wait":
                # It is not time yet: the same again, but not at once.
                pause_until = time.monotonic() + 0.2

    def _tried(self, send: Callable[[Any], bool], what: Any) -> bool:
        """Whether it was heard. Whatever an answer does to this thread, the thread lives: it alone notices silence."""
        try:
            return send(what)
        except Exception:
            traceback.print_exc()
            return False

    def _send(self, report: dict[str, Any]) -> bool:
        answer = self._post(report, "")
        if not isinstance(answer, dict) or not isinstance(answer.get("directive"), str):
            return False
        # What is not to wait has to say what it has taken in.
        if answer["directive"] != "wait" and not isinstance(answer.get("next"), int):
            return False
        self._hear(answer)
        return True

    def _hear(self, answer: dict[str, Any]) -> None:
        with self._condition:
            self._heard = time.monotonic()
            self.directive = answer["directive"]
            if self.directive != "wait":
                self._outbox = [r for r in self._outbox if r["sequence"] >= answer["next"]]
            self._condition.notify_all()
        if self.directive in ("stop", "leave"):
            self._call(self.directive)

    def _call(self, what: str) -> None:
        call = self._listeners.pop(what, None)
        if call is not None:
            threading.Thread(target=call, name=what, daemon=True).start()

    def _dated(self, report: dict[str, Any]) -> dict[str, Any]:
        """How old a checkpoint is, is known when it is told of."""
        assert self.contact is not None
        happened = report.pop("_happened")
        if report["event"] == "checkpoint_saved":
            report["age_s"] = round((time.monotonic() - happened) * self.contact.scale, 6)
        return report

    def _aside(self) -> tuple[dict[str, Any], dict[int, Row], int] | None:
        """What travels beside the reports: rows, or the oldest note. Is called with the lock held."""
        if not self._wants_metrics:
            return None
        if self._notes:
            return self._notes[0], {}, self._notes[0]["number"]
        if self._rows:
            rows = {step: self._rows[step] for step in sorted(self._rows)[:_ROWS_AT_ONCE]}
            return {"event": "metrics", "rows": list(rows.values())}, rows, 0
        return None

    def _send_aside(self, aside: tuple[dict[str, Any], dict[int, Row], int]) -> bool:
        message, rows, number = aside
        answer = self._post(message, "/metrics")
        if answer is None:
            return False
        with self._condition:
            if isinstance(answer, dict) and isinstance(answer.get("spent_usd"), (int, float)):
                self.spent_usd = round(float(answer["spent_usd"]), 4)
            if answer == 404:
                # It is older than metrics are: they are not wanted.
                self._wants_metrics = False
                self._rows, self._notes = {}, []
            for step, row in rows.items():
                if self._rows.get(step) == row:
                    del self._rows[step]
            if number:
                self._notes = [n for n in self._notes if n["number"] != number]
            self._condition.notify_all()
        return True

    def _post(self, message: dict[str, Any], path: str) -> dict[str, Any] | int | None:
        """The answer's document; 404 for metrics that are not wanted; None where it has to be tried again."""
        assert self._line is not None
        answer = self._line.post(message, path)
        if answer.status == 200:
            return answer.document
        return 404 if answer.status == 404 and path else None
