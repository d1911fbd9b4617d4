"""The command line: `python -m lora_worker validate|train|evaluate|package job.json`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from collections.abc import Sequence

from . import configuration, launch, validation
from .errors import Exit, WorkerError, exit_code


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="lora_worker", description="Trains LoRA adapters on one pod.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="validate|train|evaluate|package")
    validate = commands.add_parser("validate", help="says what is wrong with a training file; needs no torch")
    validate.add_argument("job", help="job.json, or a training file itself")
    validate.add_argument("--json", action="store_true", help="say it as JSON")
    for name, text in (
        ("train", "trains, and resumes where checkpoints are; without job.json what LORA_JOB says"),
        ("evaluate", "perplexity on held-out conversations; with --suite the suite's prompts; with and without the adapter"),
        ("package", "makes the downloads: adapters, metrics, deployment package"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("job", nargs="?", help="job.json")
        if name == "evaluate":
            _add_suites(command)
    options = parser.parse_args(arguments)
    try:
        return _run(options)
    except Exception as error:  # the last place where a cause can still be named
        code = exit_code(error)
        if not isinstance(error, WorkerError):
            traceback.print_exc()
        print(f"lora_worker: {error}", file=sys.stderr)
        if isinstance(error, WorkerError) and error.hint:
            print(f"lora_worker: {error.hint}", file=sys.stderr)
        return code


def _add_suites(command: argparse.ArgumentParser) -> None:
    from .suites import Options

    command.add_argument("--suite", action="append", default=[], help="what lora-train evaluate export wrote; again for more")
    command.add_argument("--system-prompt", default=Options.system_prompt)
    command.add_argument("--max-new-tokens", type=_count, default=Options.max_new_tokens)
    command.add_argument("--temperature", type=_temperature, default=0.0, help="0: deterministic")
    command.add_argument("--draws", type=_count, default=1, help="answers to each open prompt, with a temperature above 0")
    command.add_argument("--seed", type=int, default=1)


def _count(text: str) -> int:
    if (value := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return value


def _temperature(text: str) -> float:
    if not 0 <= (value := float(text)) <= 100:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 100")
    return value


def _run(options: argparse.Namespace) -> int:
    if options.command == "validate":
        return validation.run(options.job, as_json=options.json)
    if options.command == "train" and not options.job:
        from . import running

        return running.run_launched(os.environ)
    job = configuration.read(options.job) if options.job else launch.read(os.environ)
    if options.command == "train":
        from . import running

        return running.run(job)
    if options.command == "evaluate" and options.suite:
        from . import answering, suites

        own = suites.Options(
            options.system_prompt, options.max_new_tokens, options.temperature, options.draws, options.seed)
        for path in answering.run(job, options.suite, own):
            print(path)
    elif options.command == "evaluate":
        from . import evaluation

        print(json.dumps(evaluation.run(job), indent=2))
    else:
        from . import packaging

        for path in packaging.run(job):
            print(path)
    return Exit.OK


if __name__ == "__main__":
    sys.exit(main())
