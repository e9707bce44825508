#!/usr/bin/env bash
# Installs what building (`try`), the production topology (`production`) or testing (`test`) needs on Debian 12: only what is missing, and quick
# when nothing is.
set -euo pipefail
cd "$(dirname "$0")/.."

build_packages=(
    ca-certificates curl g++ git libarchive-dev libbz2-dev libcurl4-openssl-dev libexpat1-dev liblzma-dev
    libpq-dev libsqlite3-dev libzip-dev libzstd-dev make nettle-dev pkg-config zlib1g-dev
)
dashboard_packages=(
    esbuild fonts-jetbrains-mono node-csstype node-d3-array node-d3-scale node-d3-shape node-d3-time-format node-prop-types
    node-react node-react-dom node-typescript nodejs python3 python3-brotli python3-fonttools
)
# What `make production` and the tests start on ports of their own.
server_packages=(memcached nginx openssl postgresql prometheus redis-server redis-tools)
# The version orderings are compared with the tools they follow; Maven and Go too where they are installed. What rpm, pacman and Berkeley DB
# write is read by the scanner. A Debian that debootstrap makes, and systemd's own checks, are for the agent's packages.
test_packages=(
    ansible-core binutils chromium db5.3-util debootstrap node-jsdom node-semver pacman-package-manager php-cli php-composer-semver procps
    python3-apt python3-venv rpm ruby shellcheck squashfs-tools systemd xz-utils zstd
)
# What the tests use of Python: oracles, the browser driver, the linter.
python_packages=(
    aiosmtpd axe-playwright-python==0.1.8 cryptography cvss cyclonedx-python-lib jsonschema oidc-provider-mock openapi-spec-validator
    oxlint==1.89.0 packaging playwright==1.65.2 prometheus-client pytest referencing schemathesis==4.32.5 sqlmap==1.10.10 websockets
)

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

# Debian starts a server as soon as it is installed, nginx for all the world; nobody asked for that.
leave_stopped() {
    [ -e /usr/sbin/policy-rc.d ] && return
    printf '#!/bin/sh\nexit 101\n' | as_root tee /usr/sbin/policy-rc.d >/dev/null
    as_root chmod 755 /usr/sbin/policy-rc.d
    trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
}

install_missing() {
    local missing=()
    for name in "$@"; do
        dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return
    echo "installing ${missing[*]}"
    as_root apt-get update -qq
    leave_stopped
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

install_python() {
    local wanted
    wanted=$(printf '%s\n' "${python_packages[@]}")
    [ -f .venv/installed ] && [ "$(cat .venv/installed)" = "$wanted" ] && return
    echo "installing Python packages for the tests"
    /usr/bin/python3 -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "${python_packages[@]}"
    printf '%s\n' "$wanted" >.venv/installed
}

command -v swift >/dev/null || { echo "Swift 6.2 or newer is needed: https://www.swift.org/install/linux/" >&2; exit 1; }
case "${1:-}" in
    try) install_missing "${build_packages[@]}" "${dashboard_packages[@]}" ;;
    production) install_missing "${build_packages[@]}" "${dashboard_packages[@]}" "${server_packages[@]}" ;;
    test)
        install_missing "${build_packages[@]}" "${dashboard_packages[@]}" "${server_packages[@]}" "${test_packages[@]}"
        install_python
        ;;
    *) echo "usage: $0 try|production|test" >&2; exit 2 ;;
esac
