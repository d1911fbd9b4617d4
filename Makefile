# `make run` and `make test` are the two commands a newcomer needs.
SWIFT ?= swift
# One configuration for everything spares a second clean build.
FLAGS := -c release -Xswiftc -enable-testing
APT := libsqlite3-dev libgsl-dev libcurl4-openssl-dev libpango1.0-dev fonts-dejavu-core pkg-config
SOURCES := Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources Benchmarks/Benchmarks

.PHONY: build run demo screenshots test test-worker test-slow vopr plant-bugs sanitize measure workload bench guard lint format install install-dependencies clean

install-dependencies:
	@missing=""; for p in $(APT); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	  echo "installing what is missing through apt:$$missing"; \
	  as_root=""; [ "$$(id -u)" = 0 ] || as_root=sudo; \
	  $$as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq --no-install-recommends $$missing; \
	fi

build: install-dependencies
	$(SWIFT) build $(FLAGS) --product lora-train

# A first look: the demonstration history as of its last day, a budget of $$2,400, and one run on spot and on demand.
run: build
	@echo; echo "1. What will November cost? (a synthetic demonstration history, as of its last day)"; echo
	@.build/release/lora-train forecast --history calibration/history.sqlite --month 2026-11 --budget 2400
	@echo; echo "2. What would one more run cost, on spot and on demand?"; echo
	@.build/release/lora-train estimate --history calibration/history.sqlite --start 2026-11-20T08:00:00Z --compare
	@echo; echo "3. Ask the next question:"
	@echo "   .build/release/lora-train forecast --history calibration/history.sqlite --months 3 --budget 2400"
	@echo "   .build/release/lora-train estimate --preset balanced --pricing spot --pairs 2600 --tokens-per-pair 3400"
	@echo "   .build/release/lora-train estimate --training-file YOUR.json --compare"
	@echo "   .build/release/lora-train --help"

# One real training job on this machine: killed once, interrupted once, resumed, evaluated, packaged. Its files stay: FOLDER=demo
FOLDER ?= .build-demo
demo: build
	@rm -rf $(FOLDER); python=$$(.ci/worker-environment) && .ci/demo $(FOLDER) $$python

# Every page of the dashboard in both themes, wide and narrow, in .build/screenshots: SHOTS=folder
SHOTS ?= .build/screenshots
screenshots: build
	@bash .ci/screenshots $(SHOTS)

# The Python worker alone. KILLS=20 EVENTS=10000 SEED=1
test-worker:
	@.ci/test-worker

# Those that ask a real server in their own process run by themselves: beside simulations that use every core it would not answer in time.
SERVERS := WebTests|RunPodTests|SandboxTests
test: install-dependencies
	scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && export TMPDIR=$$scratch && \
	$(SWIFT) test $(FLAGS) --filter '$(SERVERS)' && $(SWIFT) test $(FLAGS) --skip '$(SERVERS)'

# What `make test` leaves out: real processes that are killed, at full size.
test-slow: install-dependencies
	$(SWIFT) build $(FLAGS) --build-tests
	bash .ci/test-slow
	bash .ci/test-slurm

# Live mode under every fault there is, one month for each seed: make vopr SEEDS=10000 FROM=1
SEEDS ?= 2000
FROM ?= 1
vopr: install-dependencies
	SEEDS=$(SEEDS) FROM=$(FROM) $(SWIFT) test $(FLAGS) --filter VoprTests

# Bugs planted in live mode, one at a time, and the seed that finds each: make plant-bugs SEEDS=200; about half an hour.
plant-bugs: install-dependencies
	.ci/plant-bugs $(if $(filter command line,$(origin SEEDS)),$(SEEDS),200)

# The tests of everything that touches memory by pointer, or runs on many threads, under the address sanitizer.
sanitize: install-dependencies
	$(SWIFT) build $(FLAGS) --build-tests --sanitize=address --scratch-path .build/sanitize
	ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test $(FLAGS) --skip-build --sanitize=address --scratch-path .build/sanitize \
	  --filter 'DiscreteEventTests|EngineTests|SimulatorTests|PlanningTests' --skip EmbeddingTests

# Every line of "What must be measured" at full size, in one table.
measure: install-dependencies
	$(SWIFT) build $(FLAGS) --build-tests
	bash .ci/measure

# One of our own workloads, as lines of JSON on standard output: make workload W=lora C=3 N=300000 SEED=1 REPS=3
W ?= lora
C ?= 3
N ?= 300000
SEED ?= 1
REPS ?= 3
THREADS ?= 1
workload:
	@$(MAKE) --no-print-directory install-dependencies 1>&2
	@$(SWIFT) build --package-path Benchmarks -c release --product Workload 1>&2
	@Benchmarks/.build/release/Workload $(W) $(C) $(N) $(SEED) $(REPS) $(THREADS)

# Everybody on the same workloads, interleaved; one table of ratios. ROUNDS=6
bench: build
	python3 Benchmarks/bench.py

# What may fail a build, for it does not vary with the machine's load: instructions, peak memory, events.
guard: install-dependencies
	bash Benchmarks/callgrind.sh
	cd Benchmarks && { $(SWIFT) package --scratch-path .build-guard --disable-sandbox \
	  benchmark thresholds check --no-progress || [ $$? = 4 ]; }

lint:
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)

format:
	$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

# The program, what comes with it, and a systemd unit: make install, or make install PREFIX=/opt/lora-train DESTDIR=/tmp/package
PREFIX ?= /usr/local
UNITS ?= /etc/systemd/system
install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/lora-train $(DESTDIR)$(UNITS)
	install -m 755 .build/release/lora-train $(DESTDIR)$(PREFIX)/lib/lora-train/
	for bundle in .build/release/lora-train_*.resources; do \
	  case $$bundle in *Tests.resources) ;; *) cp -R $$bundle $(DESTDIR)$(PREFIX)/lib/lora-train/ ;; esac; done
	ln -sf ../lib/lora-train/lora-train $(DESTDIR)$(PREFIX)/bin/lora-train
	sed 's|/usr/local/bin|$(PREFIX)/bin|' Sources/LoraTrain/Service/lora-train.service >$(DESTDIR)$(UNITS)/lora-train.service
	@echo "installed. Next: systemctl daemon-reload && systemctl enable --now lora-train"

clean:
	rm -rf .build Benchmarks/.build Benchmarks/.build-guard Benchmarks/.venv Benchmarks/yardsticks/build Benchmarks/peers/build
