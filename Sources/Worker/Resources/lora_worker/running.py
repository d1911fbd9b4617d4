"""`train`: the stages of a job, from boot to finalization, each reported with its duration. An examination is a job that trains no step."""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any

from . import ending, launch, objects, reading
from .configuration import Job
from .contact import Contact
from .dataset import TrainingFile
from .ending import Ending
from .errors import Exit, WorkerError, exit_code
from .podstore import PodStore
from .reporting import Reporter
from .split import split


def run(job: Job, environment: Mapping[str, str] = os.environ) -> int:
    """Trains; returns where nobody listens, and otherwise stays until it is told to go."""
    ending.block_signals()
    keep_models_on_volume(environment, os.environ)
    reporter = Reporter(Contact.of(environment))
    end = Ending(reporter, environment)
    reporter.start()
    end.start()
    try:
        _Run(job, environment, reporter, end).run()
    except Exception as error:
        code = exit_code(error)
        if not isinstance(error, WorkerError):
            traceback.print_exc()
        end.failed(_described(error, code, job), code)
    end.is_done = True
    if reporter.contact is None:
        return Exit.OK
    # The pod goes when it is told to; heartbeats go on until then.
    wait_to_be_told(reporter, end, UNTOLD_S / reporter.contact.scale)
    return Exit.OK


def run_launched(environment: Mapping[str, str]) -> int:
    """Trains what the pod was started for. Where that cannot be read, whoever rents it is told so: a rented pod's exit code reaches nobody."""
    try:
        job = launch.read(environment)
    except WorkerError as error:
        contact = Contact.of(environment)
        if contact is None:
            raise
        ending.block_signals()
        reporter = Reporter(contact)
        reporter.start()
        Ending(reporter, environment).failed(error, error.code)
        return error.code
    return run(job, environment)


def keep_models_on_volume(environment: Mapping[str, str], own: MutableMapping[str, str]) -> None:
    """Before the hub's library comes: a model is fetched once for all pods, and not onto a disk that is too small for it.

    Images of RunPod's name folders of their own for it, `/runpod-volume/…`, which are on no volume of a pod's.
    """
    volume = environment.get("LORA_VOLUME")
    for name, folder in (("HF_HOME", "huggingface"), ("HF_HUB_CACHE", "huggingface/hub")) if volume else ():
        if not own.get(name, "").startswith(f"{volume}/"):
            own[name] = f"{volume}/{folder}"


# How long a worker that is done waits to be told to go, in the store's own time.
UNTOLD_S = 600.0


def wait_to_be_told(reporter: Reporter, end: Ending, after_s: float) -> None:
    """Says no more once all is heard and nobody has told it to go: of two pods under one name, what the second says first is taken for what the
    first has said. Then it is its silence that is noticed; where that is not, either, nobody is there, and it ends at its deadline."""
    while not reporter.flush(60):
        pass
    time.sleep(after_s)
    reporter.close()
    # Nobody is listened to any more, so nobody else will notice that.
    time.sleep(reporter.contact.deadline_s if reporter.contact else 0.0)
    end.silent()


def _described(error: Exception, code: Exit, job: Job) -> Exception:
    if code != Exit.OUT_OF_MEMORY:
        return error
    if job.examines is not None:
        return WorkerError(
            code, f"OutOfMemoryError: answering with the adapters of {job.examines} takes more memory than there is ({str(error)[:300]})")
    own = job.configuration
    return WorkerError(
        code,
        f"OutOfMemoryError: batch_size={own.batch_size}, r={own.rank} and sequences of up to {own.max_sequence_length} "
        f"tokens need more memory than there is ({str(error)[:300]})",
        "sequences and batch weigh far more than the rank: a smaller batch_size, or shorter sequences")


