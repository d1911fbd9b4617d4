"""Answers a validation suite with the base and with the trained model, and writes every answer down.

The suite is the JSON of `lora-train evaluate export`; its digest goes through unchanged. Open prompts are answered
greedily. Of a question no text is made: the letter that the model finds likeliest is its choice, and every option
stands in every place once, so that a liking for a letter decides nothing. Or, where the suite says so, the option whose
own text is likeliest, which asks of a model nothing but that it goes on. A suite that is broken off goes on where it was.
"""

from __future__ import annotations

import copy
from contextlib import nullcontext
from typing import Any

from . import suites
from .configuration import Job
from .sheets import Sheet
from .suites import LETTERS, Ask, Options, Suite


def answer(ask: Ask, suite: Suite, model: Any, format: Any, options: Options) -> dict[str, Any]:
    """What a model answers, as a line of the file."""
    with model.disable_adapter() if ask.side == "base" else nullcontext():
        if suite.kind == "questions":
            if suite.answered_by == "text":
                scores, shown = _texts(model, format, options.system_prompt, ask.item), {}
            else:
                text = suites.question(ask.item["prompt"], ask.item["options"], list(ask.order))
                found = _letters(model, format, options.system_prompt, text, len(ask.order))
                scores, shown = dict(zip(ask.order, found, strict=True)), {"order": list(ask.order)}
            best = max(sorted(scores), key=scores.__getitem__)
            return {"item": ask.item["id"], "model": ask.side, **shown, "answer": best, "scores": scores}
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
    tokens = [format.text(letter)[0] for letter in LETTERS[:count]]
    return [round(v, 6) for v in torch.log_softmax(logits[tokens], dim=0).tolist()]


def _texts(model: Any, format: Any, system: str, item: dict[str, Any]) -> dict[str, float]:
    """The logarithm of each option's probability after the question, divided by the bytes of its text.

    A sum would like what is short, and a mean by the token what the tokenizer happens to cut finely. The question is read
    once; an option shows in no other's score.
    """
    import torch

    ids = torch.tensor([_prompt(format, system, item["prompt"])], device=model.device)
    scores = {}
    with torch.no_grad():
        read = model(input_ids=ids, use_cache=True)
        first = read.logits[:, -1:]
        for label, text in sorted(item["options"].items()):
            tokens, logits = torch.tensor([format.text(text.strip())], device=model.device), first
            if tokens.shape[1] > 1:
                # Of a copy: what is read goes into it, and how a cache is cut back differs between versions.
                own = copy.deepcopy(read.past_key_values)
                more = model(input_ids=tokens[:, :-1], past_key_values=own, use_cache=True).logits
                logits = torch.cat([first, more], dim=1)
            found = torch.log_softmax(logits.float(), dim=-1).gather(2, tokens.unsqueeze(2)).sum().item()
            scores[label] = round(found / len(text.strip().encode()), 6)
    return scores


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


def run(job: Job, paths: list[str], options: Options) -> list[str]:
    """Answers the suites with both models; one file of JSON lines each, in the job's folder of the store."""
    from . import chat, models, objects

    read_suites = [suites.read(path) for path in paths]
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
    from . import models

    weights = models.finished(store, job)
    model = models.with_adapters(job, models.base(job, tokenizer))
    models.load_adapter_state(model, weights)
    return model
