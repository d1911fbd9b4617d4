# `make run` and `make test` are the two commands a newcomer needs.
SWIFT ?= swift
# One configuration for everything spares a second clean build.
FLAGS := -c release -Xswiftc -enable-testing
APT := libsqlite3-dev libgsl-dev libcurl4-openssl-dev pkg-config
SOURCES := Package.swift Sources Tests

.PHONY: build run test test-slow measure lint format install-dependencies clean

install-dependencies:
	@missing=""; for p in $(APT); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	  echo "installing what is missing through apt:$$missing"; \
	  as_root=""; [ "$$(id -u)" = 0 ] || as_root=sudo; \
	  $$as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq --no-install-recommends $$missing; \
	fi

build: install-dependencies
	$(SWIFT) build $(FLAGS) --product lora-train

run: build
	@.build/release/lora-train demo

test: install-dependencies
	$(SWIFT) test $(FLAGS)

lint:
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)

format:
	$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

clean:
	rm -rf .build
