#!/usr/bin/env bash
# Run the tests with pytest, browser tests included where a Chromium can be found or installed.
# Arguments go to pytest. Called by the Makefile.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/apt.sh

AIPLUS_CHROMIUM=$(tools/browser.sh)
export AIPLUS_CHROMIUM

# LightGBM, the yardstick of training, needs a library that a small Debian lacks.
if ! ldconfig -p 2>/dev/null | grep -q 'libgomp\.so\.1'; then
    can_install && install_packages libgomp1 || echo "请安装 · please install libgomp1" >&2
fi

# The tests make their own databases; settings of the person who runs them must not leak in.
unset AIPLUS_DATABASE AIPLUS_MODELS AIPLUS_DATA AIPLUS_SECRET_KEY

# A process a core, a whole file each time, so that what a file builds is built once; in the order of
# their folders, which begins with the longest, so that no process is left alone with one in the end.
# More than four would each read the catalogue into vectors for less and less gain.
# (nproc would answer with OMP_NUM_THREADS, which says something else here.)
cores=$(env -u OMP_NUM_THREADS nproc 2>/dev/null || echo 2)
exec .venv/bin/python -m pytest -q --numprocesses "$((cores < 4 ? cores : 4))" --dist loadfile \
    --no-loadscope-reorder "$@"
