"""The object store of a rented pod: it has no key of the account, and asks who rented it for links to single parts."""

from __future__ import annotations

import hashlib
import http.client
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any

from .contact import Contact, Line
from .errors import Exit, WorkerError


class PodStore:
    """Speaks `/v1/reports/POD/uploads`. An upload that breaks goes on with the parts that have not arrived."""

    TRIES = 8

    def __init__(self, contact: Contact, pause_s: float = 0.5, timeout_s: float = 60.0):
        self.line = Line(contact, timeout_s)
        self.pause_s, self.timeout_s = pause_s, timeout_s

    @staticmethod
    def of(environment: Mapping[str, str]) -> PodStore:
        contact = Contact.of(environment)
        if contact is None:
            raise WorkerError(Exit.CONFIGURATION, "this is no pod: nobody keeps its objects")
        return PodStore(contact)

    def put(self, name: str, data: bytes | memoryview) -> None:
        data = memoryview(data).cast("B")
        content = {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for attempt in range(self.TRIES):
            # Asked anew each time: links hold for an hour only, and what has arrived is known there.
            begun = self._asked({"action": "begin", **content})
            parts = self._put_parts(begun, data)
            if parts is not None:
                done = {"action": "complete", "upload": begun["upload"], "parts": parts, **content}
                # 422: a part was damaged on its way, and all are sent again.
                if self._ask(done, may_be={422, 404}) is not None:
                    return
            self._wait(attempt)
        raise WorkerError(Exit.STORAGE, f"{name} could not be uploaded: the connection broke {self.TRIES} times")

    def get(self, name: str) -> bytes | None:
        """None where there is no such object."""
        return self._get({"action": "link", "name": name})

    def _get(self, question: dict[str, Any]) -> bytes | None:
        for attempt in range(self.TRIES):
            found = self._ask(question, may_be={404})
            if found is None:
                return None
            data = self._read(found["link"])
            digest = found.get("sha256")
            if data is not None and len(data) == found["bytes"] and (
                    not digest or hashlib.sha256(data).hexdigest() == digest):
                return data
            self._wait(attempt)
        raise WorkerError(Exit.STORAGE, f"{question['name']} could not be read: the connection broke {self.TRIES} times")

    def names(self, folder: str) -> Iterator[str]:
        """Every object below a folder, in order."""
        yield from sorted(self._asked({"action": "list", "name": folder + "/"})["names"])

    def delete(self, name: str) -> None:
        self._ask({"action": "delete", "name": name}, may_be={404})

    def training_file(self, folder: str) -> str:
        """Fetches the job's training file into a folder, and returns its path."""
        data = self._get({"action": "training_file", "name": ""})
        if data is None:
            raise WorkerError(Exit.DATASET, "whoever rented this pod has no training file for its job")
        path = os.path.join(folder, "training-file.json")
        with open(path, "wb") as file:
            file.write(data)
        return path

    def location(self, name: str) -> str:
        return name

    # One thing at a time

    def _put_parts(self, begun: dict[str, Any], data: memoryview) -> list[dict[str, Any]] | None:
        """Sends what has not arrived; None where something did not get through."""
        size, links = begun["part_bytes"], begun["links"]
        done = {part["number"]: part["tag"] for part in begun["done"]}
        parts: list[dict[str, Any]] = []
        for number in range(1, len(links) + 1):
            piece = data[(number - 1) * size:number * size]
            digest = hashlib.md5(piece, usedforsecurity=False).hexdigest()
            tag = done.get(number)
            if tag != digest:
                tag = self._put_part(links[str(number)], piece)
                # Most stores answer with the MD5; another than ours is damage.
                if tag is None or (len(tag) == 32 and tag != digest):
                    return None
            parts.append({"number": number, "tag": tag})
        return parts

    def _put_part(self, link: str, piece: memoryview) -> str | None:
        try:
            request = urllib.request.Request(link, piece, {"Content-Type": "application/octet-stream"}, method="PUT")
            with urllib.request.urlopen(request, timeout=self.timeout_s) as answer:
                return (answer.headers.get("ETag") or "").strip('"') or None
        except (OSError, http.client.HTTPException):
            return None

    def _read(self, link: str) -> bytes | None:
        try:
            with urllib.request.urlopen(link, timeout=self.timeout_s) as answer:
                return bytes(answer.read())
        except (OSError, ValueError, EOFError, http.client.HTTPException):
            return None

    def _asked(self, question: dict[str, Any]) -> dict[str, Any]:
        answer = self._ask(question)
        assert answer is not None
        return answer

    def _ask(self, question: dict[str, Any], may_be: frozenset[int] | set[int] = frozenset()) -> dict[str, Any] | None:
        """The answer; None where its status is one that may be."""
        said = ""
        for attempt in range(self.TRIES):
            answer = self.line.post(question, "/uploads")
            if answer.status == 200:
                if answer.document.get("directive") == "leave":
                    raise WorkerError(Exit.STORAGE, f"{question['name']}: this pod works for nobody any more")
                return answer.document
            if answer.status in may_be:
                return None
            said = str(answer.document.get("detail") or answer.document.get("error") or answer.status or "no answer")
            if 400 <= answer.status < 500 and answer.status not in (401, 408, 429):
                break
            self._wait(attempt)
        raise WorkerError(Exit.STORAGE, f"{question['action']} {question['name']}: {said}")

    def _wait(self, attempt: int) -> None:
        time.sleep(min(self.pause_s * 2.0 ** attempt, 30.0))
