#!/usr/bin/env bash
# Run the tests with pytest, browser tests included where a Chromium can be found or installed.
# Arguments go to pytest. Called by the Makefile.
set -euo pipefail
cd "$(dirname "$0")/.."

AIPLUS_CHROMIUM=$(tools/browser.sh)
export AIPLUS_CHROMIUM
# The tests make their own databases; settings of the person who runs them must not leak in.
unset AIPLUS_DATABASE AIPLUS_MODELS AIPLUS_DATA AIPLUS_SECRET_KEY AIPLUS_WRITE_SECRET
exec .venv/bin/python -m pytest -q "$@"
