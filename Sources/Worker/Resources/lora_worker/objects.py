"""The object store of a pod: a folder, on a volume or this machine, or behind links. What is under a name is whole, or not there."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

from .errors import Exit, WorkerError
from .podstore import PodStore

# In place of a folder: the objects of a rented pod are kept by whoever rented it.
SERVED = "served"


def opened(store: str, environment: Mapping[str, str] = os.environ) -> FolderStore | PodStore:
    """The store that a job names: a folder, or what is behind the pod's links."""
    return PodStore.of(environment) if store == SERVED else FolderStore(store)


def near(store: str, environment: Mapping[str, str] = os.environ) -> FolderStore | None:
    """A folder on the pod's volume, where it has one (`LORA_VOLUME`) and its objects are elsewhere: one for each store that rents pods."""
    volume = environment.get("LORA_VOLUME")
    if store != SERVED or not volume:
        return None
    # A pod's name is its store's, and two numbers.
    return FolderStore(Path(volume) / "lora-train" / environment["LORA_POD"].rsplit("-", 2)[0])


class FolderStore:
    """Objects are files; a new one is written under another name, synced and renamed."""

    def __init__(self, root: str | Path):
        self.root = Path(root)
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorkerError(Exit.STORAGE, f"{self.root}: cannot be made: {error.strerror}") from error

    def put(self, name: str, data: bytes | memoryview) -> None:
        path = self.root / name
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(temporary, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
            self._sync_folder(path.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise WorkerError(Exit.STORAGE, f"{path}: cannot be written: {error.strerror}") from error

    def get(self, name: str) -> bytes | None:
        """None where there is no such object."""
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise WorkerError(Exit.STORAGE, f"{self.root / name}: cannot be read: {error.strerror}") from error

    def names(self, folder: str) -> Iterator[str]:
        """Every object below a folder, in order; what a dead writer left unfinished is none."""
        base = self.root / folder
        for path in sorted(base.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield str(path.relative_to(self.root))

    def delete(self, name: str) -> None:
        try:
            (self.root / name).unlink(missing_ok=True)
        except OSError as error:
            raise WorkerError(Exit.STORAGE, f"{self.root / name}: cannot be deleted: {error.strerror}") from error

    def location(self, name: str) -> str:
        return str(self.root / name)

    @staticmethod
    def _sync_folder(folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
