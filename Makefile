# Two commands: `make run` (the main job on the shipped examples) and `make test`.
# The tests stand in three rings (tests/conftest.py): `make fast` runs the first, `make test` two, `make long` all.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A file of tests a core at a time; `make test AT_ONCE=0` runs them in one process.
AT_ONCE ?= auto
PYTEST = $(BIN)/python -m pytest -n $(AT_ONCE) --maxprocesses 4 --dist loadfile

.PHONY: run fast test long lint bench lock clean
.DEFAULT_GOAL := run

$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or later is needed, this is " + sys.version'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	touch $@

# Exit status 1 only says that the examples with planted errors have errors.
run: $(VENV)/.installed
	mkdir -p out
	$(BIN)/yibenzhang check examples/*.txt examples/*.pdf --html out/report.html --excel out/问题清单.xlsx || [ $$? -eq 1 ]
	@echo
	@echo "网页报告 HTML report: out/report.html"
	@echo "问题清单 Excel list:  out/问题清单.xlsx"

fast: $(VENV)/.dev
	$(BIN)/ruff check src bench tests tools
	$(PYTEST) -m fast

test: lint
	$(PYTEST) -m "not long"

long: lint
	$(PYTEST)

lint: $(VENV)/.dev
	$(BIN)/ruff check src bench tests tools
	$(BIN)/ruff format --check src bench tests tools
	$(BIN)/mypy

bench: $(VENV)/.dev
	$(BIN)/yibenzhang bench read ../shared/corpus

lock:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header --no-emit-index-url --generate-hashes pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header --no-emit-index-url --generate-hashes --extra dev --extra ocr -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	$(BIN)/python tools/make_bom.py

clean:
	rm -rf $(VENV) out
