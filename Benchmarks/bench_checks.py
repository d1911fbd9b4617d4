"""Did a program do the work? Its means against the exact values of workloads.md, within five standard errors."""
from math import factorial, sqrt


def erlang_c(c, load):
    """The probability to wait in M/M/c with offered load a = c · load."""
    a = c * load
    if c > 150:
        raise ValueError("c is too large for this formula")
    top = a ** c / factorial(c) / (1 - load)
    return top / (sum(a ** k / factorial(k) for k in range(c)) + top)


def exact(workload, c, n):
    """{key: (exact value, standard error)} for a run of `n`."""
    if workload in ("mm1", "mmc", "mmc-kernel"):
        wait = erlang_c(c, 0.9) / (c * 0.1)
        # The asymptotic variance of M/M/1's mean wait at load 0.9 is 35,901; c servers are one that is c times as fast.
        # A run that starts empty is short of its mean, the shorter the more.
        return {"time_in_system": (1 + wait, sqrt(35_901 / n) / c + 1 / sqrt(n))}
    if workload.startswith("lora"):
        root = sqrt(n)
        return {
            "holding_s": (2699.253, 800 / root), "cost_usd": (1.397646, 0.45 / root),
            "interruptions": (0.349412, 0.65 / root), "lost_s": (16.27, 40 / root + 0.01),
        }
    if workload.startswith("hold"):
        # 8,192 increments, drawn once.
        return {"holds_per_event_and_time": (1, 0.011)}
    return {}


def wrong(line):
    """What is off in a line of JSON, as text; empty: nothing."""
    faults = []
    for key, (value, error) in exact(line["workload"], line["c"], line["n"]).items():
        found = line["check"].get(key)
        if found is None:
            continue
        if not abs(found - value) <= 5 * error:
            faults.append(f"{line['engine']} {line['workload']} c={line['c']}: {key} is {found:g}, not {value:g} ± {error:.2g}")
    return faults
