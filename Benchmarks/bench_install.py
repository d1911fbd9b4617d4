"""Builds our program and the yardsticks, and installs the peers; says by name which of them are missing."""
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PYTHON = HERE / ".venv/bin/python"
PEERS = HERE / "peers"


def say(text):
    print(text, file=sys.stderr, flush=True)


def succeeds(*command, **options):
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options).returncode == 0
    except OSError:
        return False


def ours():
    """Our program; without it there is nothing to compare."""
    swift = os.environ.get("SWIFT", "swift")
    subprocess.run([swift, "build", "--package-path", HERE, "-c", "release", "--product", "Workload"], check=True,
                   stdout=sys.stderr)
    return str(HERE / ".build/release/Workload")


def yardsticks():
    """The directory of the C programs, or None without a compiler."""
    done = subprocess.run(["make", "-s", "-C", HERE / "yardsticks"], stdout=sys.stderr)
    return HERE / "yardsticks/build" if done.returncode == 0 else None


def apt(*names):
    """Installs what Debian has and this machine lacks, as `make build` does."""
    missing = [name for name in names if not succeeds("dpkg", "-s", name)]
    if not missing or not shutil.which("apt-get"):
        return
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not succeeds(*root, "apt-get", "update", "-qq"):
        return
    for name in missing:
        say(f"installing {name} through apt")
        succeeds(*root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", name,
                 env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def venv():
    """The peers' own Python, with peers/requirements.txt in it. A package that cannot be had leaves the others in place."""
    wanted = (PEERS / "requirements.txt").read_text()
    stamp = HERE / ".venv/installed"
    digest = hashlib.sha256(wanted.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    say("installing the Python peers into Benchmarks/.venv")
    subprocess.run([sys.executable, "-m", "venv", HERE / ".venv"], check=True, stdout=sys.stderr)
    whole = True
    for line in wanted.splitlines():
        if line and not line.startswith("#"):
            whole &= succeeds(PYTHON, "-m", "pip", "install", "-q", line)
    if whole:
        stamp.write_text(digest)


def peers():
    """({name: command}, [names of what is missing])."""
    apt("libsimgrid-dev", "libns3-dev", "pypy3", "r-cran-simmer")
    venv()
    commands, missing = {}, []

    def offer(name, command, works):
        if works:
            commands[name] = [str(word) for word in command]
        else:
            missing.append(name)

    for name in ("simpy", "ciw", "salabim", "cimba", "numpy"):
        offer(name, [PYTHON, PEERS / f"{name}_peer.py"], succeeds(PYTHON, "-c", f"import {name}"))
    # SimPy is pure Python: PyPy runs the very same installation.
    site = next((HERE / ".venv/lib").glob("python*/site-packages"), HERE)
    pypy = ["env", f"PYTHONPATH={site}", "pypy3"]
    offer("simpy-pypy", pypy + [PEERS / "simpy_peer.py"], succeeds(*pypy, "-c", "import simpy"))
    offer("simmer", ["Rscript", PEERS / "simmer_peer.R"], succeeds("Rscript", "-e", "library(simmer)"))
    (PEERS / "build").mkdir(exist_ok=True)
    for name, source, library in (("simgrid", "simgrid_peer", "simgrid"), ("ns-3", "ns3_peer", "ns3-core")):
        program = PEERS / "build" / source
        built = succeeds("c++", "-O3", "-march=native", "-std=c++17", "-o", program, PEERS / f"{source}.cc",
                         f"-l{library}")
        offer(name, [program], built)
    return commands, missing
