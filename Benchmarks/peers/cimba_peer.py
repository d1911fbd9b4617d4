"""cimba from PyPI: servers (slots) are compiled processes that take customers (jobs) from a store; compiled before the clock
starts. The interruption races the stage's end in arithmetic."""
import math

import cimba as cb
from cimba import random

from common import lora_check, main

LOG_120, LOG_60, LOG_45 = math.log(120), math.log(60), math.log(45)
compiled = {}


def queue_class(c):
    class Queue(cb.Model):
        count: cb.Param[int]
        between: cb.Param[float]
        line: cb.Store[float]
        left: int = 0
        sum: float = 0.0
        total: cb.Output[float]

        @cb.process
        def source(self):
            for _ in range(self.count):
                cb.hold(random.exponential(self.between))
                self.line.put(cb.now())

        @cb.process(copies=c)
        def server(self):
            while True:
                arrived = self.line.get()
                cb.hold(random.exponential(1.0))
                self.sum += cb.now() - arrived
                self.left += 1
                if self.left == self.count:
                    self.total = self.sum
                    cb.end_trial()

    return Queue


def lora_class(c):
    class Lora(cb.Model):
        count: cb.Param[int]
        between: cb.Param[float]
        line: cb.Store[float]
        ended: int = 0
        holding_sum: float = 0.0
        billed_sum: float = 0.0
        lost_sum: float = 0.0
        waiting_sum: float = 0.0
        interruptions_sum: float = 0.0
        events_sum: float = 0.0
        holding: cb.Output[float]
        billed: cb.Output[float]
        lost: cb.Output[float]
        waiting: cb.Output[float]
        interruptions: cb.Output[float]
        events: cb.Output[float]

        @cb.process
        def source(self):
            for _ in range(self.count):
                cb.hold(random.exponential(self.between))
                self.line.put(cb.now())

        @cb.process(copies=c)
        def slot(self):
            while True:
                arrived = self.line.get()
                admitted = cb.now()
                self.waiting_sum += admitted - arrived
                left = random.dice(15, 35)
                preprocessed = False
                events = 1
                while True:
                    cb.hold(random.lognormal(LOG_120, 0.5))
                    up = cb.now()
                    last = up
                    stop = up + random.exponential(7200.0)
                    events += 1
                    if not preprocessed:
                        length = random.lognormal(LOG_60, 0.25)
                        if last + length <= stop:
                            cb.hold(length)
                            last = cb.now()
                            preprocessed = True
                            events += 1
                    if preprocessed:
                        length = random.lognormal(LOG_45, 0.3)
                        if last + length <= stop:
                            cb.hold(length)
                            last = cb.now()
                            events += 1
                            while left > 0:
                                length = random.normal(95.0, 3.0)
                                if last + length > stop:
                                    break
                                cb.hold(length)
                                last = cb.now()
                                events += 1
                                left -= 1
                            if left == 0:
                                break
                    cb.hold(max(0.0, stop - last))
                    events += 1
                    self.interruptions_sum += 1
                    self.billed_sum += stop - up
                    self.lost_sum += stop - last
                self.billed_sum += last - up
                self.holding_sum += last - admitted
                self.events_sum += events
                self.ended += 1
                if self.ended == self.count:
                    self.holding = self.holding_sum
                    self.billed = self.billed_sum
                    self.lost = self.lost_sum
                    self.waiting = self.waiting_sum
                    self.interruptions = self.interruptions_sum
                    self.events = self.events_sum
                    cb.end_trial()

    return Lora


def run(make, between, c, n, seed):
    """One trial; the class is compiled at its first."""
    if (make, c) not in compiled:
        compiled[make, c] = make(c)
    model = compiled[make, c]()
    model.count = n
    model.between = between
    return cb.Experiment(model, replications=1, seed=seed).run(workers=1)[model]


def queue(c, n, seed):
    result = run(queue_class, 1 / (0.9 * c), c, n, seed)
    return 2 * n, {"time_in_system": result.total.values.item() / n}


def lora(c, n, seed):
    r = run(lora_class, 2730 / (0.85 * c), c, n, seed)
    sums = (x.values.item() for x in (r.holding, r.billed, r.lost, r.waiting, r.interruptions))
    return r.events.values.item(), lora_check(n, *sums)


if __name__ == "__main__":
    import sys

    workloads = {"mm1": queue, "mmc": queue, "lora": lora}
    if len(sys.argv) > 2 and sys.argv[1] in workloads:
        workloads[sys.argv[1]](int(sys.argv[2]), 100, 1)
    main("cimba", workloads)
