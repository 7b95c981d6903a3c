#!/usr/bin/env bash
# Write the two lock files anew from setup.cfg: `make lock`. Run it with the oldest Python that is
# supported, so that what it picks can be installed everywhere. Digests of every published file of a
# release are kept, so one lock serves all platforms and Python versions.
set -euo pipefail
cd "$(dirname "$0")/.."

python="${1:-.venv/bin/python}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$python" -m venv "$scratch/venv"
"$scratch/venv/bin/python" -m pip install --quiet 'pip-tools>=7.4'

# No address of a registry and no path of the machine that made them may stand in the files.
compile=("$scratch/venv/bin/pip-compile" --quiet --strip-extras --allow-unsafe --generate-hashes
    --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options
    --no-header --no-annotate)

"${compile[@]}" --build-deps-for editable --output-file requirements.lock setup.cfg
"${compile[@]}" --extra dev --constraint requirements.lock --output-file requirements-dev.lock setup.cfg
sed -i '/^#/d; /^$/d' requirements.lock requirements-dev.lock
