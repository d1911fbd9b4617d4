"""The file of answers to a suite, as it is filled in."""

from __future__ import annotations

import json
import threading
from typing import Any

from .configuration import Job
from .suites import Ask, Key, Options, Suite, asks

FORMAT = "lora-train-answers"


class Sheet:
    """A suite's file of answers as it is filled in. What is in the store of it already, of the same version, is not asked again."""

    def __init__(self, job: Job, suite: Suite, options: Options, store: Any, kept: bytes | None = None):
        self.name = f"{job.job_id}/answers/{suite.name}.jsonl"
        self._header = {
            "format": FORMAT, "version": 1, "suite": suite.name, "digest": suite.digest, "job": job.asked,
            "model": job.model.name, "temperature": options.temperature, "seed": options.seed,
        }
        self._asks = list(asks(suite, options))
        self._store, self._lock = store, threading.Lock()
        self._lines = _kept(kept, self._header)
        self._saved = len(self._lines)

    @property
    def is_empty(self) -> bool:
        return not self._lines

    def open(self) -> list[Ask]:
        """What is not answered yet, in order."""
        return [ask for ask in self._asks if ask.key not in self._lines]

    def add(self, ask: Ask, line: dict[str, Any]) -> None:
        with self._lock:
            self._lines[ask.key] = line

    def save(self, always: bool = False) -> None:
        """Puts what there is into the store, in the order in which it is asked; whole, or not at all."""
        with self._lock:
            if len(self._lines) == self._saved and not always:
                return
            lines = [self._header, *(self._lines[ask.key] for ask in self._asks if ask.key in self._lines)]
            self._store.put(self.name, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode())
            self._saved = len(self._lines)


def _kept(data: bytes | None, header: dict[str, Any]) -> dict[Key, dict[str, Any]]:
    """The answers of an earlier pod; none where they are to another version, or made otherwise."""
    try:
        first, *rest = [json.loads(line) for line in (data or b"").splitlines()]
        if first != header:
            return {}
        return {(x["item"], x["model"], x.get("draw", 0), tuple(x.get("order", ()))): x for x in rest}
    except (ValueError, KeyError, TypeError):
        return {}
