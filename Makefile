# The commands of this project. `make run` and `make test` need nothing prepared but make and Python >= 3.11.

SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
# What looks at our dependencies has some of its own: apart from ours.
AUDIT := .cache/audit
CONFIG ?= config/vigimel.toml
# PIP_FLAGS passes options to pip, for a mirror or a cache of your own.
PIP_FLAGS ?=
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input $(PIP_FLAGS)

export PYTHONUTF8 := 1

.PHONY: help run try test test-crash check bench-judge bench-detection bench-evasion wording asking catalogs bench-memory bench-milter bench-throughput bench-spf bench-mutated bench-worst bench-corpora bench-overload bench-passage bench-review bench-campaign try-guide try-container try-upgrade soak fuzz coverage audit sbom lock clean

help: ## these lines
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 24

run: $(VENV)/run.stamp ## start the gateway with config/vigimel.toml (Ctrl-C stops it)
	@exec $(BIN)/vigimel serve --config $(CONFIG)

try: $(VENV)/run.stamp ## send sample mails through a gateway of its own and show what became of each
	@$(BIN)/python -m tests.try_it $(if $(TO),--to $(TO))

test: .ci/packages $(VENV)/dev.stamp ## everything that must hold (as root: installs the Debian packages it needs)
	@.ci/install-packages
	@$(MAKE) --no-print-directory check

check: $(VENV)/dev.stamp ## the same without installing anything
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@# Once more where a test failed: machines are noisy. The summary names each RERUN: it is a fault to mend.
	$(BIN)/python -m pytest --reruns 1 $(PYTEST_FLAGS)

test-crash: $(VENV)/dev.stamp ## kill the gateway KILLS=200 times, at every fail point and at random: is an acknowledged mail lost?
	@$(BIN)/python -m tests.crash.run --kills $(or $(KILLS),200) $(if $(SEED),--seed $(SEED))

bench-judge: $(VENV)/run.stamp ## CPU a mail costs, by kind of mail (MAILS=dir for mails of your own)
	@$(BIN)/python -m tests.bench.judge $(MAILS)

bench-detection: $(VENV)/run.stamp ## frauds caught and honest mails touched, by class, with the misses (MAILS=dir for mails of your own)
	@$(BIN)/python -m tests.bench.detection --misses $(if $(MAILS),--mails $(MAILS))

bench-evasion: $(VENV)/run.stamp ## write N=40 frauds (KIND=legitimate: honest letters) anew in every way of tests/vectors: which one gets past? (MAILS=dir for mails of your own, NAMED=1 to keep their senders)
	@$(BIN)/python -m tests.bench.evasion -n $(or $(N),40) $(if $(KIND),--kind $(KIND)) $(if $(NAMED),--named) $(if $(MAILS),--mails $(MAILS) -v)

wording: $(VENV)/learn.stamp ## learn from tests/mails again how impostors word their letters (CHECK=1: how well what is learnt without a set tells it apart, and judges it)
	@$(BIN)/python -m tests.wording $(if $(CHECK),--check)

asking: $(VENV)/learn.stamp ## learn from tests/sentences again how people want something in words that no phrase has (CHECK=1: how much of each file is found by what is learnt from the others)
	@$(BIN)/python -m tests.asking $(if $(CHECK),--check)

catalogs: $(VENV)/dev.stamp ## put what the review page says into milter/speech/locale, in order; what is new waits for its translation
	@$(BIN)/python -m tests.speech.catalogs

bench-memory: $(VENV)/run.stamp ## resident memory of each process, of 2,000 idle connections, of a 25 MB mail
	@$(BIN)/python -m tests.bench.memory

bench-milter: $(VENV)/run.stamp ## messages a second through Postfix without and with the milter (as root)
	@$(BIN)/python -m tests.bench.milter

bench-throughput: $(VENV)/bench.stamp ## mails a second of the gateway, Postfix, rspamd and null relays, in one run (as root)
	@$(BIN)/python -m tests.bench.throughput $(if $(LOADS),--loads $(LOADS)) $(if $(ROUNDS),--rounds $(ROUNDS))

bench-spf: $(VENV)/bench.stamp ## our SPF on the public test suite of RFC 7208, which is fetched
	@$(BIN)/python -m tests.bench.spf_suite

bench-mutated: $(VENV)/run.stamp ## judge N broken mails on all cores: exceptions, CPU, the slowest (MAILS=dir for more seeds)
	@$(BIN)/python -m tests.bench.mutated -n $(or $(N),10000) $(if $(SEED),--seed $(SEED)) $(MAILS)

bench-worst: $(VENV)/run.stamp ## time and memory of the mails that are small to send and large to read
	@$(BIN)/python -m tests.bench.worst

bench-corpora: $(VENV)/run.stamp ## judge every folder of CORPORA=dir: what failed, what was touched
	@$(BIN)/python -m tests.bench.corpora $(or $(CORPORA),$(error CORPORA=dir is missing))

bench-overload: $(VENV)/run.stamp ## five times as many clients as may come: what they hear, and how soon all is well again
	@$(BIN)/python -m tests.bench.overload

bench-review: $(VENV)/dev.stamp ## milliseconds of each list, search and mail of the review page with MAILS=100000 held, on both databases
	@$(BIN)/python -m tests.bench.review $(if $(MAILS),--mails $(MAILS))

