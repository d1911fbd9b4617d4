"""Perplexities, intervals and thin cells, by numbers that can be done by hand. Needs no torch."""

from __future__ import annotations

import csv
import io
import math
import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from lora_worker import evaluation, metrics, packaging, plan
from lora_worker.configuration import parse
from lora_worker.dataset import Conversation
from lora_worker.metrics import Watch


@dataclass(frozen=True)
class Scored:
    conversation: int


def conversation(number: int) -> Conversation:
    return Conversation(f"c{number}", "planner" if number < 8 else "avoider", "arc", f"topic{number % 2}")


class EvaluationTests(unittest.TestCase):
    def report(self, count: int = 10, gain: float = 0.5) -> dict[str, object]:
        base = [[2.0 * 10, 10.0] for _ in range(count)]
        trained = [[(2.0 - gain) * 10, 10.0] for _ in range(count)]
        examples = [Scored(i) for i in range(count)]
        return evaluation.report([conversation(i) for i in range(count)], examples, base, trained, seed=1)

    def test_perplexity_is_the_exponential_of_the_mean_loss(self) -> None:
        overall = self.report()["overall"]
        self.assertAlmostEqual(overall["base_perplexity"], math.exp(2.0), places=3)
        self.assertAlmostEqual(overall["trained_perplexity"], math.exp(1.5), places=3)
        self.assertAlmostEqual(overall["improvement_percent"], 100 * (1 - math.exp(-0.5)), places=1)
        self.assertEqual(overall["badge"], "production_ready")

    def test_badges(self) -> None:
        names = [evaluation.badge(p) for p in (35, 30, 29.9, 20, 19.9, -5)]
        self.assertEqual(names, ["production_ready"] * 2 + ["acceptable"] * 2 + ["below_threshold"] * 2)

    def test_a_thin_cell_is_drawn_to_its_margins_and_has_no_badge(self) -> None:
        count = 10
        examples = [Scored(i) for i in range(count)]
        base = [[20.0, 10.0]] * count
        # Only the two of the second persona improve.
        trained = [[20.0, 10.0]] * 8 + [[10.0, 10.0]] * 2
        document = evaluation.report([conversation(i) for i in range(count)], examples, base, trained, seed=1)
        planner, avoider = sorted(document["by"]["persona"], key=lambda r: r["persona"], reverse=True)
        self.assertEqual((planner["is_shrunk"], planner["badge"]), (False, "below_threshold"))
        self.assertEqual((avoider["conversations"], avoider["is_shrunk"], avoider["badge"]), (2, True, None))
        # 2 of 7 its own gain of 1.0, 5 of 7 that of all, 0.2.
        self.assertAlmostEqual(avoider["improvement_percent"], 100 * (1 - math.exp(-(2 * 1.0 + 5 * 0.2) / 7)), places=1)
        cells = document["matrix"]["persona_by_topic"]
        self.assertEqual(sum(c["conversations"] for c in cells), count)
        self.assertTrue(all(c["badge"] is None for c in cells if c["conversations"] < 5))

    def test_a_point_lies_in_its_interval(self) -> None:
        examples = [Scored(i) for i in range(10)]
        base = [[20.0, 10.0]] * 10
        for gains in ([0.0] * 8 + [10.0] * 2, [9.0] * 8 + [0.0] * 2, [float(i % 3) for i in range(10)]):
            trained = [[20.0 - g, 10.0] for g in gains]
            document = evaluation.report([conversation(i) for i in range(10)], examples, base, trained, seed=1)
            rows = [document["overall"], *(r for rs in document["by"].values() for r in rs),
                    *(r for rs in document["matrix"].values() for r in rs)]
            with_interval = [r for r in rows if r.get("interval_percent")]
            self.assertTrue(any(r["is_shrunk"] for r in with_interval))
            for row in with_interval:
                low, high = row["interval_percent"]
                self.assertTrue(low <= row["improvement_percent"] <= high, row)

    def test_the_interval_covers_and_is_the_same_each_time(self) -> None:
        examples = [Scored(i) for i in range(10)]
        base = [[20.0, 10.0]] * 10
        trained = [[20.0 - i, 10.0] for i in range(10)]
        made = [evaluation.report([conversation(i) for i in range(10)], examples, base, trained, seed=1) for _ in "ab"]
        self.assertEqual(made[0], made[1])
        low, high = made[0]["overall"]["interval_percent"]
        self.assertTrue(low < made[0]["overall"]["improvement_percent"] < high)

    def test_the_table_has_every_group(self) -> None:
        document = self.report()
        rows = list(csv.DictReader(io.StringIO(evaluation.table(document))))
        self.assertEqual(len(rows), 1 + 2 + 1 + 2 + 2 + 4)
        self.assertEqual(rows[0]["badge"], "production_ready")


