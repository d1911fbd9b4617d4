"""What can go wrong, as exit codes that a machine acts on."""

from __future__ import annotations

import enum
import errno


class Exit(enum.IntEnum):
    """How the worker ends; written down by the pod and read by whoever has to decide what follows."""

    OK = 0
    CRASH = 1
    USAGE = 2
    CONFIGURATION = 10
    DATASET = 20
    MODEL = 30
    OUT_OF_MEMORY = 40
    DIVERGED = 41
    CHECKPOINT = 50
    STORAGE = 60
    INTERRUPTED = 75

    @property
    def failure(self) -> str:
        """The engine's name for it (`Failure` in Swift)."""
        return {
            Exit.OUT_OF_MEMORY: "out_of_memory",
            Exit.DATASET: "dataset_format",
            Exit.CRASH: "worker_crash",
        }.get(self, "other")


class WorkerError(Exception):
    """A failure with a known cause: its code, what is wrong, and what can be done about it."""

    def __init__(self, code: Exit, message: str, hint: str | None = None):
        super().__init__(message)
        self.code = code
        self.hint = hint


# Texts of allocators that raise nothing more specific than a RuntimeError.
_MEMORY_TEXTS = (
    "out of memory",
    "outofmemoryerror",
    "can't allocate memory",
    "cannot allocate memory",
    "not enough memory",
    "std::bad_alloc",
    "cublas_status_alloc_failed",
    "cudnn_status_alloc_failed",
)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error, or what it came from, says that memory ran out: on the GPU or on the machine."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        if isinstance(cause, MemoryError):
            return True
        if isinstance(cause, OSError) and cause.errno == errno.ENOMEM:
            return True
        text = f"{type(cause).__name__}: {cause}".lower()
        if isinstance(cause, (RuntimeError, OSError)) and any(words in text for words in _MEMORY_TEXTS):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def exit_code(error: BaseException) -> Exit:
    """The code an error ends the worker with."""
    if isinstance(error, WorkerError):
        return error.code
    if is_out_of_memory(error):
        return Exit.OUT_OF_MEMORY
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO):
        return Exit.STORAGE
    return Exit.CRASH


def described(error: BaseException) -> str:
    """What is told of an error: one that nobody foresaw says little without its kind."""
    return str(error) if isinstance(error, WorkerError) else f"{type(error).__name__}: {error}"
