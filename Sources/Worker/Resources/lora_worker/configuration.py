"""What a job is, as `job.json` says it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import types
import typing
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import Exit, WorkerError

ALL_LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


_TINY = "tiny-random-llama"


@dataclass(frozen=True)
class Model:
    """`tiny`: a random Llama made on the spot. `pretrained`: a name on the hub, or a folder."""

    kind: str = "tiny"
    name: str = _TINY
    revision: str | None = None
    quantization: str = "none"
    dtype: str = "float32"
    gradient_checkpointing: bool = False
    hidden_size: int = 64
    layers: int = 2


@dataclass(frozen=True)
class Training:
    """What the result depends on, and nothing else."""

    rank: int = 16
    alpha: int = 32
    dropout: float = 0.05
    target_modules: tuple[str, ...] = ALL_LINEAR
    learning_rate: float = 2e-4
    schedule: str = "cosine"
    warmup_ratio: float = 0.03
    weight_decay: float = 0.0
    max_gradient_norm: float = 1.0
    epochs: int = 3
    batch_size: int = 2
    gradient_accumulation: int = 2
    max_sequence_length: int = 4096
    seed: int = 1


@dataclass(frozen=True)
class Checkpoints:
    """One every so many steps or seconds, whichever comes first; the newest `keep` stay."""

    every_steps: int = 100
    every_s: float = 1800.0
    keep: int = 3


@dataclass(frozen=True)
class Answers:
    """How suites are answered that were ordered with a job; without a system prompt as the training file's pairs mostly have it."""

    max_new_tokens: int = 400
    system_prompt: str | None = None
    # Seconds, in the time of whoever rented the pod, after which no more is answered; without it until all is.
    limit_s: float | None = None
    # Answers are made durable so often.
    save_every_s: float = 30.0