class PlanTests(unittest.TestCase):
    def test_every_example_once_an_epoch(self) -> None:
        for examples, per_step in ((1253, 4), (10, 3), (3, 5)):
            it = plan.Plan(examples, per_step, 3, seed=7)
            self.assertEqual(it.total, 3 * math.ceil(examples / per_step))
            steps = [it.step(n) for n in range(1, it.total + 1)]
            for epoch in range(3):
                taken = [e for s in steps if s.epoch == epoch for e in s.examples]
                self.assertEqual(sorted(taken), list(range(examples)))
            self.assertEqual(sum(s.ends_epoch for s in steps), 3)

    def test_another_plan_takes_what_is_left(self) -> None:
        it = plan.Plan(10, 3, 2, seed=7)
        for after in range(it.total + 1):
            taken = [e for n in range(1, after + 1) for e in it.step(n).examples]
            rest = plan.Plan(10, 4, 2, 7, it.after(after))
            taken += [e for n in range(after + 1, rest.total + 1) for e in rest.step(n).examples]
            self.assertEqual(sorted(taken), sorted(list(range(10)) * 2))


class MetricsTests(unittest.TestCase):
    def test_the_columns_of_the_table(self) -> None:
        job = parse({"job_id": "j", "training_file": "f", "store": "s", "name": "My job"}, "job")
        rows = [{"step": 1, "epoch": 1, "training_loss": 0.5, "at": 0.0, "elapsed_s": 2.0}, {"step": 2}]
        table = list(csv.reader(io.StringIO(packaging.metrics_table(packaging.metrics_document(job, rows)))))
        self.assertEqual(
            table[0], ["step_number", "epoch", "training_loss", "validation_loss", "learning_rate", "perplexity",
                       "gpu_utilization", "timestamp", "elapsed_time_seconds"])
        self.assertEqual(table[1], ["1", "1", "0.5", "", "", "", "", "1970-01-01T00:00:00Z", "2.0"])

    def test_a_gpu_is_read_where_there_is_one(self) -> None:
        with tempfile.TemporaryDirectory() as folder, mock.patch.dict("os.environ", {"PATH": folder}):
            self.assertEqual(metrics.gpu(), {})
            tool = Path(folder) / "nvidia-smi"
            # What the driver answers to this question, of one GPU in use and of one that does not say.
            for answer, found in (
                ("87, 40960", {"gpu_utilization": 87.0, "gpu_memory_gb": 40.0}), ("[N/A], 40960", {}), ("No devices were found", {}),
            ):
                tool.write_text(f"#!/bin/sh\necho '{answer}'\n")
                tool.chmod(0o755)
                self.assertEqual(metrics.gpu(), found)

    def test_warnings_are_said_once(self) -> None:
        watch = Watch()
        said = [code for _ in range(40) for code, _ in watch.look({"training_loss": 1.0})]
        self.assertEqual(said, ["plateau"])
        said = [code for i in range(20) for code, _ in watch.look({"training_loss": 1.0 + i})]
        self.assertEqual(said, ["divergence"])
        idle = Watch()
        said = [code for _ in range(5) for code, _ in idle.look({"training_loss": 1.0, "gpu_utilization": 10.0})]
        self.assertEqual(said, ["low_utilization"])


if __name__ == "__main__":
    unittest.main()
