"""salabim: servers that passivate when the line is empty; generators (its fast mode, not `yieldless`), monitors off."""
from math import log
from random import Random

import salabim as sim

from common import main

sim.yieldless(False)


class Customer(sim.Component):
    def setup(self):
        self.arrived = self.env.now()


def queue(c, n, seed):
    random = Random(seed).random
    env = sim.Environment(trace=False, random_seed=seed)
    line = sim.Queue("line", monitor=False)
    idle = []
    total = 0.0

    class Source(sim.Component):
        def process(self):
            between = 1 / (0.9 * c)
            for _ in range(n):
                yield self.hold(-log(1 - random()) * between)
                line.add(Customer())
                if idle:
                    idle.pop().activate()

    class Server(sim.Component):
        def process(self):
            nonlocal total
            while True:
                while not len(line):
                    idle.append(self)
                    yield self.passivate()
                customer = line.pop()
                yield self.hold(-log(1 - random()))
                total += env.now() - customer.arrived

    Source()
    for _ in range(c):
        Server()
    env.run()
    return 2 * n, {"time_in_system": total / n}


main("salabim", {"mm1": queue, "mmc": queue})
