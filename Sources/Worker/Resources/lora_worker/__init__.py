"""The worker that trains: what runs on the pod, a rented one or a process of this machine.

`python -m lora_worker validate|train|evaluate|package job.json`. Modules that need torch are imported late, so that
`validate` starts in a fraction of a second.
"""

__version__ = "1.0.0"
