"""Runs the worker with one thing wrong at one place: `python drive.py PLACE COUNT job.json`.

PLACE is where, COUNT the how-manieth time it gets there.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

from lora_worker import __main__, ending, objects
from lora_worker.errors import Exit, WorkerError

# As the worker does: before torch comes, and its threads with it.
ending.block_signals()

from lora_worker import scoring  # noqa: E402


def at(count: int, what: Callable[[], Any]) -> Callable[[], Any]:
    """`what`, the how-manieth time only."""
    seen = [0]

    def call() -> Any:
        seen[0] += 1
        return what() if seen[0] == count else None

    return call


def told_to_go_and_stuck() -> None:
    """SIGTERM, and the training gets no further: whatever is saved was there before."""
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait()


def before(module: Any, name: str, call: Callable[[], Any]) -> None:
    """Has `call` come before a function; what it returns takes the place of the function's result."""
    original = getattr(module, name)

    def wrapped(*arguments: Any, **named: Any) -> Any:
        result = call()
        return original(*arguments, **named) if result is None else result

    setattr(module, name, wrapped)


def fails(error: Exception) -> Callable[[], Any]:
    def call() -> Any:
        raise error

    return call


def main() -> int:
    place, count, job = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    if place == "accumulation":
        before(scoring, "batch", at(count, told_to_go_and_stuck))
    elif place == "evaluation":
        original = scoring.score
        calls = [0]

        def score(*arguments: Any) -> Any:
            calls[0] += 1
            if calls[0] == count:
                before(scoring, "losses", at(2, told_to_go_and_stuck))
            return original(*arguments)

        scoring.score = score
    elif place == "save":
        # Between a checkpoint and its sum.
        before(objects.os, "fsync", at(count, lambda: os.kill(os.getpid(), signal.SIGTERM)))
    elif place == "killed-in-save":
        before(objects.os, "fsync", at(count, lambda: os.kill(os.getpid(), signal.SIGKILL)))
    elif place == "cuda":
        text = "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.10 GiB"
        before(scoring, "losses", at(count, fails(RuntimeError(text))))
    elif place == "nan":
        before(scoring, "losses", at(count, not_a_number))
    elif place == "full":
        before(objects.os, "fsync", fails(OSError(errno.ENOSPC, "No space left on device")))
    elif place == "answering":
        from lora_worker import answering

        before(answering, "answer", at(count, told_to_go_and_stuck))
    elif place == "error":
        before(scoring, "losses", at(count, fails(RuntimeError("something that nobody foresaw"))))
    else:
        raise WorkerError(Exit.USAGE, place)
    return __main__.main(["train", job])


def not_a_number() -> Any:
    import torch

    return torch.tensor([float("nan")], requires_grad=True)


if __name__ == "__main__":
    sys.exit(main())
