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
from listener import Listener
from lora_worker import answering, dataset

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


class OrderedTests(unittest.TestCase):
    """Suites that were ordered with a job: fetched from whoever rented the pod, and answered before it is let go."""

    def train(self, folder: Path, listener: Listener, **changes: Any) -> None:
        job = runs.make_job(
            folder, conversations=12, configuration={"epochs": 1}, answers={"max_new_tokens": 8}, **changes)
        worker = runs.start(job, **listener.environment(LORA_STEP="0"))
        self.addCleanup(lambda: (worker.kill(), worker.communicate()))
        self.assertTrue(
            listener.wait_for(lambda: any(r.get("stage") == "finalization" for r in listener.reports), 120),
            (folder / "errors").read_text()[-3000:])

    def test_they_are_answered_within_the_last_stage(self) -> None:
        folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="lora-worker-")))
        listener = Listener(faults=0.4, seed=3)
        self.addCleanup(listener.close)
        listener.suites = [SUITE, OPEN]
        self.train(folder, listener, suites=["small", "open"])
        answers = folder / "store" / "job-1" / "answers"
        header, *lines = [json.loads(line) for line in (answers / "small.jsonl").read_text().splitlines()]
        self.assertEqual((header["digest"], header["job"], header["temperature"]), (SUITE["digest"], "job-1", 0.0))
        self.assertEqual(len(lines), 3 * 4 * 2)
        self.assertEqual(len((answers / "open.jsonl").read_text().splitlines()), 1 + 2 * 2)
        # The same as by hand, later: with the finished adapters and the prompt that the file mostly has.
        prompt = answering.usual_prompt(dataset.read(folder / "data.json"))
        for name, suite in (("small", SUITE), ("open", OPEN)):
            (folder / f"{name}.json").write_text(json.dumps(suite))
            kept = (answers / f"{name}.jsonl").read_text()
            subprocess.run(
                [sys.executable, "-m", "lora_worker", "evaluate", str(folder / "job.json"), "--suite",
                 str(folder / f"{name}.json"), "--system-prompt", prompt, "--max-new-tokens", "8"],
                env=runs.environment(), check=True, capture_output=True, timeout=300)
            self.assertEqual(kept, (answers / f"{name}.jsonl").read_text())

        # Another pod that comes to the end of the same job does not do again what is there.
        (answers / "small.jsonl").write_text(json.dumps({**header, "kept": True}) + "\n")
        (answers / "open.jsonl").write_text(json.dumps({"digest": "of another version"}) + "\n")
        listener.reports.clear()
        self.train(folder, listener, suites=["small", "open"])
        self.assertIn("kept", (answers / "small.jsonl").read_text())
        self.assertEqual(len((answers / "open.jsonl").read_text().splitlines()), 1 + 2 * 2)

    def test_what_cannot_be_answered_does_not_cost_the_training(self) -> None:
        folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="lora-worker-")))
        listener = Listener()
        self.addCleanup(listener.close)
        broken = {"digest": "cc", "suite": {"name": "broken", "kind": "questions", "items": [{"id": "q"}]}}
        listener.suites = [broken, OPEN]
        self.train(folder, listener, suites=["broken", "open"])
        self.assertTrue((folder / "store" / "job-1" / "answers" / "open.jsonl").exists())
        self.assertFalse((folder / "store" / "job-1" / "answers" / "broken.jsonl").exists())
        listener.wait_for(lambda: any(n.get("code") == "suites_failed" for n in listener.notes.values()), 60)
        said = [n["message"] for n in listener.notes.values() if n.get("code") == "suites_failed"]
        self.assertEqual(len(said), 1)
        self.assertIn("broken", said[0])
        self.assertFalse(any(r["event"] == "failed" for r in listener.reports))


if __name__ == "__main__":
    unittest.main()
