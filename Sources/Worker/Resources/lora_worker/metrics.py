"""Rows of metrics, one for a step, and what in them deserves a warning."""

from __future__ import annotations

import math
import shutil
import subprocess
import time
from collections.abc import Iterable
from typing import Any

Row = dict[str, Any]


class MetricsLog:
    """A row is keyed by its step: after a resume, the steps that were lost are overwritten, not doubled."""

    def __init__(self, rows: Iterable[Row] = ()):
        self.rows: dict[int, Row] = {row["step"]: row for row in rows}

    def put(self, step: int, **facts: Any) -> Row:
        row = self.rows.setdefault(step, {"step": step})
        row.update(facts)
        return row

    def list(self) -> list[Row]:
        return [dict(self.rows[step]) for step in sorted(self.rows)]

    def validated(self, step: int) -> bool:
        return self.rows.get(step, {}).get("validation_loss") is not None


class Watch:
    """Looks at the training losses as they come; each warning is said once until it no longer holds."""

    WINDOW = 10
    PLATEAU, DIVERGENCE, IDLE = 0.005, 1.5, 50.0

    def __init__(self) -> None:
        self.losses: list[float] = []
        self.idle = 0
        self.said: set[str] = set()

    def look(self, row: Row) -> list[tuple[str, str]]:
        """Code and message of what is new."""
        found: dict[str, str] = {}
        self.losses.append(row["training_loss"])
        if len(self.losses) >= 2 * self.WINDOW:
            now, before = self._mean(-self.WINDOW, None), self._mean(-2 * self.WINDOW, -self.WINDOW)
            if abs(before - now) <= self.PLATEAU * before:
                found["plateau"] = f"the training loss has been {now:.4f} for {self.WINDOW} reports: it falls no more"
            if now > self.DIVERGENCE * min(self.losses):
                found["divergence"] = f"the training loss rises: {now:.4f}, after {min(self.losses):.4f}"
        use = row.get("gpu_utilization")
        self.idle = self.idle + 1 if use is not None and use < self.IDLE else 0
        if self.idle >= 3:
            found["low_utilization"] = f"the GPU is used to {use:.0f} %: something else holds training up"
        new = [(code, text) for code, text in found.items() if code not in self.said]
        self.said = set(found)
        return new

    def _mean(self, start: int, end: int | None) -> float:
        part = self.losses[start:end]
        return sum(part) / len(part)


def perplexity(loss: float) -> float:
    """Of a mean loss a token; bounded, for JSON knows no infinity."""
    return math.exp(min(loss, 700.0))


def gpu() -> Row:
    """Utilisation in per cent and memory in GB, of the first GPU; empty without one."""
    if shutil.which("nvidia-smi") is None:
        return {}
    asked = ["nvidia-smi", "--query-gpu=utilization.gpu,memory.used", "--format=csv,noheader,nounits", "--id=0"]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=5, check=True).stdout.split(",")
        return {"gpu_utilization": float(answer[0]), "gpu_memory_gb": float(answer[1]) / 1024}
    except (OSError, ValueError, IndexError, subprocess.SubprocessError):
        return {}


def stamp() -> float:
    """Seconds since 1970, to the millisecond."""
    return round(time.time(), 3)
