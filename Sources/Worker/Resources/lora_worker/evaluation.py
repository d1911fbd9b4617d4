"""How much better the trained model predicts held-out conversations than its base: in all, by category, and as a
matrix.

Perplexity is the exponential of the mean loss a token of the answers. Pairs of one conversation resemble each other, so
the bootstrap draws conversations. A category of fewer than five of them says little by itself: it is drawn towards what
the others say, and marked.
"""

from __future__ import annotations

import csv
import io
import json
import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from . import reading
from .configuration import Job
from .dataset import Conversation
from .errors import Exit, WorkerError
from .split import split

FEWEST = 5
RESAMPLES = 2_000
_DIMENSIONS = ("persona", "emotional_arc", "topic")
_MATRICES = (("persona", "emotional_arc"), ("persona", "topic"))


@dataclass
class Score:
    """Losses of one conversation's answers, by base and by trained model."""

    base: float = 0.0
    trained: float = 0.0
    tokens: float = 0.0


@dataclass(frozen=True)
class Group:
    """Conversations that are judged together; `gain` is the fall of the mean loss a token."""

    scores: tuple[Score, ...]

    @property
    def base(self) -> float:
        return sum(s.base for s in self.scores) / sum(s.tokens for s in self.scores)

    @property
    def trained(self) -> float:
        return sum(s.trained for s in self.scores) / sum(s.tokens for s in self.scores)

    @property
    def gain(self) -> float:
        return self.base - self.trained

    def interval(self, key: str) -> tuple[float, float]:
        """95 % of the gain, by resampling conversations; the same for the same key."""
        draw = random.Random(key)
        gains = sorted(Group(tuple(draw.choices(self.scores, k=len(self.scores)))).gain for _ in range(RESAMPLES))
        return gains[int(0.025 * RESAMPLES)], gains[int(0.975 * RESAMPLES) - 1]


def improvement(gain: float) -> float:
    """(base − trained) ÷ base, of perplexities, in per cent."""
    return 100.0 * (1.0 - math.exp(-gain))


def badge(percent: float) -> str:
    if percent >= 30:
        return "production_ready"
    return "acceptable" if percent >= 20 else "below_threshold"


def report(
    conversations: Sequence[Conversation], examples: Sequence[Any], base: Sequence[Sequence[float]],
    trained: Sequence[Sequence[float]], seed: int,
) -> dict[str, Any]:
    """All of it, as a document. `base` and `trained` hold (loss, tokens) of each example."""
    scores: dict[int, Score] = {}
    for example, before, after in zip(examples, base, trained, strict=True):
        score = scores.setdefault(example.conversation, Score())
        score.base += before[0]
        score.trained += after[0]
        score.tokens += before[1]
    if not scores:
        raise WorkerError(Exit.DATASET, "no held-out conversation has a pair with a target: nothing to evaluate on")
    whole = Group(tuple(scores.values()))
    names = {i: _names(conversations[i]) for i in scores}
    groups = {
        d: {
            name: Group(tuple(s for i, s in scores.items() if names[i][d] == name))
            for name in sorted({v[d] for v in names.values()})
        }
        for d in _DIMENSIONS
    }
    by = {d: [_row({d: n}, g, whole.gain, f"{seed}/{d}/{n}") for n, g in of.items()] for d, of in groups.items()}
    matrices = {}
    for rows, columns in _MATRICES:
        cells = []
        for row, in_row in groups[rows].items():
            for column, in_column in groups[columns].items():
                here = tuple(s for i, s in scores.items() if (names[i][rows], names[i][columns]) == (row, column))
                # What row and column say of it together.
                expected = in_row.gain + in_column.gain - whole.gain
                cells.append(
                    _row({rows: row, columns: column}, Group(here), expected, f"{seed}/{row}/{column}"))
        matrices[f"{rows}_by_{columns}"] = cells
    return {
        "held_out_conversations": len(scores),
        "held_out_pairs": len(examples),
        "overall": _row({}, whole, whole.gain, f"{seed}/all"),
        "by": by,
        "matrix": matrices,
        "recommendations": _recommendations(by, matrices),
        # Of these `lora-train evaluate score` makes its intervals and tests.
        "conversations": [
            {
                "id": conversations[i].id, **names[i], "base_loss": round(s.base, 6), "trained_loss": round(s.trained, 6),
                "tokens": s.tokens,
            }
            for i, s in sorted(scores.items())
        ],
        "method": f"exp(mean loss per answer token); 95 % intervals from {RESAMPLES} resamples of conversations; "
        f"groups under {FEWEST} conversations are shrunk to their margins and carry no badge, "
        "and their intervals reach to the shrunk value",
    }


