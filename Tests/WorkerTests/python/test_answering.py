"""What both models answer to a suite: kept whole, the same each time, and blind to the place of an option."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

import runs
from listener import Listener
from lora_worker import answering, configuration, errors, launch, ordered, reading, running, sheets, suites
from lora_worker.errors import WorkerError

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
BY_TEXT = {
    "digest": "00000000000000cc",
    "suite": {
        "version": 1, "name": "by-text", "kind": "questions", "year": 2026, "answered_by": "text",
        "items": [{"id": f"t-{i}", "prompt": f"Which is {i}?", "options": {**OPTIONS, "C": "a café"}, "answer": "A"} for i in range(3)],
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
        for name, suite in (("questions", SUITE), ("open", OPEN), ("by-text", BY_TEXT)):
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

    def test_by_text_each_question_is_asked_once_of_each_model(self) -> None:
        _, *lines = self.answer("by-text")
        self.assertEqual(
            [(x["item"], x["model"]) for x in lines], [(f"t-{i}", side) for i in range(3) for side in ("base", "trained")])
        for line in lines:
            self.assertNotIn("order", line)
            self.assertEqual(sorted(line["scores"]), ["A", "B", "C", "D"])
            self.assertEqual(line["scores"][line["answer"]], max(line["scores"].values()))
        self.assertEqual(lines, self.answer("by-text", "--draws", "2", "--temperature", "1")[1:])

    def test_answers_are_the_same_each_time_and_fresh_where_they_should_be(self) -> None:
        short = ("--max-new-tokens", "8")
        first = self.answer("open", *short)
        self.assertEqual(first, self.answer("open", *short))
        self.assertEqual([(x["item"], x["model"]) for x in first[1:]], [
            ("s-1", "base"), ("s-1", "trained"), ("s-2", "base"), ("s-2", "trained")])
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


class TextTests(unittest.TestCase):
    """How likely an option's text is: reckoned here without a cache, in one pass a text."""

    @classmethod
    def setUpClass(cls) -> None:
        from lora_worker import chat, models

        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="lora-worker-")))
        job = configuration.read(runs.make_job(cls.folder))
        tokenizer = models.tokenizer(job.model)
        cls.model, cls.format = models.base(job, tokenizer).eval(), chat.ChatFormat(tokenizer)

    def score(self, format: Any, prompt: str, options: dict[str, str]) -> dict[str, float]:
        suite = suites.Suite("s", "questions", "d", (), "text")
        ask = suites.Ask({"id": "q", "prompt": prompt, "options": options}, "trained")
        return answering.answer(ask, suite, self.model, format, suites.Options())["scores"]

    def by_hand(self, format: Any, prompt: str, text: str) -> float:
        import torch

        start = answering._prompt(format, suites.Options.system_prompt, prompt)
        ids = start + format.text(text)
        with torch.no_grad():
            logs = torch.log_softmax(self.model(input_ids=torch.tensor([ids])).logits[0].float(), dim=-1)
        return sum(logs[i - 1, ids[i]].item() for i in range(len(start), len(ids))) / len(text.encode())

    def test_the_score_is_the_texts_own_by_the_byte(self) -> None:
        options = {"A": "one", "B": "x", "C": "a café or two", "D": " one hundred "}
        found = self.score(self.format, "Which?", options)
        for label, text in options.items():
            self.assertAlmostEqual(found[label], self.by_hand(self.format, "Which?", text.strip()), 4)
        # Another tokenizer, that needs half the tokens: still by the byte.
        coarse = mock.Mock(wraps=self.format, begin=self.format.begin, end=self.format.end)
        coarse.text = lambda text: self.format.text(text)[::2]
        found = self.score(coarse, "Which?", options)
        self.assertAlmostEqual(found["C"], self.by_hand(coarse, "Which?", options["C"]), 4)

    def test_an_options_place_and_its_company_change_nothing(self) -> None:
        first = self.score(self.format, "Which?", {"A": "one", "B": "two", "C": "three"})
        turned = self.score(self.format, "Which?", {"A": "three", "B": "one", "C": "two"})
        fewer = self.score(self.format, "Which?", {"A": "three", "B": "two"})
        self.assertEqual([first[x] for x in "ABC"], [turned[x] for x in "BCA"])
        self.assertEqual([first[x] for x in "CB"], [fewer[x] for x in "AB"])

    def test_another_way_of_answering_or_an_empty_option_is_no_suite(self) -> None:
        for change in ({"answered_by": "vote"}, {"items": [{"id": "q", "prompt": "p", "options": {"A": "x", "B": " "}}]}):
            with self.assertRaises(ValueError):
                suites.parse({"digest": "d", "suite": {**BY_TEXT["suite"], **change}})


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
        prompt = ordered.usual_prompt(reading.read(folder / "data.json"))
        for name, suite in (("small", SUITE), ("open", OPEN)):
            (folder / f"{name}.json").write_text(json.dumps(suite))
            kept = (answers / f"{name}.jsonl").read_text()
            subprocess.run(
                [sys.executable, "-m", "lora_worker", "evaluate", str(folder / "job.json"), "--suite",
                 str(folder / f"{name}.json"), "--system-prompt", prompt, "--max-new-tokens", "8"],
                env=runs.environment(), check=True, capture_output=True, timeout=300)
            self.assertEqual(kept, (answers / f"{name}.jsonl").read_text())

        # Another pod that comes to the end of the same job does not do again what is there.
        lines[3]["kept"] = True
        (answers / "small.jsonl").write_text("".join(json.dumps(x) + "\n" for x in [header, *lines]))
        (answers / "open.jsonl").write_text(json.dumps({**header, "digest": "of another version"}) + "\n")
        listener.reports.clear()
        self.train(folder, listener, suites=["small", "open"])
        self.assertIn("kept", (answers / "small.jsonl").read_text())
        self.assertEqual(len((answers / "open.jsonl").read_text().splitlines()), 1 + 2 * 2)

    def test_what_was_answered_before_an_interruption_is_not_asked_again(self) -> None:
        folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="lora-worker-")))
        listener = Listener()
        self.addCleanup(listener.close)
        listener.suites = [SUITE]
        job = runs.make_job(folder, conversations=12, configuration={"epochs": 1}, suites=["small"])
        # The eleventh answer is never made: the machine is taken back.
        first = runs.start(job, "answering", "11", **listener.environment(LORA_STEP="0"))
        self.addCleanup(lambda: (first.kill(), first.communicate()))
        self.assertEqual(first.wait(120), 75, (folder / "errors").read_text()[-3000:])
        path = folder / "store" / "job-1" / "answers" / "small.jsonl"
        header, *lines = [json.loads(line) for line in path.read_text().splitlines()]
        self.assertEqual(len(lines), 10)
        self.assertEqual([x["model"] for x in lines], 4 * ["base"] + 4 * ["trained"] + 2 * ["base"])
        # What is there is left as it is, and what is missing is added.
        path.write_text("".join(json.dumps(x) + "\n" for x in [header, *({**x, "kept": True} for x in lines)]))
        listener.reports.clear()
        worker = runs.start(job, **listener.environment(LORA_STEP="0"))
        self.addCleanup(lambda: (worker.kill(), worker.communicate()))
        self.assertTrue(
            listener.wait_for(lambda: any(r.get("stage") == "finalization" for r in listener.reports), 120),
            (folder / "errors").read_text()[-3000:])
        _, *whole = [json.loads(line) for line in path.read_text().splitlines()]
        self.assertEqual([bool(x.get("kept")) for x in whole], 10 * [True] + 14 * [False])
        self.assertEqual(len({(x["item"], x["model"], *x["order"]) for x in whole}), 24)

    def test_close_to_its_cap_a_trained_job_completes_without_the_rest(self) -> None:
        folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="lora-worker-")))
        listener = Listener()
        self.addCleanup(listener.close)
        listener.suites, listener.directive = [SUITE, OPEN], "wrap_up"
        self.train(folder, listener, suites=["small", "open"])
        listener.wait_for(lambda: len(unfinished(listener)) == 2, 60)
        self.assertEqual(len(unfinished(listener)), 2)
        self.assertIn("the job came close to its cost cap", unfinished(listener)[0])
        self.assertIn("3 of 3 items", unfinished(listener)[0])
        self.assertFalse((folder / "store" / "job-1" / "answers").exists())
        self.assertTrue((folder / "store" / "job-1" / "adapters" / "adapter_model.safetensors").exists())
        self.assertFalse(any(r["event"] == "failed" for r in listener.reports))

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


