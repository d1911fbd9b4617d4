"""Answers a validation suite with the base and with the trained model, and writes every answer down.

The suite is the JSON of `lora-train evaluate export`; its digest goes through unchanged. Open prompts are answered
greedily. Of a question no text is made: the letter that the model finds likeliest is its choice, and every option
stands in every place once, so that a liking for a letter decides nothing. A suite that is broken off goes on where it was.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .configuration import Job
from .contact import Contact, Line
from .dataset import TrainingFile
from .errors import Exit, WorkerError

FORMAT = "lora-train-answers"
SIDES = ("base", "trained")
# Item, model, draw and order of the options.
Key = tuple[str, str, int, tuple[str, ...]]
_LETTERS = "ABCDEF"
_CHOOSE = "Answer with the letter of the right option alone."


@dataclass(frozen=True)
class Options:
    """How answers are made. A temperature above 0 draws fresh ones, `draws` of each, from the seed."""

    system_prompt: str = "You are a helpful financial planner."
    max_new_tokens: int = 400
    temperature: float = 0.0
    draws: int = 1
    seed: int = 1


@dataclass(frozen=True)
class Suite:
    name: str
    kind: str
    digest: str
    items: tuple[dict[str, Any], ...]


def read(path: str | Path) -> Suite:
    """Reads the JSON that `lora-train evaluate export` wrote."""
    try:
        return parse(json.loads(Path(path).read_text(encoding="utf-8")))
    except OSError as error:
        raise WorkerError(Exit.CONFIGURATION, f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise WorkerError(
            Exit.CONFIGURATION, f"{path}: is no exported suite: {error!r}",
            "lora-train evaluate export SUITE > suite.json") from error


def parse(document: dict[str, Any]) -> Suite:
    """A suite from its JSON document; KeyError or TypeError where it is none."""
    own = document["suite"]
    return Suite(own["name"], own["kind"], document["digest"], tuple(own["items"]))


def orders(options: dict[str, str]) -> Iterator[list[str]]:
    """The labels, turned by one place after the other: each option stands once in each place."""
    labels = sorted(options)
    for turn in range(len(labels)):
        yield labels[turn:] + labels[:turn]


def question(prompt: str, options: dict[str, str], order: list[str]) -> str:
    """What the model is shown: letters name places, not options."""
    lines = [f"{letter}. {options[label]}" for letter, label in zip(_LETTERS, order, strict=False)]
    return "\n".join([prompt.strip(), "", *lines, "", _CHOOSE])


@dataclass(frozen=True)
class Ask:
    """One thing to be answered by one model; its line in the file is found by what it is."""

    item: dict[str, Any]
    side: str
    draw: int = 0
    order: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        return self.item["id"], self.side, self.draw, self.order


def asks(suite: Suite, options: Options) -> Iterator[Ask]:
    """All there is to answer, item by item and both models to each: wherever it is broken off, what is there can be compared."""
    for item in suite.items:
        for side in SIDES:
            if suite.kind == "questions":
                for order in orders(item["options"]):
                    yield Ask(item, side, order=tuple(order))
            else:
                for draw in range(options.draws):
                    yield Ask(item, side, draw)


def answer(ask: Ask, suite: Suite, model: Any, format: Any, options: Options) -> dict[str, Any]:
    """What a model answers, as a line of the file."""
    with model.disable_adapter() if ask.side == "base" else nullcontext():
        if suite.kind == "questions":
            text = question(ask.item["prompt"], ask.item["options"], list(ask.order))
            found = _letters(model, format, options.system_prompt, text, len(ask.order))
            scores = dict(zip(ask.order, found, strict=True))
            best = max(sorted(scores), key=scores.__getitem__)
            return {"item": ask.item["id"], "model": ask.side, "order": list(ask.order), "answer": best, "scores": scores}
        key = (options.seed, suite.digest, ask.item["id"], ask.side, ask.draw)
        text = _generate(model, format, options, ask.item["prompt"], key)
        return {"item": ask.item["id"], "model": ask.side, "draw": ask.draw, "answer": text}


def _prompt(format: Any, system: str, text: str) -> list[int]:
    from .dataset import Message

    ids = [*format.begin, *format.message(Message("system", system)), *format.message(Message("user", text))]
    return ids + format.header("assistant")


def _letters(model: Any, format: Any, system: str, text: str, count: int) -> list[float]:
    """The logarithms of the letters' probabilities as the answer's first token, of these letters alone."""
    import torch

    ids = torch.tensor([_prompt(format, system, text)], device=model.device)
    with torch.no_grad():
        logits = model(input_ids=ids).logits[0, -1].float()
    tokens = [format.text(letter)[0] for letter in _LETTERS[:count]]
    return [round(v, 6) for v in torch.log_softmax(logits[tokens], dim=0).tolist()]


def _generate(model: Any, format: Any, options: Options, prompt: str, key: tuple[Any, ...]) -> str:
    """Token by token with the model's own cache: greedy, or drawn from the key."""
    import torch

    from . import models

    ids = torch.tensor([_prompt(format, options.system_prompt, prompt)], device=model.device)
    settings: dict[str, Any] = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
    if options.temperature > 0:
        models.seed_all(*key)
        settings = {"do_sample": True, "temperature": options.temperature, "top_p": 1.0, "top_k": 0}
    with torch.no_grad():
        made = model.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=options.max_new_tokens, use_cache=True,
            eos_token_id=format.end[0], pad_token_id=format.end[0], **settings)
    return format.tokenizer.decode(made[0, ids.shape[1]:].tolist(), skip_special_tokens=True).strip()


