#!/usr/bin/env bash
# Make or migrate the database and load the catalogue, if the content of anything that they depend on
# is another than the last time. AIPLUS_DATABASE names the file. Called by the Makefile.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp="$AIPLUS_DATABASE.loaded"
sources=(data/catalogue data/vocabulary matcher/store matcher/schemas matcher/records)

digest="$(find "${sources[@]}" -type f -not -name '*.pyc' -print0 | LC_ALL=C sort -z \
    | xargs -0 sha256sum | sha256sum | cut -c 1-64)"

if ! { [ -s "$AIPLUS_DATABASE" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$digest" ]; }; then
    .venv/bin/aiplus init
    .venv/bin/aiplus load-catalogue
    echo "$digest" > "$stamp"
fi