class _Run:
    def __init__(self, job: Job, environment: Mapping[str, str], reporter: Reporter, end: Ending):
        self.job, self.environment, self.reporter, self.end = job, environment, reporter, end
        self.scale = reporter.contact.scale if reporter.contact else 1.0
        self.lease = int(environment.get("LORA_LEASE", "1"))

    def run(self) -> None:
        self._boot()
        if self.job.examines is not None:
            return self._examine()
        with self._stage("preprocessing", is_told=self.environment.get("LORA_PREPROCESSED", "0") != "1"):
            file, tokenizer, training, held_out = self._preprocess()
        with self._stage("model_loading"):
            trainer = self._load(file, tokenizer, training, held_out)
        checkpoints = self._checkpoints()
        is_on_pod = self.reporter.contact is not None
        with self._stage("restore", is_told=self.lease > 1 or not is_on_pod):
            state = checkpoints.newest(lambda text: self.reporter.warn("checkpoint_passed_over", text))
            if state is not None:
                trainer.restore(state)
                self.reporter.log("resumed", f"resumed from step {state.step}", step=state.step)
        self._compare_steps(trainer)
        from .saving import Saver

        saver = self.end.saver = Saver(
            trainer, checkpoints, self.job.checkpoints, self.reporter, self.scale,
            self.job.first_step)
        with self._stage("training"):
            trainer.run(saver.after_step)
            saver.save_now()
        with self._stage("finalization"):
            from . import finishing

            finishing.finish(self.job, file, tokenizer, trainer, held_out)
            # The pod is paid for until this stage is over, and so is this.
            self._answer(file, tokenizer, trainer.model)

    def _boot(self) -> None:
        with self._stage("boot"):
            # Only now: the signals are watched, and somebody hears what goes on.
            from . import models

            models.prepare(self.job.threads)
            models.require_gpu(self.job.model, self.environment)
            if self.job.training_file == objects.SERVED:
                folder = tempfile.mkdtemp(prefix="lora-data-")
                path = PodStore.of(self.environment).training_file(folder)
                self.job = dataclasses.replace(self.job, training_file=path)

    def _examine(self) -> None:
        """The stages of a job that trains no step: adapters that are there answer what was ordered since."""
        from . import answering, models

        with self._stage("preprocessing", is_told=self.environment.get("LORA_PREPROCESSED", "0") != "1"):
            # It is asked as it was trained, see ordered.usual_prompt.
            file = reading.read(self.job.training_file)
            file.require_sound()
        with self._stage("model_loading"):
            self.reporter.log("model_loading", f"Loading {self.job.model.name} with the adapters of {self.job.examines}...")
            store, tokenizer = objects.opened(self.job.store, self.environment), models.tokenizer(self.job.model)
            self._require_same_base(store)
            model = answering.trained(self.job, store, tokenizer)
        with self._stage("restore", is_told=self.lease > 1 or self.reporter.contact is None):
            pass
        with self._stage("training"):
            pass
        with self._stage("finalization"):
            answers = self._answer(file, tokenizer, model)
            if not answers.has_answers:
                raise WorkerError(Exit.MODEL, f"{self.job.examines} answered nothing: the warnings before this say why")

    def _require_same_base(self, store: Any) -> None:
        """Adapters on another base than theirs would answer, too, and nonsense."""
        summary = store.get(f"{self.job.examines}/training_summary.json")
        base = json.loads(summary).get("base_model") if summary else None
        if base not in (None, self.job.model.name):
            raise WorkerError(
                Exit.CONFIGURATION, f"{self.job.examines} was trained on {base}, and this pod has {self.job.model.name}",
                "name that model in the worker's settings")

    def _answer(self, file: TrainingFile, tokenizer: Any, model: Any) -> Any:
        from . import ordered

        answers = self.end.answers = ordered.Ordered(self.job, self.reporter, self.scale)
        answers.answer(file, tokenizer, model)
        return answers

    @contextmanager
    def _stage(self, name: str, is_told: bool = True) -> Iterator[None]:
        began = time.monotonic()
        yield
        if is_told:
            seconds = round((time.monotonic() - began) * self.scale, 3)
            self.reporter.report("stage_finished", stage=name, duration_s=seconds)

    def _preprocess(self) -> tuple[TrainingFile, Any, list[Any], list[Any]]:
        from . import examples, models

        file = reading.read(self.job.training_file)
        file.require_sound()
        count = len(file.conversations)
        fewest = self.job.fewest_conversations
        if count < fewest:
            raise WorkerError(Exit.DATASET, f"{count} conversations are fewer than the {fewest} that a job needs")
        for text in file.warnings:
            self.reporter.warn("dataset", text)
        self.reporter.log("preprocessing", f"Tokenizing {count} conversations...")
        tokenizer = models.tokenizer(self.job.model)
        training, held_out = (
            examples.make(file, which, tokenizer, self.job.configuration.max_sequence_length)
            for which in split([c.id for c in file.conversations]))
        if not training:
            raise WorkerError(Exit.DATASET, "no training conversation has a pair with a target")
        pairs = training + held_out
        cut = sum(e.is_cut for e in pairs)
        if cut:
            self.reporter.warn("cut", f"{cut} of {len(pairs)} pairs are longer than a sequence may be")
        return file, tokenizer, training, held_out

    def _load(self, file: TrainingFile, tokenizer: Any, training: list[Any], held_out: list[Any]) -> Any:
        from . import chat, models
        from .trainer import Trainer

        self.reporter.log("model_loading", f"Loading {self.job.model.name} ({self.job.model.quantization})...")
        model = models.with_adapters(self.job, models.base(self.job, tokenizer))
        return Trainer(
            self.job, model, training, held_out, chat.padding(tokenizer), file.fingerprint, self.reporter)

    def _checkpoints(self) -> Any:
        from .checkpoints import Checkpoints
        pod, job = self.environment.get("LORA_POD", "here"), self.job
        store = objects.opened(job.store, self.environment)
        near = objects.near(job.store, self.environment)
        return Checkpoints(store, job.job_id, pod, job.checkpoints.keep, job.resumed_from, near)

    def _compare_steps(self, trainer: Any) -> None:
        plan = trainer.plan
        if plan.total != plan.natural:
            self.reporter.warn(
                "steps", f"the job asks for {plan.total} steps; its epochs and pairs would give {plan.natural}")
        durable = int(self.environment.get("LORA_STEP", "0")) + self.job.first_step
        if trainer.step < durable:
            self.reporter.warn("steps", f"step {durable} was durable; the newest good checkpoint is {trainer.step}")
        self.reporter.log("training", f"training from step {trainer.step} of {plan.total}", step=trainer.step)
