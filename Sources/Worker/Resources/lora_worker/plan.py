"""Which examples an optimizer step takes: a function of (seed, epoch, step), so a resume needs only a number."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Start:
    """Where a plan begins: not at zero where a run goes on with another batch size."""

    step: int = 0
    epoch: int = 0
    offset: int = 0


@dataclass(frozen=True)
class Step:
    """`number` counts optimizer steps from 1, `epoch` from 0; `offset` is how much of the epoch is done after it."""

    number: int
    epoch: int
    offset: int
    examples: tuple[int, ...]
    ends_epoch: bool


class Plan:
    """Epochs in steps of `per_step` examples; the last step of an epoch takes what is left of it."""

    def __init__(
        self, examples: int, per_step: int, epochs: int, seed: int, start: Start = Start(), steps: int | None = None
    ):
        self.examples, self.per_step, self.epochs, self.seed, self.start = examples, per_step, epochs, seed, start
        self.each = math.ceil(examples / per_step)
        # What is left of the epoch it begins in.
        self.first = math.ceil((examples - start.offset) / per_step)
        left = self.first + (epochs - start.epoch - 1) * self.each if start.epoch < epochs else 0
        self.natural = start.step + left
        self.total = self.natural if steps is None else steps
        self._order: tuple[int, list[int]] = (-1, [])

    def step(self, number: int) -> Step:
        """Step `number`; steps go on beyond the last epoch where more are asked for."""
        index = number - self.start.step - 1
        if index < self.first:
            epoch, place = self.start.epoch, self.start.offset + index * self.per_step
        else:
            epoch, within = divmod(index - self.first, self.each)
            epoch, place = self.start.epoch + 1 + epoch, within * self.per_step
        end = min(place + self.per_step, self.examples)
        return Step(number, epoch, end, tuple(self.order(epoch)[place:end]), end == self.examples)

    def order(self, epoch: int) -> list[int]:
        if self._order[0] != epoch:
            order = list(range(self.examples))
            random.Random(f"{self.seed}/{epoch}").shuffle(order)
            self._order = (epoch, order)
        return self._order[1]

    def after(self, number: int) -> Start:
        """Where another plan goes on after step `number` of this one."""
        if number <= self.start.step:
            return self.start
        step = self.step(number)
        return Start(number, step.epoch + 1, 0) if step.ends_epoch else Start(number, step.epoch, step.offset)
