#!/usr/bin/env bash
# Print the path of a Chromium for the browser tests, installing it with its Chinese font where that
# is possible without asking anybody. Prints nothing where there is none: the tests then say so.
set -euo pipefail

find_browser() {
    local name
    for name in "${AIPLUS_CHROMIUM:-}" chromium chromium-browser google-chrome; do
        [ -n "$name" ] && command -v "$name" && return 0
    done
    return 1
}

can_install() {
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

install_packages() {
    local run=()
    [ "$(id -u)" = 0 ] || run=(sudo -n)
    "${run[@]}" apt-get update -qq
    "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

if ! find_browser && can_install; then
    echo "安装浏览器测试所需的 Chromium · Installing Chromium for the browser tests" >&2
    install_packages chromium fonts-noto-cjk </dev/null >/dev/null 2>&1 || true
    find_browser || true
fi
