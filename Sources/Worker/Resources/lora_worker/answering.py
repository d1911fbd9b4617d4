"""Answers a validation suite with the base and with the trained model, and writes every answer down.

The suite is the JSON of `lora-train evaluate export`; its digest goes through unchanged. Open prompts are answered
greedily. Of a question no text is made: the letter that the model finds likeliest is its choice, and every option
stands in every place once, so that a liking for a letter decides nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .configuration import Job
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
        document = json.loads(Path(path).read_text(encoding="utf-8"))
        return Suite(
            document["suite"]["name"], document["suite"]["kind"], document["digest"],
            tuple(document["suite"]["items"]))
    except OSError as error:
        raise WorkerError(Exit.CONFIGURATION, f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise WorkerError(
            Exit.CONFIGURATION, f"{path}: is no exported suite: {error!r}",
            "lora-train evaluate export SUITE > suite.json") from error


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
        header = {
            "format": FORMAT, "version": 1, "suite": suite.name, "digest": suite.digest, "job": job.job_id,
            "model": job.model.name, "temperature": options.temperature, "seed": options.seed,
        }
        lines = [header]
        with model.disable_adapter():
            lines += answers(suite, model, format, options, "base")
        lines += answers(suite, model, format, options, "trained")
        name = f"{job.job_id}/answers/{suite.name}.jsonl"
        store.put(name, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode())
        written.append(store.location(name))
    return written
