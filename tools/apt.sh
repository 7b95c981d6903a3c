# Sourced by other scripts: install Debian packages where that is possible without asking anybody.

can_install() {
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

install_packages() {
    local run=()
    [ "$(id -u)" = 0 ] || run=(sudo -n)
    "${run[@]}" apt-get update -qq </dev/null >/dev/null
    "${run[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null
}