def _row(names: dict[str, str], group: Group, expected: float, key: str) -> dict[str, Any]:
    count = len(group.scores)
    if count == 0:
        return {**names, "conversations": 0, "is_shrunk": True, "badge": None}
    is_shrunk = count < FEWEST
    weight = count / (count + FEWEST) if is_shrunk else 1.0
    gain = weight * group.gain + (1 - weight) * expected
    bounds = group.interval(key) if count > 1 else None
    if bounds is not None:
        # Of its own conversations, which says how little is known; what it is drawn to may lie beyond them.
        bounds = min(bounds[0], gain), max(bounds[1], gain)
    percent = improvement(gain)
    return {
        **names,
        "conversations": count,
        "base_perplexity": round(math.exp(group.base), 4),
        "trained_perplexity": round(math.exp(group.trained), 4),
        "improvement_percent": round(percent, 2),
        "interval_percent": None if bounds is None else [round(improvement(v), 2) for v in bounds],
        "is_shrunk": is_shrunk,
        "badge": None if is_shrunk else badge(percent),
    }


def _recommendations(by: dict[str, list[dict[str, Any]]], matrices: dict[str, list[dict[str, Any]]]) -> list[str]:
    texts = []
    for dimension, rows in by.items():
        sure = [r for r in rows if not r["is_shrunk"]]
        if len(sure) > 1:
            worst = min(sure, key=lambda r: r["improvement_percent"])
            texts.append(
                f"{dimension} '{worst[dimension]}' improves least ({worst['improvement_percent']} %): consider more "
                "training data for it")
    thin = [c for c in matrices["persona_by_emotional_arc"] if 0 < c["conversations"] < FEWEST]
    for cell in sorted(thin, key=lambda c: c["conversations"])[:5]:
        texts.append(
            f"'{cell['persona']}' with '{cell['emotional_arc']}' is held out {cell['conversations']} times: add "
            "conversations to judge it")
    return texts


def table(document: dict[str, Any]) -> str:
    """Every group of the document as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        [*_DIMENSIONS, "conversations", "base_perplexity", "trained_perplexity", "improvement_percent", "low_percent",
         "high_percent", "is_shrunk", "badge"])
    rows: Iterable[dict[str, Any]] = [
        document["overall"], *(r for rows in document["by"].values() for r in rows),
        *(r for rows in document["matrix"].values() for r in rows)]
    for row in rows:
        low, high = row.get("interval_percent") or ("", "")
        writer.writerow(
            [*(row.get(d, "") for d in _DIMENSIONS), row["conversations"], row.get("base_perplexity", ""),
             row.get("trained_perplexity", ""), row.get("improvement_percent", ""), low, high,
             str(row["is_shrunk"]).lower(), row["badge"] or ""])
    return out.getvalue()


def _names(conversation: Conversation) -> dict[str, str]:
    return {"persona": conversation.persona, "emotional_arc": conversation.arc, "topic": conversation.topic}


def run(job: Job) -> dict[str, Any]:
    """`evaluate`: loads the finished adapters and judges them anew."""
    from . import chat, examples, finishing, models, objects, scoring

    models.prepare(job.threads)
    store = objects.opened(job.store)
    weights = models.finished(store, job)
    file = reading.read(job.training_file)
    file.require_sound()
    tokenizer = models.tokenizer(job.model)
    _, held_out = split([c.id for c in file.conversations])
    own = examples.make(file, held_out, tokenizer, job.configuration.max_sequence_length)
    model = models.with_adapters(job, models.base(job, tokenizer))
    models.load_adapter_state(model, weights)

    def scores() -> list[list[float]]:
        return scoring.score(model, own, job.configuration.batch_size, chat.padding(tokenizer), models.device())

    with model.disable_adapter():
        base = scores()
    document = report(file.conversations, own, base, scores(), job.configuration.seed)
    finishing.put_evaluation(store, job, document)
    return document


def dump(document: dict[str, Any]) -> bytes:
    return json.dumps(document, indent=2).encode()
