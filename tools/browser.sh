#!/usr/bin/env bash
# Print the path of a Chromium for the browser tests, installing it with its Chinese font where that
# is possible. Prints nothing where there is none: the tests then say what was not run.
set -euo pipefail
. "$(dirname "$0")/apt.sh"

find_browser() {
    local name
    for name in "${AIPLUS_CHROMIUM:-}" chromium chromium-browser google-chrome; do
        [ -n "$name" ] && command -v "$name" && return 0
    done
    return 1
}

if ! find_browser && can_install; then
    echo "安装浏览器测试所需的 Chromium · Installing Chromium for the browser tests" >&2
    install_packages chromium fonts-noto-cjk || true
    find_browser || true
fi