def unfinished(listener: Listener) -> list[str]:
    return [n["message"] for n in listener.notes.values() if n.get("code") == "suites_incomplete"]


class ExaminationTests(unittest.TestCase):
    """A job that is over is examined by another, whose pod trains nothing."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="lora-worker-")))
        self.listener = Listener()
        self.addCleanup(self.listener.close)
        self.listener.suites = [SUITE, OPEN]
        job = runs.make_job(self.folder, conversations=12, configuration={"epochs": 1})
        subprocess.run(
            [sys.executable, "-m", "lora_worker", "train", str(job)], env=runs.environment(), capture_output=True,
            check=True, timeout=300)
        self.made = sorted((self.folder / "store").rglob("*"))

    def examine(self, last: str, /, lease: str = "1", **changes: Any) -> list[str]:
        """Until the last of its reports; their stages, or what they are."""
        job = runs.make_job(
            self.folder, conversations=12, configuration={"epochs": 1}, job_id="job-2", steps=1, examines="job-1",
            suites=["small", "open"], answers={"max_new_tokens": 8}, **changes)
        self.listener.reports.clear()
        more = {"LORA_PREPROCESSED": "1"} if lease != "1" else {}
        worker = runs.start(job, **self.listener.environment(LORA_STEP="0", LORA_LEASE=lease, **more))
        self.addCleanup(lambda: (worker.kill(), worker.communicate()))
        said = lambda: [r.get("stage", r["event"]) for r in self.listener.reports]  # noqa: E731
        self.assertTrue(
            self.listener.wait_for(lambda: last in said(), 120), (said(), (self.folder / "errors").read_text()[-3000:]))
        return said()

    def test_its_pod_answers_with_the_adapters_of_the_other_and_makes_nothing_else(self) -> None:
        self.assertEqual(
            self.examine("finalization"), ["boot", "preprocessing", "model_loading", "training", "finalization"])
        made = [path for path in sorted((self.folder / "store").rglob("*")) if path not in self.made]
        own = self.folder / "store" / "job-2"
        self.assertEqual(made, [own, own / "answers", own / "answers" / "open.jsonl", own / "answers" / "small.jsonl"])
        kept = {name: (own / "answers" / f"{name}.jsonl").read_text() for name in ("small", "open")}
        self.assertEqual({json.loads(text.splitlines()[0])["job"] for text in kept.values()}, {"job-1"})
        # The same as by hand.
        prompt = ordered.usual_prompt(reading.read(self.folder / "data.json"))
        job = runs.make_job(self.folder, conversations=12, configuration={"epochs": 1})
        for name, suite in (("small", SUITE), ("open", OPEN)):
            (self.folder / f"{name}.json").write_text(json.dumps(suite))
            subprocess.run(
                [sys.executable, "-m", "lora_worker", "evaluate", str(job), "--suite", str(self.folder / f"{name}.json"),
                 "--system-prompt", prompt, "--max-new-tokens", "8"],
                env=runs.environment(), check=True, capture_output=True, timeout=300)
            self.assertEqual(kept[name], (self.folder / "store" / "job-1" / "answers" / f"{name}.jsonl").read_text())

    def test_another_pod_goes_on_where_the_first_was_taken_back(self) -> None:
        self.examine("finalization")
        path = self.folder / "store" / "job-2" / "answers" / "small.jsonl"
        header, *lines = path.read_text().splitlines()
        path.write_text("\n".join([header, *(json.dumps({**json.loads(x), "kept": True}) for x in lines[:10])]) + "\n")
        self.assertEqual(
            self.examine("finalization", lease="2"), ["boot", "model_loading", "restore", "training", "finalization"])
        self.assertEqual(path.read_text().count("kept"), 10)
        self.assertEqual(len(path.read_text().splitlines()), 25)

    def test_without_adapters_on_another_base_or_without_an_answer_it_fails(self) -> None:
        summary = self.folder / "store" / "job-1" / "training_summary.json"
        adapters = self.folder / "store" / "job-1" / "adapters" / "adapter_model.safetensors"
        kept = summary.read_text()
        summary.write_text(json.dumps({**json.loads(kept), "base_model": "another"}))
        self.assertEqual(self.examine("failed")[-2:], ["preprocessing", "failed"])
        self.assertIn("was trained on another", self.listener.reports[-1]["message"])
        summary.write_text(kept)
        self.listener.suites = []
        self.assertEqual(self.examine("failed")[-2:], ["training", "failed"])
        self.assertIn("job-1 answered nothing", self.listener.reports[-1]["message"])
        adapters.unlink()
        self.assertEqual(self.examine("failed")[-2:], ["preprocessing", "failed"])
        self.assertIn("job-1 has no adapters", self.listener.reports[-1]["message"])

    def test_out_of_memory_it_blames_no_batch(self) -> None:
        error, code = RuntimeError("CUDA out of memory"), errors.Exit.OUT_OF_MEMORY
        for examines, blamed in ((None, True), ("job-1", False)):
            job = runs.make_job(self.folder, conversations=12, configuration={"epochs": 1}, examines=examines, suites=["small"])
            said = running._described(error, code, configuration.parse(json.loads(job.read_text()), "a test"))
            self.assertEqual("batch_size" in f"{said} {said.hint}", blamed)
            self.assertIn("CUDA out of memory", str(said))

    def test_the_launch_says_whom_it_examines(self) -> None:
        own = {"rank": 8, "learningRate": 1e-4, "epochs": 1, "batchSize": 1, "gradientAccumulation": 1,
               "maxSequenceLength": 512, "checkpointEvery": 10}
        job = launch.read({
            "LORA_JOB": json.dumps({"id": "job-2", "name": "n", "configuration": own, "examines": "job-1"}),
            "LORA_STEPS": "1", "LORA_TRAINING_FILE": "f", "LORA_OBJECTS": "o"})
        self.assertEqual((job.job_id, job.examines, job.asked), ("job-2", "job-1", "job-1"))
        with self.assertRaises(WorkerError):
            configuration.parse({"job_id": "job-2", "training_file": "f", "store": "s", "examines": "../job-1"}, "a test")


class Notebook:
    """A reporter that only writes down; `directive` is what it is told after so many answers."""

    def __init__(self) -> None:
        self.contact, self.directive, self.notes = object(), "proceed", []

    def log(self, code: str, message: str, **_: Any) -> None:
        self.notes.append((code, message))

    def warn(self, code: str, message: str, **_: Any) -> None:
        self.notes.append((code, message))


class PatienceTests(unittest.TestCase):
    """How long suites are answered, by a clock that a test sets. Nothing is computed."""

    def setUp(self) -> None:
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="lora-worker-"))
        self.now, self.asked, self.notebook = 0.0, [], Notebook()
        clock = mock.Mock(monotonic=lambda: self.now)
        self.enterContext(mock.patch.object(ordered, "time", clock))
        self.enterContext(mock.patch.object(answering, "answer", self.answer))
        self.enterContext(mock.patch.object(ordered, "fetch", lambda _: [SUITE, OPEN]))
        self.enterContext(mock.patch.dict("sys.modules", {"lora_worker.chat": mock.Mock()}))

    def answer(self, ask: suites.Ask, *_: Any) -> dict[str, Any]:
        self.now += 10
        self.asked.append(ask.key)
        if len(self.asked) == getattr(self, "told_after", 0):
            self.notebook.directive = "stop"
        line: dict[str, Any] = {"item": ask.item["id"], "model": ask.side, "answer": "x"}
        return {**line, "order": list(ask.order)} if ask.order else {**line, "draw": ask.draw}

    def run_suites(self, scale: float = 1.0, **answers: Any) -> None:
        document = {
            "job_id": "job-1", "training_file": "none", "store": self.folder, "suites": ["small", "open"],
            "answers": {"system_prompt": "You are kind.", **answers}}
        job = configuration.parse(document, "a test")
        ordered.Ordered(job, self.notebook, scale).answer(mock.Mock(), mock.Mock(), mock.Mock())

    def lines(self, name: str) -> int:
        path = Path(self.folder) / "job-1" / "answers" / f"{name}.jsonl"
        return len(path.read_text().splitlines()) - 1 if path.exists() else 0

    def test_when_their_time_is_over_what_is_answered_is_kept_and_the_rest_is_named(self) -> None:
        # 24 answers to the first, 4 to the second; ten seconds each.
        self.run_suites(limit_s=95)
        self.assertEqual((self.lines("small"), self.lines("open"), len(self.asked)), (10, 0, 10))
        said = [text for code, text in self.notebook.notes if code == "suites_incomplete"]
        self.assertEqual(len(said), 2)
        self.assertTrue(said[0].endswith("2 of 3 items are not answered by both models: q-1, q-2"), said[0])
        self.assertTrue(said[1].endswith("2 of 2 items are not answered by both models: s-1, s-2"), said[1])
        self.assertIn("their time was over", said[0])
        # The next pod goes on; nothing is asked twice.
        self.run_suites()
        self.assertEqual((self.lines("small"), self.lines("open")), (24, 4))
        self.assertEqual((len(self.asked), len(set(self.asked))), (28, 28))

    def test_the_limit_is_in_the_time_of_whoever_rented_the_pod(self) -> None:
        self.run_suites(scale=10.0, limit_s=950)
        self.assertEqual(len(self.asked), 10)

    def test_without_a_limit_all_is_answered(self) -> None:
        self.run_suites()
        self.assertEqual(len(self.asked), 28)
        self.assertFalse([n for n in self.notebook.notes if n[0] != "suite"])

    def test_told_to_stop_it_asks_nothing_more(self) -> None:
        self.told_after = 7
        self.run_suites()
        self.assertEqual((self.lines("small"), len(self.asked)), (7, 7))

    def test_answers_are_made_durable_every_so_often(self) -> None:
        saved: list[int] = []
        original = sheets.Sheet.save

        def save(sheet: sheets.Sheet, always: bool = False) -> None:
            saved.append(len(self.asked))
            original(sheet, always)

        with mock.patch.object(sheets.Sheet, "save", save):
            self.run_suites(save_every_s=50)
        self.assertEqual(saved, [5, 10, 15, 20, 24, 28])

    def test_the_limit_comes_with_the_job(self) -> None:
        own = {"rank": 8, "learningRate": 1e-4, "epochs": 1, "batchSize": 1, "gradientAccumulation": 1,
               "maxSequenceLength": 512, "checkpointEvery": 10}
        for more, limit in (({"suiteLimit": 1234.5}, 1234.5), ({}, None)):
            job = launch.read({
                "LORA_JOB": json.dumps({"id": "job-1", "name": "n", "configuration": own, **more}), "LORA_STEPS": "10",
                "LORA_TRAINING_FILE": "f", "LORA_OBJECTS": "o",
                "LORA_WORKER_SETTINGS": '{"answers": {"max_new_tokens": 9}}'})
            self.assertEqual((job.answers.limit_s, job.answers.max_new_tokens), (limit, 9))


if __name__ == "__main__":
    unittest.main()
