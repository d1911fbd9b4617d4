"""A job as a pod is told of it, in its environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .configuration import Job, decoded, parse
from .errors import Exit, WorkerError


def read(environment: Mapping[str, str]) -> Job:
    """A job as the pod's launch describes it: `LORA_JOB` is `JobDescription`, in Swift's words."""
    try:
        description = decoded(environment["LORA_JOB"])
        own = description["configuration"]
        before = description.get("resumedFrom") or {"job": None, "step": 0}
        document: dict[str, Any] = {
            "job_id": description["id"],
            "name": description["name"],
            "training_file": environment["LORA_TRAINING_FILE"],
            "store": environment["LORA_OBJECTS"],
            "steps": int(environment["LORA_STEPS"]) + before["step"],
            "resumed_from": before["job"],
            "first_step": before["step"],
            "examines": description.get("examines"),
            "suites": [suite["name"] for suite in description.get("suites") or []],
            "answers": {"limit_s": description.get("suiteLimit")},
            "configuration": {
                "rank": own["rank"],
                "alpha": 2 * own["rank"],
                "learning_rate": own["learningRate"],
                "epochs": own["epochs"],
                "batch_size": own["batchSize"],
                "gradient_accumulation": own["gradientAccumulation"],
                "max_sequence_length": own["maxSequenceLength"],
            },
            "checkpoints": {"every_steps": own["checkpointEvery"]},
        }
        # What this machine adds: which model it can hold, for one.
        settings = decoded(environment.get("LORA_WORKER_SETTINGS", "{}"))
        for key, value in settings.items():
            document[key] = {**document.get(key, {}), **value} if isinstance(value, dict) else value
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise WorkerError(Exit.CONFIGURATION, f"the pod was started without a whole job: {error!r}") from error
    # A machine of one's own makes do with the tiny model; who pays for a GPU did not mean that.
    is_elsewhere = environment["LORA_OBJECTS"] == "served" or any(k in environment for k in ("RUNPOD_POD_ID", "SLURM_JOB_ID"))
    if is_elsewhere and "model" not in settings:
        raise WorkerError(
            Exit.CONFIGURATION, "no model is named for this pod, and a random tiny one is not what it was rented for",
            'name it in the worker\'s settings: {"model": {"kind": "pretrained", "name": …}}')
    return parse(document, "LORA_JOB")
