"""Checkpoints in an object store: written so that a bad one is recognised, and passed over when one is looked for.

`JOB/checkpoints/POD/checkpoint-step-N.pt`, and its SHA-256 beside it, which is written last. Each pod has a folder of
its own: one that was given up and lives on cannot touch another's.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import re
from dataclasses import asdict, dataclass, field
from typing import Any

import torch

from .errors import Exit, WorkerError
from .objects import FolderStore
from .plan import Start

_NAME = re.compile(r"checkpoint-step-(\d+)\.pt\.sha256$")
VERSION = 1


@dataclass
class State:
    """All that a run consists of after a step. The random numbers are a function of seed, epoch and step."""

    step: int
    seed: int
    start: Start
    after: Start
    data: str
    configuration: str
    adapter: dict[str, torch.Tensor]
    optimizer: dict[str, Any]
    rows: list[dict[str, Any]] = field(default_factory=list)
    baseline: list[list[float]] = field(default_factory=list)
    elapsed_s: float = 0.0


class Checkpoints:
    def __init__(
        self, store: Any, job: str, pod: str, keep: int, resumed_from: str | None = None, near: FolderStore | None = None
    ):
        """`near`: a folder on the pod's volume, for what has to be durable within seconds; the next pod mounts it, too."""
        self.store, self.keep, self.near = store, keep, near
        self.before = f"{resumed_from}/checkpoints" if resumed_from else None
        self.folder = f"{job}/checkpoints"
        self.own = f"{self.folder}/{pod}"
        # Those of other pods that were there when this one looked: only they are older than its own.
        self._inherited: list[str] = []
        self._inherited_near: list[tuple[int, str]] = []

    def save(self, state: State) -> str:
        """Writes a checkpoint; when this returns, it is durable. Older ones beyond `keep` go, but none that another pod has written since."""
        name = self._write(self.store, state)
        own = [old for _, old in self._all(self.store, self.own)]
        left = max(0, self.keep - len(own))
        # A number says nothing between pods: one that was given up and lives on may be ahead of its successor.
        for old in own[self.keep:] + self._inherited[left:]:
            self._delete(self.store, old)
        self._inherited = self._inherited[:left]
        for step, old in self._inherited_near:
            if step <= state.step:
                self._delete(self.near, old)
        self._inherited_near = [(step, old) for step, old in self._inherited_near if step > state.step]
        return name

    def save_near(self, state: State) -> str:
        """The same on the pod's volume: no network to the store is fast enough for the seconds that are left."""
        return self._write(self.near, state)

    def _write(self, store: Any, state: State) -> str:
        name = f"{self.own}/checkpoint-step-{state.step:06}.pt"
        document = {**vars(state), "start": asdict(state.start), "after": asdict(state.after), "version": VERSION}
        buffer = io.BytesIO()
        torch.save(document, buffer)
        data = buffer.getbuffer()
        store.put(name, data)
        store.put(name + ".sha256", hashlib.sha256(data).hexdigest().encode())
        return name

    @staticmethod
    def _delete(store: Any, name: str) -> None:
        # Its sum first: what is half deleted is no checkpoint.
        store.delete(name + ".sha256")
        store.delete(name)

    def newest(self, notice: Any) -> State | None:
        """The newest good one, of this job or of the one it goes on from; what is wrong with newer ones goes to `notice`."""
        self._inherited = [n for _, n in self._all(self.store, self.folder) if not n.startswith(self.own + "/")]
        if self.near is not None:
            self._inherited_near = self._all(self.near, self.folder)
        state = self._newest(self.folder, notice)
        if state is None and self.before is not None:
            state = self._newest(self.before, notice)
            if state is None:
                raise WorkerError(
                    Exit.CHECKPOINT, f"{self.before} has no good checkpoint to go on from",
                    "start the job from the beginning")
        return state

    def _newest(self, folder: str, notice: Any) -> State | None:
        found = [(step, name, store) for store in (self.store, self.near) if store for step, name in self._all(store, folder)]
        # Of two of one step the store's, which was whole before it was told of.
        for _, name, store in sorted(found, key=lambda f: f[0], reverse=True):
            try:
                return self._load(store, name)
            except WorkerError as error:
                notice(str(error))
        return None

    @staticmethod
    def _all(store: Any, folder: str) -> list[tuple[int, str]]:
        found = []
        for name in store.names(folder):
            match = _NAME.search(name)
            if match:
                found.append((int(match.group(1)), name.removesuffix(".sha256")))
        return sorted(found, reverse=True)

    @staticmethod
    def _load(store: Any, name: str) -> State:
        data, digest = store.get(name), store.get(name + ".sha256")
        if data is None or digest is None or hashlib.sha256(data).hexdigest() != digest.decode(errors="replace"):
            raise WorkerError(Exit.CHECKPOINT, f"{name} is damaged: its SHA-256 differs")
        try:
            document = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
            if document.pop("version") != VERSION:
                raise WorkerError(Exit.CHECKPOINT, f"{name} was written by another version")
            document["start"], document["after"] = Start(**document["start"]), Start(**document["after"])
            return State(**document)
        except (RuntimeError, KeyError, TypeError, ValueError, EOFError, pickle.UnpicklingError) as error:
            raise WorkerError(Exit.CHECKPOINT, f"{name} is damaged: {error}") from error
