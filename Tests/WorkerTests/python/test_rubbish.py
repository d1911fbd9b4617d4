"""Rubbish in job.json and in training files, drawn from SEED: each ends with its exit code and a message that names the place, none with a
traceback. Needs no torch.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
import os
import random
import re
import tempfile
import unittest
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import runs
import training_files
from lora_worker import launch
from lora_worker.__main__ import main
from lora_worker.contact import Contact
from lora_worker.errors import WorkerError
from lora_worker.suites import Options, asks, parse

SEED = int(os.environ.get("SEED", "1"))
DRAWS = int(os.environ.get("RUBBISH", "150"))
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**30, float("nan"), float("inf"), "", "x", "\0", "\ud800", "x" * 5000, [], [1], {}, {"a": 1}, [[]])
BYTES = (b"[", b"{", b'"', b"}", b"\n", b"\xff", b"\0", b"NaN", b"1e999", b"\\ud800", b"[" * 5000, b"9" * 5000)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to everything in a document, the document itself apart."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(value[key], (*path, key))


def spoilt(document: Any, draw: random.Random) -> Any:
    """One thing in it is something else, gone, or too much; as often at its top as far down."""
    document = copy.deepcopy(document)
    found = list(places(document))
    depth = draw.randint(1, max(map(len, found)))
    *path, key = draw.choice([p for p in found if len(p) == depth])
    inside = document
    for part in path:
        inside = inside[part]
    how = draw.randrange(3)
    if how == 0:
        inside[key] = draw.choice(VALUES)
    elif how == 1:
        del inside[key]
    elif isinstance(inside, dict):
        inside[draw.choice(("x", "\ud800", "", "_meta"))] = draw.choice(VALUES)
    else:
        inside.insert(key, draw.choice(VALUES))
    return document


def torn(data: bytes, draw: random.Random) -> bytes:
    """Cut off, with a hole, or with something in it that is no part of it."""
    at = draw.randrange(len(data))
    how = draw.randrange(3)
    if how == 0:
        return data[:at]
    if how == 1:
        return data[:at] + data[at + draw.randint(1, 20):]
    return data[:at] + draw.choice(BYTES) + data[at:]


class RubbishTests(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="lora-worker-")))
        self.document = training_files.document(3, 2)
        self.job = json.loads(runs.make_job(self.folder, 3, 2).read_text())
        self.job |= {"steps": 5, "suites": ["a"], "resumed_from": None, "support": "x", "answers": {"limit_s": 3.0}}

    def validated(self, content: bytes) -> tuple[int, str]:
        path = self.folder / "file"
        path.write_bytes(content)
        # As at a terminal: what cannot be shown is escaped in errors, and is an error itself on standard output.
        streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", errors) for errors in ("strict", "backslashreplace")]
        with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
            code = main(["validate", str(path)])
        streams[0].flush()
        streams[1].flush()
        return code, streams[1].buffer.getvalue().decode()  # type: ignore[attr-defined]

    def drawn(self, what: str, codes: set[int], make: Callable[[random.Random], bytes]) -> None:
        seen: Counter[int] = Counter()
        for number in range(DRAWS):
            content = make(random.Random(f"{SEED}/{what}/{number}"))
            with self.subTest(what=what, number=number, seed=SEED):
                code, errors = self.validated(content)
                seen[code] += 1
                self.assertIn(code, codes, errors)
                self.assertNotIn("Traceback", errors)
                self.assertEqual(bool(code), bool(errors), errors)
                if code == 20:
                    self.assertRegex(errors, rf"{self.folder}/(file:\d+:\d+: .|[^:]+: cannot be read: .)")
                elif code == 10:
                    self.assertRegex(errors, rf"^lora_worker: {self.folder}/file(:\d+:\d+)?: .")
        print(f"rubbish: {what}, SEED={SEED}: {dict(seen)}", flush=True)
        self.assertGreater(len(seen), 1, "some are sound and some are not, or nothing was tried")

    def test_a_document_with_something_wrong_in_it(self) -> None:
        self.drawn("a document", {0, 20}, lambda draw: json.dumps(spoilt(self.document, draw)).encode())

    def test_a_document_that_is_torn(self) -> None:
        data = json.dumps(self.document, indent=2).encode()
        self.drawn("a torn document", {0, 20}, lambda draw: torn(data, draw))

    def test_lines_with_something_wrong_in_them(self) -> None:
        lines = training_files.write_lines(self.folder / "lines", self.document).read_text().splitlines()

        def make(draw: random.Random) -> bytes:
            changed = list(lines)
            number = draw.randrange(len(lines))
            changed[number] = json.dumps(spoilt(json.loads(lines[number]), draw))
            return "\n".join(changed).encode()

        self.drawn("lines", {0, 20}, make)

    def test_lines_that_are_torn(self) -> None:
        data = training_files.write_lines(self.folder / "lines", self.document).read_bytes()
        self.drawn("torn lines", {0, 20}, lambda draw: torn(data, draw))

    def test_a_job_with_something_wrong_in_it(self) -> None:
        self.drawn("a job", {0, 10, 20}, lambda draw: json.dumps(spoilt(self.job, draw)).encode())

    def test_a_job_that_is_torn(self) -> None:
        data = json.dumps(self.job, indent=2).encode()
        self.drawn("a torn job", {0, 10, 20}, lambda draw: torn(data, draw))

    def test_a_key_that_is_there_twice_in_a_job(self) -> None:
        text = json.dumps(self.job).replace('"rank": 4', '"rank": 4, "rank": 8')
        code, errors = self.validated(text.encode())
        self.assertEqual((code, errors), (10, f"lora_worker: {self.folder}/file: malformed JSON: 'rank' is there twice\n"))

    def test_a_pods_settings_that_are_none(self) -> None:
        own = {
            "rank": 8, "learningRate": 1e-4, "epochs": 2, "batchSize": 4, "gradientAccumulation": 1, "maxSequenceLength": 2048,
            "checkpointEvery": 50,
        }
        told = {
            "LORA_JOB": json.dumps({"id": "job-7", "name": "seven", "configuration": own}), "LORA_TRAINING_FILE": "/data",
            "LORA_OBJECTS": "/objects", "LORA_STEPS": "90",
        }
        launch.read(told)
        for key, text in (
            ("LORA_WORKER_SETTINGS", '"x"'), ("LORA_WORKER_SETTINGS", "[1]"), ("LORA_WORKER_SETTINGS", "{"),
            ("LORA_WORKER_SETTINGS", '{"model": 7}'), ("LORA_WORKER_SETTINGS", '{"threads": 0}'), ("LORA_JOB", "[]"),
            ("LORA_JOB", "[" * 5000), ("LORA_JOB", '{"id": 7}'), ("LORA_STEPS", "many"),
        ):
            with self.subTest(key=key, text=text[:20]), self.assertRaises(WorkerError) as caught:
                launch.read({**told, key: text})
            self.assertEqual(caught.exception.code, 10)

    def test_whom_to_report_to_is_not_told_and_no_secret_is(self) -> None:
        whole = {"LORA_REPORT": "http://here", "LORA_POD": "pod-1-2", "LORA_SECRET": "a-secret"}
        for changed in ({"LORA_DEADLINE_S": "a-secret"}, {"LORA_TIME_SCALE": ""}, {"LORA_POD": None}):
            environment = {k: v for k, v in {**whole, **changed}.items() if v is not None}
            with self.subTest(**changed), self.assertRaises(WorkerError) as caught:
                Contact.of(environment)
            self.assertEqual(caught.exception.code, 10)
            self.assertIsNotNone(re.search("|".join(changed), str(caught.exception)))
            self.assertNotIn("a-secret", str(caught.exception))

    def test_a_suite_that_is_none(self) -> None:
        suite = {
            "digest": "d",
            "suite": {"name": "s", "kind": "questions", "items": [{"id": "1", "prompt": "?", "options": {"A": "a", "B": "b"}}]},
        }
        self.assertEqual(len(parse(suite).items), 1)
        read = 0
        for number in range(DRAWS):
            # What `suites.read` makes an error of the configuration.
            with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
                list(asks(parse(spoilt(suite, random.Random(f"{SEED}/suite/{number}"))), Options()))
                read += 1
        self.assertTrue(0 < read < DRAWS, read)


if __name__ == "__main__":
    unittest.main()
