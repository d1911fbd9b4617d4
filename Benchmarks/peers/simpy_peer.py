"""SimPy: servers (slots) are processes that take customers (jobs) from a store. The interruption races the stage's end in
arithmetic, so that each model event is one timeout and no process is ever interrupted."""
import platform
from math import exp, log
from random import Random

import simpy

from common import lora_check, main


def queue(c, n, seed):
    rng = Random(seed)
    random = rng.random
    env = simpy.Environment()
    timeout = env.timeout
    line = simpy.Store(env)
    total = 0.0

    def source():
        between = 1 / (0.9 * c)
        for _ in range(n):
            yield timeout(-log(1 - random()) * between)
            line.put(env.now)

    def server():
        nonlocal total
        while True:
            arrived = yield line.get()
            yield timeout(-log(1 - random()))
            total += env.now - arrived

    env.process(source())
    for _ in range(c):
        env.process(server())
    env.run()
    return 2 * n, {"time_in_system": total / n}


def lora(c, n, seed):
    rng = Random(seed)
    random, gauss = rng.random, rng.gauss
    env = simpy.Environment()
    timeout = env.timeout
    line = simpy.Store(env)
    log120, log60, log45 = log(120), log(60), log(45)
    holding = billed = lost = waiting = 0.0
    interruptions = events = 0

    def source():
        between = 2730 / (0.85 * c)
        for _ in range(n):
            yield timeout(-log(1 - random()) * between)
            line.put(env.now)

    def slot():
        nonlocal holding, billed, lost, waiting, interruptions, events
        while True:
            arrived = yield line.get()
            admitted = env.now
            waiting += admitted - arrived
            left = 15 + int(21 * random())
            events += 1
            preprocessed = False
            while True:
                yield timeout(exp(log120 + 0.5 * gauss(0, 1)))
                up = last = env.now
                stop = up - log(1 - random()) * 7200
                events += 1
                if not preprocessed:
                    end = last + exp(log60 + 0.25 * gauss(0, 1))
                    if end <= stop:
                        yield timeout(end - last)
                        last = env.now
                        preprocessed = True
                        events += 1
                if preprocessed:
                    end = last + exp(log45 + 0.3 * gauss(0, 1))
                    if end <= stop:
                        yield timeout(end - last)
                        last = env.now
                        events += 1
                        while left:
                            length = gauss(95, 3)
                            if last + length > stop:
                                break
                            yield timeout(length)
                            last = env.now
                            events += 1
                            left -= 1
                        if not left:
                            break
                yield timeout(max(0.0, stop - last))
                events += 1
                interruptions += 1
                billed += stop - up
                lost += stop - last
            billed += last - up
            holding += last - admitted

    env.process(source())
    for _ in range(c):
        env.process(slot())
    env.run()
    return events, lora_check(n, holding, billed, lost, waiting, interruptions)


name = "simpy" if platform.python_implementation() == "CPython" else "simpy-pypy"
main(name, {"mm1": queue, "mmc": queue, "lora": lora})
