# One list of commands for people and CI. Without make (and on Windows): docs/usage.md.
.DEFAULT_GOAL := help
.PHONY: help run test lint eval

# 换解释器：make run PYTHON=/path/to/python3.12
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# The stamp's name holds this folder's place: a moved or copied .venv is put right by installing again.
PLACE := $(shell pwd | cksum | cut -d ' ' -f 1)
RUN_STAMP := .venv/.installed-$(PLACE)
DEV_STAMP := .venv/.installed-dev-$(PLACE)
PY := .venv/bin/python

# HOST, PORT, CORPUS and INDEX reach the program as QA_*; by export, so that no shell splits or reads them.
ifneq ($(strip $(HOST)),)
export QA_HOST = $(HOST)
endif
ifneq ($(strip $(PORT)),)
export QA_PORT = $(PORT)
endif
ifneq ($(strip $(CORPUS)),)
export QA_CORPUS = $(CORPUS)
endif
ifneq ($(strip $(INDEX)),)
export QA_INDEX = $(INDEX)
endif

help: ## 显示这份说明
	@echo "有据 Youju"
	@echo
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1	\2/'
	@echo
	@echo "  make run CORPUS=../资料 PORT=8000 HOST=0.0.0.0    换资料文件夹、端口、监听地址（INDEX= 换索引文件夹）"
	@echo "  make run PYTHON=/path/to/python3.12               换 Python 解释器（3.11 及以上）"

run: $(RUN_STAMP) ## 安装（仅第一次）、为资料建索引、打开 http://127.0.0.1:7860
	@$(PY) app.py

test: $(DEV_STAMP) ## 安装（仅第一次）并运行全部测试；PYTEST_ARGS= 传给 pytest
	@$(PY) -m pytest $(PYTEST_ARGS)

lint: $(DEV_STAMP) ## 检查代码：ruff 与 mypy
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

eval: $(DEV_STAMP) ## 评测质量：成绩比 bench/figures.json 明显下降即失败；EVAL_ARGS= 传给 bench/gate.py
	@$(PY) bench/gate.py $(EVAL_ARGS)

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "没有找到 Python 3.11 或更高版本。请先安装，或用 make run PYTHON=/path/to/python3.11 指定。" >&2; exit 2; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "需要 Python 3.11 或更高版本，而 $(PYTHON) 不能运行或版本太低。请用 make run PYTHON=/path/to/python3.11 指定。" >&2; exit 2; }
	@echo "正在建立 Python 环境 .venv（$(PYTHON)）"
	@"$(PYTHON)" -m venv .venv || { rm -rf .venv; echo "建立环境失败。Debian/Ubuntu 请先安装 python3-venv：apt install python3-venv。" >&2; exit 2; }

$(RUN_STAMP): requirements.txt pyproject.toml | .venv/bin/python
	@echo "正在安装所需的包，第一次要下载几百 MB，请稍候"
	@$(PY) -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) -r requirements.txt
	@touch "$@"

$(DEV_STAMP): requirements-dev.txt $(RUN_STAMP)
	@$(PY) -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) -r requirements-dev.txt
	@touch "$@"
