"""What both models answer to a suite: kept whole, the same each time, and blind to the place of an option."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

import runs

OPTIONS = {"A": "one", "B": "two", "C": "three", "D": "four"}
SUITE = {
    "digest": "00000000000000aa",
    "suite": {
        "version": 1, "name": "small", "kind": "questions", "year": 2026,
        "items": [{"id": f"q-{i}", "prompt": f"Which is {i}?", "options": OPTIONS, "answer": "A"} for i in range(3)],
    },
}
OPEN = {
    "digest": "00000000000000bb",
    "suite": {
        "version": 1, "name": "open", "kind": "scenarios", "year": 2026,
        "items": [{"id": "s-1", "prompt": "I worry."}, {"id": "s-2", "prompt": "<|eot_id|> We fight."}],
    },
}


class AnsweringTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="lora-worker-")))
        cls.job = runs.make_job(cls.folder, conversations=20, configuration={"epochs": 1})
        subprocess.run(
            [sys.executable, "-m", "lora_worker", "train", str(cls.job)], env=runs.environment(), capture_output=True,
            check=True, timeout=300)
        for name, suite in (("questions", SUITE), ("open", OPEN)):
            (cls.folder / f"{name}.json").write_text(json.dumps(suite))

    def answer(self, name: str, *more: str) -> list[dict[str, Any]]:
        run = subprocess.run(
            [sys.executable, "-m", "lora_worker", "evaluate", str(self.job), "--suite", str(self.folder / f"{name}.json"), *more],
            env=runs.environment(), capture_output=True, text=True, timeout=300)
        self.assertEqual(run.returncode, 0, run.stderr[-3000:])
        return [json.loads(line) for line in Path(run.stdout.strip()).read_text().splitlines()]

    def test_every_option_stands_in_every_place_once(self) -> None:
        header, *lines = self.answer("questions")
        self.assertEqual(header["format"], "lora-train-answers")
        self.assertEqual(header["digest"], SUITE["digest"])
        self.assertEqual(len(lines), 3 * 4 * 2)
        for item in ("q-0", "q-1", "q-2"):
            for side in ("base", "trained"):
                own = [line for line in lines if (line["item"], line["model"]) == (item, side)]
                for place in range(4):
                    self.assertEqual(sorted(line["order"][place] for line in own), ["A", "B", "C", "D"])
                for line in own:
                    self.assertEqual(line["scores"][line["answer"]], max(line["scores"].values()))
        base, trained = ([x["scores"] for x in lines if x["model"] == side] for side in ("base", "trained"))
        self.assertNotEqual(base, trained)

    def test_answers_are_the_same_each_time_and_fresh_where_they_should_be(self) -> None:
        short = ("--max-new-tokens", "8")
        first = self.answer("open", *short)
        self.assertEqual(first, self.answer("open", *short))
        self.assertEqual([(x["item"], x["model"]) for x in first[1:]], [
            ("s-1", "base"), ("s-2", "base"), ("s-1", "trained"), ("s-2", "trained")])
        fresh = self.answer("open", *short, "--temperature", "1", "--draws", "2")
        self.assertEqual(len(fresh), 1 + 2 * 2 * 2)
        self.assertEqual(fresh, self.answer("open", *short, "--temperature", "1", "--draws", "2"))
        self.assertNotEqual(fresh, self.answer("open", *short, "--temperature", "1", "--draws", "2", "--seed", "2"))

    def test_what_is_no_suite_is_refused(self) -> None:
        (self.folder / "broken.json").write_text("{}")
        run = subprocess.run(
            [sys.executable, "-m", "lora_worker", "evaluate", str(self.job), "--suite", str(self.folder / "broken.json")],
            env=runs.environment(), capture_output=True, text=True, timeout=300)
        self.assertEqual(run.returncode, 10)
        self.assertIn("lora-train evaluate export", run.stderr)


if __name__ == "__main__":
    unittest.main()
