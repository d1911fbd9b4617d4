"""Suites that were ordered with a job."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from . import answering
from .configuration import Job
from .contact import Contact, Line
from .dataset import TrainingFile
from .errors import Exit, WorkerError
from .sheets import Sheet
from .suites import Ask, Options, Suite, parse


class Ordered:
    """The suites of a job, answered once it is trained. Nothing that goes wrong with them, and no lack of time, costs the training."""

    def __init__(self, job: Job, reporter: Any, scale: float):
        self.job, self.reporter = job, reporter
        limit = job.answers.limit_s
        # The store's own seconds.
        self._until = None if limit is None else time.monotonic() + limit / scale
        self._sheet: Sheet | None = None
        # Whether there is an answer to any of them, of whichever pod.
        self.has_answers = False

    def keep(self) -> None:
        """Makes durable what is answered, from whichever thread ends the worker."""
        if self._sheet is not None:
            self._sheet.save()

    def answer(self, file: TrainingFile, tokenizer: Any, model: Any) -> None:
        job = self.job
        if not job.suites or self.reporter.contact is None:
            return
        from . import chat, objects

        try:
            store, format = objects.opened(job.store), chat.ChatFormat(tokenizer)
            options = Options(job.answers.system_prompt or usual_prompt(file), job.answers.max_new_tokens)
            documents = fetch(self.reporter.contact)
        except Exception as error:
            return self.reporter.warn("suites_failed", f"no suite could be answered: {error}")
        model.eval()
        model.config.use_cache = True
        for document in documents:
            name = _name(document)
            try:
                self._answer(parse(document), store, model, format, options)
            except Exception as error:
                self.reporter.warn("suites_failed", f"{name} could not be answered: {error!r}", suite=name)

    def _answer(self, suite: Suite, store: Any, model: Any, format: Any, options: Options) -> None:
        name = f"{self.job.job_id}/answers/{suite.name}.jsonl"
        sheet = self._sheet = Sheet(self.job, suite, options, store, store.get(name))
        self.has_answers = self.has_answers or not sheet.is_empty
        left = sheet.open()
        if not left:
            return
        self.reporter.log("suite", f"Answering {suite.name}: {len(suite.items)} items, base and trained...")
        saved = time.monotonic()
        try:
            for number, ask in enumerate(left):
                reason = self._reason_to_stop()
                if reason is not None:
                    return self._leave(suite, left[number:], reason)
                sheet.add(ask, answering.answer(ask, suite, model, format, options))
                if time.monotonic() - saved >= self.job.answers.save_every_s:
                    sheet.save()
                    saved = time.monotonic()
        finally:
            self.has_answers = self.has_answers or not sheet.is_empty
            sheet.save()

    def _reason_to_stop(self) -> str | None:
        if self._until is not None and time.monotonic() >= self._until:
            return "their time was over"
        if self.reporter.directive == "wrap_up":
            return "the job came close to its cost cap"
        if self.reporter.directive in ("stop", "leave"):
            return "the job was told to stop"
        return None

    def _leave(self, suite: Suite, left: list[Ask], reason: str) -> None:
        names = list(dict.fromkeys(ask.item["id"] for ask in left))
        self.reporter.warn(
            "suites_incomplete",
            f"{suite.name} is incomplete, for {reason}: {len(names)} of {len(suite.items)} items are not answered by both models: "
            + ", ".join(names), suite=suite.name, items=len(suite.items), unanswered=len(names))


def _name(document: Any) -> str:
    """What a suite is called that may be none."""
    try:
        return str(document["suite"]["name"])
    except (KeyError, TypeError):
        return "a suite"


def usual_prompt(file: TrainingFile) -> str:
    """The system prompt of most pairs: a model is examined as it was trained. Of two the one that comes first."""
    counts = Counter(pair.system_prompt for conversation in file.conversations for pair in conversation.pairs)
    return counts.most_common(1)[0][0] if counts else Options.system_prompt


def fetch(contact: Contact, pause_s: float = 1.0) -> list[dict[str, Any]]:
    """The suites that were ordered with this pod's job, from whoever rented it; not looked into."""
    line, status = Line(contact, 60.0), 0
    for attempt in range(8):
        answer = line.post({"action": "suites"}, "/suites")
        status = answer.status
        if status == 200:
            return list(answer.document.get("suites", []))
        if 400 <= status < 500 and status not in (401, 408, 429):
            break
        time.sleep(min(pause_s * 2.0**attempt, 30.0))
    raise WorkerError(Exit.STORAGE, f"whoever rented this pod does not hand them out (status {status})")
