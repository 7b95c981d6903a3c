#!/usr/bin/env bash
# Print the path of a Chromium for the browser tests, installing it with its Chinese font where that
# is possible. Prints nothing where there is none: the tests then say what was not run.
set -euo pipefail
. "$(dirname "$0")/apt.sh"

# The shell without windows renders pages as the browser does and draws no browser around them.
# Debian has it as a package of its own; elsewhere the whole browser serves.
SHELL_NAME=chromium-headless-shell

find_browser() {
    local name
    for name in "${AIPLUS_CHROMIUM:-}" "$SHELL_NAME" chromium chromium-browser google-chrome; do
        [ -n "$name" ] && command -v "$name" && return 0
    done
    return 1
}

if [ -z "${AIPLUS_CHROMIUM:-}" ] && ! command -v "$SHELL_NAME" >/dev/null && can_install; then
    echo "安装浏览器测试所需的 Chromium · Installing Chromium for the browser tests" >&2
    install_packages "$SHELL_NAME" fonts-noto-cjk \
        || find_browser >/dev/null || install_packages chromium fonts-noto-cjk || true
fi
find_browser || true