@dataclass(frozen=True)
class Job:
    job_id: str
    training_file: str
    store: str
    name: str = ""
    model: Model = field(default_factory=Model)
    configuration: Training = field(default_factory=Training)
    checkpoints: Checkpoints = field(default_factory=Checkpoints)
    # Optimizer steps in all; without it what epochs and pairs give.
    steps: int | None = None
    metrics_every: int = 10
    # Fewer conversations than this are refused.
    fewest_conversations: int = 50
    evaluate: bool = True
    # Names of the suites that both models answer once training is over; whoever rented the pod has their text.
    suites: tuple[str, ...] = ()
    answers: Answers = field(default_factory=Answers)
    threads: int | None = None
    # The job whose newest checkpoint this one begins with, and the step of it that is this one's zero to whoever is told of steps.
    resumed_from: str | None = None
    first_step: int = 0
    # The job, over by now, whose adapters answer the suites: then nothing is trained.
    examines: str | None = None
    # Whom the readers of a package ask for help: a mail address or a page.
    support: str = ""

    @property
    def asked(self) -> str:
        """Whose adapters answer suites."""
        return self.examines or self.job_id

    @property
    def fingerprint(self) -> str:
        """Of all that the trained weights depend on, the data apart."""
        facts = {"model": dataclasses.asdict(self.model), "configuration": dataclasses.asdict(self.configuration)}
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    def document(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


def read(path: str | Path) -> Job:
    """Reads `job.json`; paths in it are relative to its folder."""
    try:
        document = decoded(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise WorkerError(Exit.CONFIGURATION, f"{path}: cannot be read: {error.strerror}") from error
    except json.JSONDecodeError as error:
        raise WorkerError(
            Exit.CONFIGURATION, f"{path}:{error.lineno}:{error.colno}: malformed JSON: {error.msg}") from error
    except ValueError as error:
        raise WorkerError(Exit.CONFIGURATION, f"{path}: malformed JSON: {error}") from error
    job = parse(document, str(path))
    folder = Path(path).resolve().parent
    return dataclasses.replace(
        job, training_file=str(folder / job.training_file), store=str(folder / job.store))


def decoded(text: str) -> Any:
    """A JSON value; ValueError where it is none."""
    try:
        return json.loads(text, object_pairs_hook=_object)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(members)
    if len(document) < len(members):
        twice = next(key for key, count in Counter(key for key, _ in members).items() if count > 1)
        raise ValueError(f"{twice!a} is there twice")
    return document


def parse(document: Any, where: str) -> Job:
    """A job from its JSON document; unknown keys and wrong types are named."""
    job = _record(Job, document, where)
    checks = {
        "model.kind": job.model.kind in ("tiny", "pretrained"),
        "model.quantization": job.model.quantization in ("none", "nf4"),
        "model.dtype": job.model.dtype in ("float32", "bfloat16"),
        "model.hidden_size": job.model.hidden_size >= 16 and job.model.hidden_size % 16 == 0,
        "model.layers": job.model.layers >= 1,
        "configuration.rank": job.configuration.rank >= 1,
        "configuration.alpha": job.configuration.alpha >= 1,
        "configuration.dropout": 0 <= job.configuration.dropout < 1,
        "configuration.target_modules": len(job.configuration.target_modules) > 0,
        "configuration.learning_rate": 0 < job.configuration.learning_rate < 1,
        "configuration.schedule": job.configuration.schedule in ("cosine", "linear", "constant"),
        "configuration.warmup_ratio": 0 <= job.configuration.warmup_ratio < 1,
        "configuration.weight_decay": job.configuration.weight_decay >= 0,
        "configuration.max_gradient_norm": job.configuration.max_gradient_norm > 0,
        "configuration.epochs": job.configuration.epochs >= 1,
        "configuration.batch_size": job.configuration.batch_size >= 1,
        "configuration.gradient_accumulation": job.configuration.gradient_accumulation >= 1,
        "configuration.max_sequence_length": job.configuration.max_sequence_length >= 64,
        "checkpoints.every_steps": job.checkpoints.every_steps >= 1,
        "checkpoints.every_s": job.checkpoints.every_s > 0,
        "checkpoints.keep": job.checkpoints.keep >= 2,
        "steps": job.steps is None or job.steps >= 1,
        "threads": job.threads is None or 1 <= job.threads <= 1024,
        "metrics_every": job.metrics_every >= 1,
        "first_step": job.first_step >= 0,
        "answers.max_new_tokens": job.answers.max_new_tokens >= 1,
        "answers.limit_s": job.answers.limit_s is None or job.answers.limit_s >= 0,
        "answers.save_every_s": job.answers.save_every_s >= 0,
        "job_id": _is_name(job.job_id),
        "examines": job.examines is None or _is_name(job.examines),
    }
    for name, is_right in checks.items():
        if not is_right:
            raise WorkerError(Exit.CONFIGURATION, f"{where}: {name} cannot be {_shown(_value(job, name))}")
    if (job.model.kind == "tiny") != (job.model.name == _TINY):
        raise WorkerError(
            Exit.CONFIGURATION, f"{where}: model.name {job.model.name!r} does not go with model.kind {job.model.kind!r}",
            'a model of the hub, or in a folder, is of the kind "pretrained"')
    return job


def _is_name(text: str) -> bool:
    return bool(text) and "/" not in text and not text.startswith(".")


def _value(job: Job, name: str) -> Any:
    value: Any = job
    for part in name.split("."):
        value = getattr(value, part)
    return value


def _record(kind: Any, document: Any, where: str) -> Any:
    if not isinstance(document, dict):
        raise WorkerError(Exit.CONFIGURATION, f"{where}: is not an object")
    hints = typing.get_type_hints(kind)
    names = {f.name: f for f in dataclasses.fields(kind)}
    for key in document:
        if key not in names:
            raise WorkerError(Exit.CONFIGURATION, f"{where}: there is no {key!a}", f"there are {', '.join(names)}")
    for name, item in names.items():
        is_required = item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
        if is_required and name not in document:
            raise WorkerError(Exit.CONFIGURATION, f"{where}: '{name}' is missing")
    return kind(**{key: _converted(hints[key], value, f"{where}: {key}") for key, value in document.items()})


def _converted(hint: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(hint):
        return _record(hint, value, where)
    options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    for option in options:
        if option is type(None) and value is None:
            return None
        if typing.get_origin(option) is tuple and isinstance(value, list) and all(map(_is_text, value)):
            return tuple(value)
        if option is float and type(value) in (int, float) and _is_number(value):
            return float(value)
        if option is bool and type(value) is bool or option is int and type(value) is int and _is_number(value):
            return value
        if option is str and _is_text(value):
            return value
    raise WorkerError(Exit.CONFIGURATION, f"{where} cannot be {_shown(value)}")


def _is_text(value: Any) -> bool:
    """Something that can be a name or a path: NUL and halves of surrogate pairs cannot."""
    return isinstance(value, str) and not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value)


def _is_number(value: float) -> bool:
    """Finite, and within what machines count with."""
    return math.isfinite(value) if isinstance(value, float) else abs(value) < 1 << 63


def _shown(value: Any) -> str:
    text = ascii(value)
    return text if len(text) <= 200 else text[:200] + "…"
