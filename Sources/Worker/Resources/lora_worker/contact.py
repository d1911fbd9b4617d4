"""Who rented this pod, and how it is spoken to: every request is signed with the pod's own secret."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import math
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import Exit, WorkerError


@dataclass(frozen=True)
class Contact:
    """How the one who listens is reached."""

    pod: str
    address: str
    secret: bytes
    # Seconds of its time in one of ours.
    scale: float = 1.0
    # Real seconds without an answer, after which nobody listens any more.
    deadline_s: float = 1800.0
    heartbeat_s: float = 30.0
    # What its provider calls the pod, where that is known: of two pods under one name one alone is wanted.
    provider_id: str | None = None

    @staticmethod
    def of(environment: Mapping[str, str]) -> Contact | None:
        """As the pod was told; None where this is no pod."""
        if "LORA_REPORT" not in environment:
            return None
        try:
            return Contact(
                environment["LORA_POD"], environment["LORA_REPORT"], environment["LORA_SECRET"].encode(),
                float(environment.get("LORA_TIME_SCALE", "1")), float(environment.get("LORA_DEADLINE_S", "1800")),
                provider_id=environment.get("LORA_POD_ID", environment.get("RUNPOD_POD_ID")) or None)
        except (KeyError, ValueError) as error:
            # None of its values is told: one of them is a secret.
            missing = error.args[0] if isinstance(error, KeyError) else "LORA_TIME_SCALE or LORA_DEADLINE_S"
            raise WorkerError(
                Exit.CONFIGURATION, f"the pod was started without whom to report to: {missing} is missing or no number") from None


@dataclass(frozen=True)
class Answer:
    """`status` 0: none came, or it was no JSON object."""

    status: int
    document: dict[str, Any]


class Line:
    """Says one thing at a time, and keeps how far this machine's clock is off."""

    def __init__(self, contact: Contact, timeout_s: float = 20.0):
        self.contact, self.timeout_s = contact, timeout_s
        self.ahead = 0.0

    def post(self, message: dict[str, Any], path: str = "") -> Answer:
        if self.contact.provider_id is not None:
            message = {**message, "pod": self.contact.provider_id}
        # What came from the names of files may hold halves of surrogate pairs, which no listener takes.
        data = json.dumps(message, ensure_ascii=False).encode(errors="replace")
        moment = str(int(time.time() + self.ahead))
        signed = f"{moment}\n{self.contact.pod}\n".encode() + data
        mac = hmac.new(self.contact.secret, signed, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Lora-Timestamp": moment, "X-Lora-Signature": mac}
        address = f"{self.contact.address.rstrip('/')}/v1/reports/{self.contact.pod}{path}"
        try:
            request = urllib.request.Request(address, data, headers)
            with urllib.request.urlopen(request, timeout=self.timeout_s) as answer:
                document = json.load(answer)
                return Answer(answer.status, document) if isinstance(document, dict) else Answer(0, {})
        except urllib.error.HTTPError as error:
            there = error.headers.get("X-Lora-Time")
            if error.code == 401 and there:
                self._set_clock(there)
            try:
                document = json.loads(error.read())
            except (OSError, ValueError, http.client.HTTPException):
                document = {}
            return Answer(error.code, document if isinstance(document, dict) else {})
        except (OSError, ValueError, MemoryError, http.client.HTTPException):
            # Memory that ran out for the training is here again when it has ended. An answer cut short is no OSError.
            return Answer(0, {})

    def _set_clock(self, there: str) -> None:
        try:
            ahead = float(there) - time.time()
        except ValueError:
            return
        if math.isfinite(ahead):
            self.ahead = ahead
