#!/usr/bin/env bash
# Make or migrate the database and load the catalogue, if anything that they depend on is newer than
# the last time. AIPLUS_DATABASE names the file. Called by the Makefile.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp="$AIPLUS_DATABASE.loaded"
sources=(data/catalogue data/vocabulary matcher/store matcher/schemas matcher/records.py)

is_current() {
    [ -s "$AIPLUS_DATABASE" ] && [ -e "$stamp" ] || return 1
    [ -z "$(find "${sources[@]}" -type f -not -name '*.pyc' -newer "$stamp" -print -quit)" ]
}

if ! is_current; then
    .venv/bin/aiplus init
    .venv/bin/aiplus load-catalogue
    touch "$stamp"
fi
