"""Which checkpoints stay, and whose, where pods that were given up live on."""

from __future__ import annotations

import queue
import tempfile
import threading
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

from lora_worker import objects, saving
from lora_worker.checkpoints import Checkpoints, State
from lora_worker.configuration import Checkpoints as Interval
from lora_worker.objects import FolderStore
from lora_worker.plan import Start
from lora_worker.saving import Saver

KEEP = 3


def state(step: int) -> State:
    return State(
        step=step, seed=1, start=Start(), after=Start(), data="data", configuration="configuration", adapter={}, optimizer={})


class CheckpointTests(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="lora-worker-")))

    def pod(self, name: str) -> Checkpoints:
        pod = Checkpoints(FolderStore(self.folder / "store"), "job-1", name, KEEP)
        pod.newest(self.fail)
        return pod

    def steps(self, pod: str) -> list[int]:
        return sorted(int(p.stem.rsplit("-", 1)[1]) for p in self.folder.glob(f"*/job-1/checkpoints/{pod}/*.pt"))

    def test_a_pod_that_lives_on_and_its_successor_leave_each_others(self) -> None:
        zombie = self.pod("first")
        zombie.save(state(10))
        successor = self.pod("second")
        for step in (20, 30, 40, 50):
            zombie.save(state(step))
        successor.save(state(11))
        self.assertEqual(self.steps("second"), [11])
        zombie.save(state(60))
        self.assertEqual(self.steps("second"), [11])
        for step in (12, 13, 14):
            successor.save(state(step))
        self.assertEqual((self.steps("first"), self.steps("second")), ([40, 50, 60], [12, 13, 14]))

    def test_by_steps_or_by_time_whichever_comes_first(self) -> None:
        clock = mock.Mock(monotonic=mock.Mock(return_value=0.0))
        self.enterContext(mock.patch.object(saving, "time", clock))
        saved: queue.Queue[int] = queue.Queue()
        trainer = mock.Mock(step=0, blocked_s=0.0, snapshot=lambda: (state(trainer.step), 0.0))
        checkpoints = mock.Mock(near=None, save=lambda copy: saved.put(copy.step))
        reported = threading.Event()
        reporter = mock.Mock(report=lambda *_, **__: reported.set())
        saver = Saver(trainer, checkpoints, Interval(every_steps=100, every_s=60.0), reporter, 1.0)
        # Were one saved that is not due, it would be the first to come.
        for step, now, is_due in (
            (7, 59.0, False), (8, 60.0, True), (99, 119.0, False), (100, 119.5, True), (101, 179.0, False), (102, 180.0, True),
        ):
            trainer.step, clock.monotonic.return_value = step, now
            reported.clear()
            saver.after_step()
            if is_due:
                self.assertEqual(saved.get(timeout=30), step)
                self.assertTrue(reported.wait(30))

    def test_the_last_seconds_save_onto_the_volume_past_an_upload_that_hangs(self) -> None:
        uploading, goes_on = threading.Event(), threading.Event()

        class Slow(FolderStore):
            def put(self, name: str, data: Any) -> None:
                uploading.set()
                goes_on.wait(30)
                super().put(name, data)

        class Trainer:
            step, blocked_s = 0, 0.0

            def snapshot(self) -> tuple[State, float]:
                return state(self.step), 0.0

        class Reporter:
            told: list[int] = []

            def report(self, event: str, **facts: Any) -> None:
                self.told.append(facts["step"])

        near = objects.near("served", {"LORA_VOLUME": str(self.folder / "volume"), "LORA_POD": "lt-abc-1-7"})
        assert near is not None
        trainer, reporter = Trainer(), Reporter()
        first = Checkpoints(Slow(self.folder / "store"), "job-1", "lt-abc-1-7", KEEP, near=near)
        saver = Saver(trainer, first, Interval(every_steps=1), reporter, 1.0)
        trainer.step = 1
        saver.after_step()
        self.assertTrue(uploading.wait(30))
        trainer.step = 2
        self.assertTrue(saver.save_at_once())
        self.assertEqual(reporter.told, [2])
        goes_on.set()
        with saver._writing:
            pass
        self.assertEqual(reporter.told, [2])
        # The next pod takes the volume's, and clears it once it has a later one of its own.
        second = Checkpoints(FolderStore(self.folder / "store"), "job-1", "lt-abc-1-8", KEEP, near=near)
        found = second.newest(self.fail)
        assert found is not None
        self.assertEqual(found.step, 2)
        self.assertEqual(len(list(near.names("job-1/checkpoints"))), 2)
        second.save(state(3))
        self.assertEqual(list(near.names("job-1/checkpoints")), [])

    def test_only_a_rented_pod_with_a_volume_has_a_folder_near(self) -> None:
        self.assertIsNone(objects.near("served", {"LORA_POD": "lt-abc-1-7"}))
        self.assertIsNone(objects.near(str(self.folder), {"LORA_POD": "lt-abc-1-7", "LORA_VOLUME": str(self.folder)}))

    def test_what_was_there_before_goes_as_own_ones_come(self) -> None:
        before = self.pod("first")
        for step in (1, 2, 3):
            before.save(state(step))
        after = self.pod("second")
        for step, left in ((4, [2, 3]), (5, [3]), (6, []), (7, [])):
            after.save(state(step))
            self.assertEqual(self.steps("first"), left)
        self.assertEqual(self.steps("second"), [5, 6, 7])


if __name__ == "__main__":
    unittest.main()