bench-campaign: $(VENV)/run.stamp ## copies of each mail grouped: which are kept apart, which letters come together (MAILS=dir for mails of your own)
	@$(BIN)/python -m tests.bench.campaign $(if $(MAILS),--mails $(MAILS))

bench-passage: $(VENV)/run.stamp ## send every ordinary mail of CORPORA=dir through the gateway, signed: the same bytes?
	@$(BIN)/python -m tests.bench.passage $(or $(CORPORA),$(error CORPORA=dir is missing))

try-guide: $(VENV)/dev.stamp ## follow the quick guide in a new Debian made by debootstrap (as root): what each point takes
	@$(BIN)/python -m tests.deploy.fresh_root

try-container: $(VENV)/dev.stamp ## build the container files without a daemon (as root, with buildah): does the gateway judge?
	@$(BIN)/python -m tests.deploy.fresh_image

try-upgrade: $(VENV)/dev.stamp ## upgrade the gateway of commit OLD while mail comes in, on both databases: is one lost? (as root)
	@$(BIN)/python -m tests.crash.upgrade $(if $(OLD),--old $(OLD))

soak: $(VENV)/run.stamp ## send N=200000 mails of all kinds: does memory grow, do descriptors? (RELOADS=1: while the configuration is read again and again)
	@$(BIN)/python -m tests.bench.soak -n $(or $(N),200000) $(if $(RELOADS),--reloads)

fuzz: $(VENV)/fuzz.stamp ## look for bytes that break a reader, guided by coverage (TARGET=html TIME=600)
	@$(BIN)/python -m tests.fuzz.run --time $(or $(TIME),60) $(if $(TARGET),--target $(TARGET))

coverage: $(VENV)/dev.stamp ## which lines no test reaches: at most 10 in 100, none of gate, relay and quarantine
	$(BIN)/coverage erase && $(BIN)/coverage run -m pytest -q && $(BIN)/coverage combine -q && $(BIN)/coverage report --fail-under=90
	$(BIN)/coverage report --fail-under=100 --include='milter/gate.py,milter/relay/*,milter/quarantine/*'

audit: $(AUDIT)/stamp ## is a known weakness in what requirements.txt pins? (asks the package index and its database)
	@$(AUDIT)/bin/pip-audit --strict --require-hashes --disable-pip -r requirements.txt

sbom: $(AUDIT)/stamp ## what the gateway consists of, as CycloneDX in var/sbom.json
	@mkdir -p var
	@$(AUDIT)/bin/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible --of JSON -o var/sbom.json
	@echo var/sbom.json

lock: ## write requirements*.txt again from requirements*.in (needs uv)
	uv pip compile requirements.in --generate-hashes --universal --no-header --python-version 3.11 -o requirements.txt -q
	uv pip compile requirements-dev.in --generate-hashes --universal --no-header --python-version 3.11 -o requirements-dev.txt -q
	uv pip compile requirements-fast.in --generate-hashes --universal --no-header --python-version 3.11 -o requirements-fast.txt -q
	uv pip compile requirements-postgresql.in --generate-hashes --universal --no-header --python-version 3.11 -o requirements-postgresql.txt -q
	uv pip compile requirements-bench.in --generate-hashes --universal --no-header --python-version 3.11 -o requirements-bench.txt -q
	uv pip compile requirements-learn.in --generate-hashes --universal --no-header --python-version 3.11 -o requirements-learn.txt -q
	uv pip compile requirements-fuzz.in --generate-hashes --universal --no-header --python-version 3.11 -o requirements-fuzz.txt -q
	uv pip compile requirements-audit.in --generate-hashes --universal --no-header --python-version 3.11 -o requirements-audit.txt -q

clean: ## remove what was built; mail under var/ stays
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
	find milter tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps: up to date, they cost nothing. A stamp that pip did not reach is not written.
$(VENV)/run.stamp: requirements.txt pyproject.toml .ci/make-venv
	@.ci/make-venv $(VENV)
	@echo "Installing what requirements.txt pins, checked by hash ..."
	@$(PIP_INSTALL) --require-hashes -r requirements.txt
	@$(PIP_INSTALL) --no-deps --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	@echo "Installing what requirements-dev.txt pins, checked by hash ..."
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/bench.stamp: requirements-bench.txt $(VENV)/run.stamp
	@echo "Installing what requirements-bench.txt pins, checked by hash ..."
	@$(PIP_INSTALL) --require-hashes -r requirements-bench.txt
	@touch $@

$(VENV)/learn.stamp: requirements-learn.txt $(VENV)/run.stamp
	@echo "Installing what requirements-learn.txt pins, checked by hash ..."
	@$(PIP_INSTALL) --require-hashes -r requirements-learn.txt
	@touch $@

$(VENV)/fuzz.stamp: requirements-fuzz.txt $(VENV)/run.stamp
	@echo "Installing what requirements-fuzz.txt pins, checked by hash ..."
	@$(PIP_INSTALL) --require-hashes -r requirements-fuzz.txt
	@touch $@

$(AUDIT)/stamp: requirements-audit.txt $(VENV)/run.stamp
	@echo "Installing what requirements-audit.txt pins, checked by hash ..."
	@$(BIN)/python -m venv --clear $(AUDIT)
	@$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --no-input $(PIP_FLAGS) --require-hashes -r requirements-audit.txt
	@touch $@
