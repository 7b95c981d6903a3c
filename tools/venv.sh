#!/usr/bin/env bash
# Make the virtual environment .venv with a Python of at least 3.11, helping itself on Debian and
# Ubuntu where the module venv is a package of its own. Called by the Makefile.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    printf '\n%s\n%s\n' "$1" "$2" >&2
    exit 2
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

python=""
for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python3.14; do
    if [ -n "$candidate" ] && is_new_enough "$candidate"; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || fail \
    "没有找到 Python 3.11 或更新的版本。请先安装，或用 PYTHON=… 指明，例如：make setup PYTHON=/opt/python3.12/bin/python3" \
    "No Python 3.11 or newer was found. Install one, or name it, for example: make setup PYTHON=/opt/python3.12/bin/python3"

if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    version=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "安装 $version · Installing $version with apt-get"
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$version"; } \
            </dev/null >/dev/null || fail "apt-get 安装 $version 失败。" "apt-get could not install $version."
    else
        fail "缺少 Python 的 venv 模块。请运行：sudo apt-get install $version" \
            "Python's venv module is missing. Please run: sudo apt-get install $version"
    fi
fi

"$python" -m venv --clear .venv || fail "无法创建 .venv。" "The virtual environment .venv could not be made."
