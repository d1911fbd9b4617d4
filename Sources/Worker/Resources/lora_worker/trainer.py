"""The training loop: every step is a function of the state before it, the seed and its own number."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import torch

from . import metrics, models, scoring
from .chat import Example
from .checkpoints import State
from .configuration import Job
from .errors import Exit, WorkerError
from .metrics import MetricsLog
from .plan import Plan

_DIVERGED_HINT = "a lower learning rate or a longer warm-up may help; the last checkpoint is whole"


class Trainer:
    """Holds model and optimizer, and the newest copy of both that may be written down at any moment."""

    def __init__(
        self, job: Job, model: Any, training: Sequence[Example], held_out: Sequence[Example], pad: int, data: str,
        reporter: Any,
    ):
        self.job, self.model, self.pad, self.data, self.reporter = job, model, pad, data, reporter
        self.training, self.held_out = training, held_out
        own = job.configuration
        self.device = models.device()
        self.per_step = own.batch_size * own.gradient_accumulation
        self.plan = Plan(len(training), self.per_step, own.epochs, own.seed, steps=job.steps)
        self.parameters = [p for p in model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(
            self.parameters, lr=own.learning_rate, weight_decay=own.weight_decay, foreach=False)
        self.step = 0
        self.log = MetricsLog()
        self.watch = metrics.Watch()
        self.baseline: list[list[float]] = []
        self.elapsed = 0.0
        # Seconds that training stood still for copies, since this was last asked for.
        self.blocked_s = 0.0
        self._lock = threading.Lock()
        self._snapshot: tuple[State, float] | None = None

    # State

    def restore(self, state: State) -> None:
        """Goes on after a checkpoint. With another batch size, or other epochs, what is left is planned anew."""
        if state.data != self.data:
            raise WorkerError(Exit.CHECKPOINT, "the checkpoint is of other training data than the job's")
        own = self.job.configuration
        is_same = state.configuration == self.job.fingerprint
        start = state.start if is_same else state.after
        self.plan = Plan(len(self.training), self.per_step, own.epochs, own.seed, start, self.job.steps)
        models.load_adapter_state(self.model, state.adapter)
        self.optimizer.load_state_dict(state.optimizer)
        for group in self.optimizer.param_groups:
            group["weight_decay"] = own.weight_decay
        self.step, self.elapsed, self.baseline = state.step, state.elapsed_s, state.baseline
        self.log = MetricsLog(state.rows)
        if not is_same:
            self.reporter.warn(
                "configuration_changed", "the configuration is not the checkpoint's: what is left is planned anew",
                step=self.step)

    def snapshot(self) -> tuple[State, float] | None:
        """The newest copy and when its training ended; asked for by whoever writes it down, in any thread."""
        with self._lock:
            return self._snapshot

    def _copy(self) -> None:
        began = time.monotonic()
        state = State(
            step=self.step, seed=self.job.configuration.seed, start=self.plan.start, after=self.plan.after(self.step),
            data=self.data, configuration=self.job.fingerprint, adapter=models.adapter_state(self.model),
            optimizer=_copied(self.optimizer.state_dict()), rows=self.log.list(), baseline=list(self.baseline),
            elapsed_s=self.elapsed)
        with self._lock:
            self._snapshot = (state, began)
        self.blocked_s += time.monotonic() - began

    # Training

    def run(self, after_step: Callable[[], None]) -> None:
        """Trains to the last step; `after_step` is called when a new copy is there."""
        self.model.train()
        if self.job.evaluate and not self.baseline:
            self.baseline = self._with_base(self.held_out)
        else:
            # Quantized layers settle how they compute when they are first used without gradients; a run that goes on
            # has to have done what the one before it had.
            self._with_base(self.held_out[:1] or self.training[:1])
        self._copy()
        self._validate_at_epoch_end()
        while self.step < self.plan.total:
            began = time.monotonic()
            row = self._train_step()
            spent = time.monotonic() - began
            self.elapsed += spent
            self.step = row["step"]
            ends_epoch = self.plan.step(self.step).ends_epoch
            if self.step % self.job.metrics_every == 0 or ends_epoch or self.step == self.plan.total:
                self._tell(row, spent)
            self._copy()
            after_step()
            self._validate_at_epoch_end()
        if self.step > 0 and not self.log.validated(self.step):
            self._validate()

    def _train_step(self) -> dict[str, Any]:
        step = self.plan.step(self.step + 1)
        own = self.job.configuration
        rate = self._rate(step.number)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        chosen = [self.training[i] for i in step.examples]
        answers = sum(len(e.ids) - e.answer_from for e in chosen)
        total = 0.0
        for micro, start in enumerate(range(0, len(chosen), own.batch_size)):
            models.seed_all(own.seed, step.epoch, step.number, micro)
            part = scoring.batch(chosen[start:start + own.batch_size], self.pad, self.device)
            # By the step's tokens, not the micro-batch's: however it is accumulated, every token weighs the same.
            loss = scoring.losses(self.model, part).sum() / answers
            loss.backward()
            total += loss.item()
        norm = float(torch.nn.utils.clip_grad_norm_(self.parameters, own.max_gradient_norm))
        if not (math.isfinite(total) and math.isfinite(norm)):
            raise WorkerError(
                Exit.DIVERGED, f"training diverged at step {step.number}: loss {total}, gradient norm {norm}",
                _DIVERGED_HINT)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        if step.number == 1 and not models.adapters_moved(self.model):
            raise WorkerError(Exit.MODEL, "the first step left every adapter as it was: gradients do not reach them")
        return {
            "step": step.number, "epoch": step.epoch + 1, "training_loss": total, "learning_rate": rate,
            "gradient_norm": norm, "perplexity": metrics.perplexity(total), "tokens": sum(len(e.ids) for e in chosen),
        }

    def _rate(self, number: int) -> float:
        """The learning rate of step `number`, from 1."""
        own, total = self.job.configuration, self.plan.total
        warmup = math.ceil(own.warmup_ratio * total)
        if number <= warmup:
            return own.learning_rate * number / warmup
        share = (number - warmup) / max(1, total - warmup + 1)
        if own.schedule == "constant":
            return own.learning_rate
        if own.schedule == "linear":
            return own.learning_rate * (1 - share)
        return own.learning_rate * 0.5 * (1 + math.cos(math.pi * share))

    # What is told

    def _tell(self, row: dict[str, Any], seconds: float) -> None:
        tokens = row.pop("tokens")
        row = self.log.put(
            **row, tokens_per_s=round(tokens / max(seconds, 1e-9), 1), at=metrics.stamp(),
            elapsed_s=round(self.elapsed, 3), **metrics.gpu())
        self.reporter.metrics(row)
        for code, text in self.watch.look(row):
            self.reporter.warn(code, text, step=row["step"])

    def _validate_at_epoch_end(self) -> None:
        """Also where a run begins at such an end, and the one before it was interrupted in the evaluation."""
        is_at_end = self.step > self.plan.start.step and self.plan.step(self.step).ends_epoch
        if is_at_end and not self.log.validated(self.step):
            self._validate()
            self._copy()

    def _validate(self) -> None:
        if not self.held_out:
            return
        loss = scoring.mean_loss(self.scores())
        if not math.isfinite(loss):
            raise WorkerError(
                Exit.DIVERGED, f"training diverged by step {self.step}: validation loss {loss}", _DIVERGED_HINT)
        self.reporter.metrics(
            self.log.put(self.step, validation_loss=loss, validation_perplexity=metrics.perplexity(loss)))

    def scores(self) -> list[list[float]]:
        """Of the held-out examples, with the adapters as they are."""
        return self._scores(self.held_out)

    def _with_base(self, examples: Sequence[Example]) -> list[list[float]]:
        """By the base model alone."""
        with self.model.disable_adapter():
            return self._scores(examples)

    def _scores(self, examples: Sequence[Example]) -> list[list[float]]:
        return scoring.score(self.model, examples, self.job.configuration.batch_size, self.pad, self.device)


def _copied(value: Any) -> Any:
    """An optimizer's state, apart from the one that goes on changing."""
    if isinstance(value, torch.Tensor):
        return value.detach().to("cpu", copy=True)
    if isinstance(value, dict):
        return {k: _copied(v) for k, v in value.items()}
    return [_copied(v) for v in value] if isinstance(value, list) else value
