# Everything a person does with this repository. `make help` lists it.

.DEFAULT_GOAL := help
.PHONY: help try try-stop production test build packages dashboard check format lint unit-test dashboard-test end-to-end-test bench fuzz deps-try deps-production deps-test clean

PYTHON := .venv/bin/python
export ZEROTRACE_PYTHON := $(CURDIR)/$(PYTHON)

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

try: deps-try build dashboard ## Build, start ZeroTrace, scan this machine, show its findings and the dashboard's address
	@Scripts/try.sh start

try-stop: ## Stop what `make try` started; its data stays in .try
	@Scripts/try.sh stop

production: deps-production build dashboard ## Start the production topology on loopback; LOADTEST="--agents 200" runs that against it and ends
	@Scripts/production.py $(if $(FEEDS),--feeds="$(FEEDS)") $(if $(FOLDER),--folder="$(FOLDER)") \
		$(if $(COMPANIES),--companies=$(COMPANIES)) $(if $(LOADTEST),--loadtest="$(LOADTEST)")

test: deps-test check unit-test dashboard-test end-to-end-test ## Install what the tests need and run all of them

build: ## Build the release programs, Swift's libraries linked in
	ZEROTRACE_STATIC=1 swift build -c release --static-swift-stdlib --disable-local-rpath --product zerotrace
	swift build -c release --static-swift-stdlib --product zerotrace-server
	swift build -c release --static-swift-stdlib --product zerotrace-agent

packages: build ## Make .deb, .rpm and tarball of the agent in .build/packages; the same commit gives the same bytes
	Scripts/packages.py

dashboard: ## Build the dashboard into Dashboard/dist
	Dashboard/scripts/build.sh

check: lint ## Check formatting, floors and scopes
	Scripts/check-house.py

lint: ## Check the formatting of all Swift sources
	swift format lint --strict --recursive --configuration .swift-format Package.swift Sources Tests Fuzzing

format: ## Format all Swift sources
	swift format --in-place --recursive --configuration .swift-format Package.swift Sources Tests Fuzzing

# These compute for minutes without a pause, and beside them what waits for a network answer or a lease would starve on two cores.
COMPUTING := ^(Accuracy|Advisories|Matching|Versioning)Tests\.

# So many tests that wait run at once: with all of them at once each takes minutes, and what is bounded in time runs out of it.
SWIFT_TEST := swift test --skip-build --experimental-maximum-parallelization-width 12
unit-test: ## Build and run the Swift tests
	swift build --build-tests
	$(SWIFT_TEST) --skip '$(COMPUTING)'
	$(SWIFT_TEST) --filter '$(COMPUTING)'

dashboard-test: dashboard ## Type-check, lint and test the dashboard
	Dashboard/scripts/test.sh

end-to-end-test: dashboard ## Run the whole, agent to browser, with real parts
	swift build
	$(PYTHON) -m pytest -q Tests/EndToEnd

bench: build ## Measure what the notes quote; needs the reference feeds
	Benchmarks/run.sh

fuzz: ## Fuzz every parser, ten minutes each
	@Scripts/fuzz.sh

deps-try: ## Install what building needs
	@Scripts/install-packages.sh try

deps-production: ## Install what the production topology needs besides
	@Scripts/install-packages.sh production

deps-test: ## Install what the tests need
	@Scripts/install-packages.sh test

clean: ## Remove build products; what `make try` keeps in .try stays
	rm -rf .build .venv Dashboard/dist
