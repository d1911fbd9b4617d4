"""Answers a validation suite with the base and with the trained model, and writes every answer down.

The suite is the JSON of `lora-train evaluate export`; its digest goes through unchanged. Open prompts are answered
greedily. Of a question no text is made: the letter that the model finds likeliest is its choice, and every option
stands in every place once, so that a liking for a letter decides nothing.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .configuration import Job
from .contact import Contact, Line
from .dataset import TrainingFile
from .errors import Exit, WorkerError

FORMAT = "lora-train-answers"
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


def answers(suite: Suite, model: Any, format: Any, options: Options, side: str) -> Iterator[dict[str, Any]]:
    """Every answer of one model."""
    for item in suite.items:
        if suite.kind == "questions":
            for order in orders(item["options"]):
                text = question(item["prompt"], item["options"], order)
                found = _letters(model, format, options.system_prompt, text, len(order))
                scores = dict(zip(order, found, strict=True))
                yield {
                    "item": item["id"], "model": side, "order": order, "answer": max(sorted(scores), key=scores.__getitem__),
                    "scores": scores,
                }
        else:
            for draw in range(options.draws):
                key = (options.seed, suite.digest, item["id"], side, draw)
                text = _generate(model, format, options, item["prompt"], key)
                yield {"item": item["id"], "model": side, "draw": draw, "answer": text}


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
    from safetensors.torch import load

    from . import chat, models, objects

    read_suites = [read(path) for path in suites]
    models.prepare(job.threads)
    store = objects.opened(job.store)
    weights = store.get(f"{job.job_id}/adapters/adapter_model.safetensors")
    if weights is None:
        raise WorkerError(Exit.CHECKPOINT, f"{job.job_id} has no adapters yet: it has to be trained first")
    tokenizer = models.tokenizer(job.model)
    model = models.with_adapters(job, models.base(job, tokenizer))
    models.load_adapter_state(model, load(weights))
    model.eval()
    model.config.use_cache = True
    format = chat.ChatFormat(tokenizer)
    written = []
    for suite in read_suites:
        name = f"{job.job_id}/answers/{suite.name}.jsonl"
        store.put(name, _lines(job, suite, model, format, options))
        written.append(store.location(name))
    return written


def _lines(job: Job, suite: Suite, model: Any, format: Any, options: Options) -> bytes:
    """The base's answers, and then the trained model's."""
    lines: list[dict[str, Any]] = [{
        "format": FORMAT, "version": 1, "suite": suite.name, "digest": suite.digest, "job": job.job_id,
        "model": job.model.name, "temperature": options.temperature, "seed": options.seed,
    }]
    with model.disable_adapter():
        lines += answers(suite, model, format, options, "base")
    lines += answers(suite, model, format, options, "trained")
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


# Suites that were ordered with a job


def answer_ordered(job: Job, file: TrainingFile, tokenizer: Any, model: Any, reporter: Any) -> None:
    """Answers what was ordered with the job, and says what could not be answered: a model that is trained is not lost over it."""
    if not job.suites or reporter.contact is None:
        return
    from . import chat, objects

    try:
        store, format = objects.opened(job.store), chat.ChatFormat(tokenizer)
        options = Options(job.answers.system_prompt or usual_prompt(file), job.answers.max_new_tokens)
        suites = fetch(reporter.contact)
    except Exception as error:
        return reporter.warn("suites_failed", f"no suite could be answered: {error}")
    model.eval()
    model.config.use_cache = True
    for suite in suites:
        name = f"{job.job_id}/answers/{suite.name}.jsonl"
        try:
            # A pod that was here before may have come so far.
            if _is_answered(store.get(name), suite):
                continue
            reporter.log("suite", f"Answering {suite.name}: {len(suite.items)} items, base and trained...")
            store.put(name, _lines(job, suite, model, format, options))
        except Exception as error:
            reporter.warn("suites_failed", f"{suite.name} could not be answered: {error}")


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


def _is_answered(data: bytes | None, suite: Suite) -> bool:
    """Objects are whole or not there: the first line says all."""
    if data is None:
        return False
    try:
        return bool(json.loads(data.split(b"\n", 1)[0]).get("digest") == suite.digest)
    except ValueError:
        return False