def run(job: Job, suites: list[str], options: Options) -> list[str]:
    """Answers the suites with both models; one file of JSON lines each, in the job's folder of the store."""
    from . import chat, models, objects

    read_suites = [read(path) for path in suites]
    models.prepare(job.threads)
    store = objects.opened(job.store)
    tokenizer = models.tokenizer(job.model)
    model = trained(job, store, tokenizer)
    model.eval()
    model.config.use_cache = True
    format = chat.ChatFormat(tokenizer)
    written = []
    for suite in read_suites:
        sheet = Sheet(job, suite, options, store)
        for ask in sheet.open():
            sheet.add(ask, answer(ask, suite, model, format, options))
        sheet.save(always=True)
        written.append(store.location(sheet.name))
    return written


def trained(job: Job, store: Any, tokenizer: Any) -> Any:
    """The base model with the adapters that were trained: the job's own, or those of the job that it examines."""
    from safetensors.torch import load

    from . import models

    weights = store.get(f"{job.asked}/adapters/adapter_model.safetensors")
    if weights is None:
        raise WorkerError(Exit.CHECKPOINT, f"{job.asked} has no adapters: it has to be trained first, and they have to be kept")
    model = models.with_adapters(job, models.base(job, tokenizer))
    models.load_adapter_state(model, load(weights))
    return model


# The file of answers


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


# Suites that were ordered with a job


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
            suites = fetch(self.reporter.contact)
        except Exception as error:
            return self.reporter.warn("suites_failed", f"no suite could be answered: {error}")
        model.eval()
        model.config.use_cache = True
        for suite in suites:
            try:
                self._answer(suite, store, model, format, options)
            except Exception as error:
                self.reporter.warn("suites_failed", f"{suite.name} could not be answered: {error}", suite=suite.name)

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
                sheet.add(ask, answer(ask, suite, model, format, options))
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


def usual_prompt(file: TrainingFile) -> str:
    """The system prompt of most pairs: a model is examined as it was trained. Of two the one that comes first."""
    counts = Counter(pair.system_prompt for conversation in file.conversations for pair in conversation.pairs)
    return counts.most_common(1)[0][0] if counts else Options.system_prompt


def fetch(contact: Contact, pause_s: float = 1.0) -> list[Suite]:
    """The suites that were ordered with this pod's job, from whoever rented it."""
    line, status = Line(contact, 60.0), 0
    for attempt in range(8):
        answer = line.post({"action": "suites"}, "/suites")
        status = answer.status
        if status == 200:
            return [parse(document) for document in answer.document.get("suites", [])]
        if 400 <= status < 500 and status not in (401, 408, 429):
            break
        time.sleep(min(pause_s * 2.0**attempt, 30.0))
    raise WorkerError(Exit.STORAGE, f"whoever rented this pod does not hand them out (status {status})")
