"""Reference fits for FitLifelinesTests: writes lifelines_reference.json beside itself.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install lifelines==0.30.3
    /tmp/venv/bin/python lifelines_reference.py

Data sets are drawn here with fixed seeds and stored with the estimates, so that the tests need no Python.
lifelines stops at a gradient of 1e-6 or so; each fit is therefore polished by Nelder-Mead on its own likelihood.
"""
import json, pathlib, warnings
import numpy as np, lifelines
from lifelines import ExponentialFitter, WeibullFitter, LogNormalFitter, PiecewiseExponentialFitter

warnings.filterwarnings("ignore")
E = {"exponential": (ExponentialFitter, lambda f: {"mean": f.lambda_}),
     "weibull": (WeibullFitter, lambda f: {"shape": f.rho_, "scale": f.lambda_}),
     "lognormal": (LogNormalFitter, lambda f: {"median": float(np.exp(f.mu_)), "sigma": f.sigma_})}


def se(f, family):
    """Standard errors of the logs of the parameters."""
    s = f.summary["se(coef)"]
    if family == "exponential": return [s["lambda_"] / f.lambda_]
    if family == "weibull": return [s["rho_"] / f.rho_, s["lambda_"] / f.lambda_]
    return [s["mu_"], s["sigma_"] / f.sigma_]


def right(name, seed, n, draw, censor, entry=None):
    r = np.random.default_rng(seed)
    rows = []
    while len(rows) < n:
        t, c, e = draw(r), censor(r), entry(r) if entry else 0.0
        d = min(t, c)
        if d > e: rows.append([round(d, 6), int(t <= c), round(e, 6)])
    return {"name": name, "kind": "right", "rows": rows}


def interval(name, seed, n, draw, width, end):
    r = np.random.default_rng(seed)
    rows = []
    for _ in range(n):
        t, w = draw(r), width
        lo = float(np.floor(t / w) * w)
        rows.append([end, None] if lo >= end else [lo, lo + w])
    return {"name": name, "kind": "interval", "rows": rows}


sets = [
    right("weibull censored", 1, 300, lambda r: 8 * r.weibull(1.6), lambda r: r.exponential(12)),
    right("weibull heavy censoring", 2, 400, lambda r: 20 * r.weibull(0.6), lambda r: r.uniform(0, 15)),
    right("lognormal censored", 3, 250, lambda r: r.lognormal(2, 0.7), lambda r: r.uniform(2, 25)),
    right("exponential censored", 4, 150, lambda r: r.exponential(3600), lambda r: r.exponential(5000)),
    right("weibull truncated", 5, 300, lambda r: 10 * r.weibull(1.3), lambda r: r.uniform(3, 25), lambda r: r.choice([0.0, 2.0, 5.0])),
    right("lognormal truncated", 6, 300, lambda r: r.lognormal(1.5, 0.5), lambda r: r.uniform(3, 12), lambda r: r.uniform(0, 4)),
    right("small", 7, 20, lambda r: 5 * r.weibull(1.1), lambda r: r.exponential(6)),
    interval("weibull interval", 8, 300, lambda r: 8 * r.weibull(1.5), 1.5, 12.0),
    interval("lognormal interval", 9, 300, lambda r: r.lognormal(1.8, 0.6), 2.0, 20.0),
]
for s in sets:
    s["fits"] = {}
    for family, (cls, parameters) in E.items():
        best = None
        for method in ("SLSQP", "Nelder-Mead"):
            f = cls()
            f._scipy_fit_method = method
            f._scipy_fit_options = {"maxiter": 20000} | ({"ftol": 1e-16} if method == "SLSQP" else {"xatol": 1e-11, "fatol": 1e-14})
            try:
                if s["kind"] == "right":
                    d, e, a = (np.array(c, float) for c in zip(*s["rows"]))
                    f.fit(d, e, entry=a if a.any() else None)
                else:
                    lo = np.array([x[0] for x in s["rows"]], float)
                    hi = np.array([np.inf if x[1] is None else x[1] for x in s["rows"]], float)
                    f.fit_interval_censoring(lo, hi)
            except Exception as x:
                print(s["name"], family, method, type(x).__name__)
                continue
            if best is None or f.log_likelihood_ > best.log_likelihood_: best = f
        if best is None: continue
        s["fits"][family] = {"parameters": {k: float(v) for k, v in parameters(best).items()},
                             "log_likelihood": float(best.log_likelihood_), "log_se": [float(x) for x in se(best, family)]}
    if s["kind"] == "right" and not any(x[2] for x in s["rows"]):
        scale = float(np.median([x[0] for x in s["rows"]]))
        breaks = [round(scale * q, 3) for q in (0.5, 1.0, 2.0)]
        d, e, a = (np.array(c, float) for c in zip(*s["rows"]))
        f = PiecewiseExponentialFitter(breaks).fit(d, e)
        s["piecewise"] = {"breaks": breaks, "rates": [1 / float(getattr(f, f"lambda_{i}_")) for i in range(4)],
                          "log_likelihood": float(f.log_likelihood_)}
out = {"generator": "lifelines_reference.py", "lifelines": lifelines.__version__, "sets": sets}
path = pathlib.Path(__file__).with_name("lifelines_reference.json")
path.write_text(json.dumps(out, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")
