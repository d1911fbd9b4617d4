"""The loss of examples under a model, for training and for evaluation alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from .chat import Example
from .errors import Exit, WorkerError


@dataclass(frozen=True)
class Batch:
    ids: torch.Tensor
    mask: torch.Tensor
    labels: torch.Tensor
    # Tokens that count, and tokens in all.
    answers: int
    tokens: int


def batch(examples: Sequence[Example], pad: int, device: torch.device) -> Batch:
    """Pads on the right; everything but answers is no label."""
    longest = max(len(e.ids) for e in examples)
    ids = torch.full((len(examples), longest), pad, dtype=torch.long)
    mask = torch.zeros((len(examples), longest), dtype=torch.long)
    labels = torch.full((len(examples), longest), -100, dtype=torch.long)
    for row, example in enumerate(examples):
        size = len(example.ids)
        ids[row, :size] = torch.tensor(example.ids)
        mask[row, :size] = 1
        labels[row, example.answer_from:size] = torch.tensor(example.ids[example.answer_from:])
    answers = sum(len(e.ids) - e.answer_from for e in examples)
    if answers <= 0:
        raise WorkerError(Exit.DATASET, "a batch has no answer to learn from")
    tokens = sum(len(e.ids) for e in examples)
    return Batch(ids.to(device), mask.to(device), labels.to(device), answers, tokens)


def losses(model: Any, of: Batch) -> torch.Tensor:
    """The sum of the answers' losses, for each row, in float32."""
    logits = model(input_ids=of.ids, attention_mask=of.mask).logits[:, :-1].float()
    labels = of.labels[:, 1:]
    flat = functional.cross_entropy(
        logits.reshape(-1, logits.shape[-1]), labels.reshape(-1), ignore_index=-100, reduction="none")
    return flat.view(labels.shape).sum(dim=1)


@torch.no_grad()
def score(model: Any, examples: Sequence[Example], size: int, pad: int, device: torch.device) -> list[list[float]]:
    """Sum of losses and number of tokens of each example's answer, without dropout."""
    model.eval()
    scores: list[list[float]] = []
    for start in range(0, len(examples), size):
        part = examples[start:start + size]
        sums = losses(model, batch(part, pad, device)).tolist()
        scores += [[total, float(len(e.ids) - e.answer_from)] for total, e in zip(sums, part, strict=True)]
    model.train()
    return scores


def mean_loss(scores: Sequence[Sequence[float]]) -> float:
    """By token, over all examples."""
    return sum(s[0] for s in scores) / max(1.0, sum(s[1] for s in scores))
