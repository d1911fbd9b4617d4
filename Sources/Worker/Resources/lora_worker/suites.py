"""Suites, and what there is to ask both models of one: the JSON of `lora-train evaluate export`, its digest unchanged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import Exit, WorkerError

SIDES = ("base", "trained")
LETTERS = "ABCDEF"
# How a question's choice is found: by the likeliest letter, or by the likeliest text of an option.
ANSWERED_BY = ("letter", "text")
# Item, model, draw and order of the options.
Key = tuple[str, str, int, tuple[str, ...]]
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
    answered_by: str = "letter"


def read(path: str | Path) -> Suite:
    """Reads the JSON that `lora-train evaluate export` wrote."""
    try:
        return parse(json.loads(Path(path).read_text(encoding="utf-8")))
    except OSError as error:
        raise WorkerError(Exit.CONFIGURATION, f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise WorkerError(
            Exit.CONFIGURATION, f"{path}: is no exported suite: {error!r}",
            "lora-train evaluate export SUITE > suite.json") from error


def parse(document: dict[str, Any]) -> Suite:
    """A suite from its JSON document; KeyError, TypeError or ValueError where it is none."""
    own = document["suite"]
    suite = Suite(own["name"], own["kind"], document["digest"], tuple(own["items"]), own.get("answered_by", "letter"))
    if not all(isinstance(text, str) for text in (suite.name, suite.kind, suite.digest)):
        raise ValueError("name, kind and digest are texts")
    if suite.answered_by not in ANSWERED_BY:
        raise ValueError(f"answered_by is {suite.answered_by!r}, which this worker does not know")
    for number, item in enumerate(suite.items):
        texts = [item["id"], item["prompt"], *(item["options"].values() if suite.kind == "questions" else ())]
        if not all(isinstance(text, str) for text in texts):
            raise ValueError(f"items[{number}] holds something else than texts")
        if suite.kind == "questions" and not 2 <= len(item["options"]) <= len(LETTERS):
            raise ValueError(f"items[{number}] has {len(item['options'])} options")
        if suite.answered_by == "text" and not all(text.strip() for text in item["options"].values()):
            raise ValueError(f"items[{number}] has an option without a text")
    return suite


def orders(options: dict[str, str]) -> Iterator[list[str]]:
    """The labels, turned by one place after the other: each option stands once in each place."""
    labels = sorted(options)
    for turn in range(len(labels)):
        yield labels[turn:] + labels[:turn]


def question(prompt: str, options: dict[str, str], order: list[str]) -> str:
    """What the model is shown: letters name places, not options."""
    lines = [f"{letter}. {options[label]}" for letter, label in zip(LETTERS, order, strict=False)]
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
            if suite.kind == "questions" and suite.answered_by == "text":
                yield Ask(item, side)
            elif suite.kind == "questions":
                for order in orders(item["options"]):
                    yield Ask(item, side, order=tuple(order))
            else:
                for draw in range(options.draws):
                    yield Ask(item, side, draw)
