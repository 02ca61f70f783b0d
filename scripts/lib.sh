# shellcheck shell=bash disable=SC2034  # what looks unused here is used by the scripts that source this
# What the two commands share: installing what is missing, building, telling a person what happens.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly root

# Debian 12, Debian 13 and Ubuntu 24.04 use the same names for all of these.
readonly packages_build=(
    gcc meson ninja-build pkg-config python3
    libcurl4-openssl-dev libevent-dev libhiredis-dev libmicrohttpd-dev libyaml-dev libjansson-dev
    libssl-dev libsodium-dev libunistring-dev librdkafka-dev libqrencode-dev libical-dev libcmocka-dev
    redis-server tzdata ca-certificates
)
# What only ./scripts/test needs …
readonly packages_test=(clang clang-format curl openssl liblua5.1-0-dev python3-venv)
# … and what it can do without: the tests that need it say that they were skipped.
readonly packages_test_optional=(
    maven default-jre-headless shellcheck python3-pip python3-yaml python3-jsonschema chromium chromium-driver
    kannel nodejs npm
)
# What ./scripts/fuzz needs besides packages_build.
readonly packages_fuzz=(clang libclang-rt-dev)
readonly packages_kafka=(maven default-jre-headless)

say() { printf '%s\n' "$*" >&2; }
step() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# Node is often there from elsewhere, and then Debian's npm cannot be had beside it.
is_installed() {
    if [[ $1 == npm ]] && command -v npm >/dev/null; then return 0; fi
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Prints those of the packages that are not installed.
missing_of() {
    local package
    for package in "$@"; do
        # Valkey is as good as Redis, where it is there already.
        [[ $package == redis-server ]] && command -v valkey-server >/dev/null && continue
        is_installed "$package" || printf '%s\n' "$package"
    done
}

# Whether packages can be installed at all: as root, or with a sudo that asks nothing or somebody who can answer it.
may_install() {
    [[ $(id -u) -eq 0 ]] && return 0
    command -v sudo >/dev/null || return 1
    sudo -n true 2>/dev/null || [[ -t 0 && -t 2 ]]
}

as_root() {
    if [[ $(id -u) -eq 0 ]]; then "$@"; else sudo "$@"; fi
}

# What somebody who is root is to type.
as_root_words() {
    printf 'apt-get update && apt-get install -y --no-install-recommends %s' "$*"
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends -o Dpkg::Use-Pty=0 "$@" >>"$apt_log" 2>&1
}

apt_log=$root/build/apt.log

# Packages of ours that bring a service along. We start our own, in folders of our own: a service that was not here
# before does not run and is not enabled afterwards.
readonly packages_with_service=(redis-server valkey-server kannel rabbitmq-server)

services_of() {
    local package
    for package in "$@"; do
        [[ " ${packages_with_service[*]} " == *" $package "* ]] && printf '%s\n' "$package"
    done
    return 0
}

# A policy-rc.d that says 101 keeps what is being installed from being started (Debian Policy 9.3.3.1).
readonly policy=/usr/sbin/policy-rc.d
hold_services() {
    [[ -e $policy ]] && return 0
    as_root sh -c "printf '#!/bin/sh\nexit 101 # of Muster, while it installs\n' >$policy && chmod 755 $policy"
}
release_services() {
    local service
    grep -qs 'of Muster' "$policy" && as_root rm -f "$policy"
    for service in "$@"; do
        is_installed "$service" || continue
        as_root deb-systemd-helper disable "$service.service" >>"$apt_log" 2>&1 || true
        as_root update-rc.d "$service" disable >>"$apt_log" 2>&1 || true
        say "the service $service came with its package; it is not started and not enabled"
    done
}

# Installs packages that are not there yet; asks the network for nothing when all are. 1 when some could not be
# had: their names are in $still_missing then.
still_missing=()
install_packages() {
    local missing services
    still_missing=()
    mapfile -t missing < <(missing_of "$@")
    [[ ${#missing[@]} -eq 0 ]] && return 0
    if ! may_install; then
        still_missing=("${missing[@]}")
        return 1
    fi
    mapfile -t services < <(services_of "${missing[@]}")
    step "installing: ${missing[*]}"
    mkdir -p "$root/build"
    as_root apt-get update -q >>"$apt_log" 2>&1 || say "apt-get update failed; trying with the package lists that are there"
    [[ ${#services[@]} -eq 0 ]] || hold_services
    # One by one when they cannot be had together, so that one unknown name does not cost the others.
    apt_install "${missing[@]}" || for package in "${missing[@]}"; do apt_install "$package" || true; done
    [[ ${#services[@]} -eq 0 ]] || release_services "${services[@]}"
    mapfile -t still_missing < <(missing_of "$@")
    [[ ${#still_missing[@]} -eq 0 ]]
}

need_packages() {
    if ! command -v dpkg-query >/dev/null; then
        say "This is not Debian or Ubuntu: nothing is installed by itself. Needed (Debian's names): $*"
        return 0
    fi
    install_packages "$@" && return 0
    may_install || die "these packages are missing, and installing takes root. As root, once:
    $(as_root_words "${still_missing[@]}")"
    grep -E '^(E|W):' "$apt_log" | tail -n 10 >&2
    die "cannot install ${still_missing[*]} (network? package lists?); apt's whole log is in $apt_log"
}

want_packages() {
    command -v dpkg-query >/dev/null || return 0
    install_packages "$@" && return 0
    say "going on without ${still_missing[*]}; the tests that need them are skipped"
    may_install || say "to have them, as root: $(as_root_words "${still_missing[@]}")"
}

# configure DIR [meson options…]: sets the build folder up once; again only when the options changed.
configure() {
    local dir=$1 wanted="${*:2}"
    [[ -f $dir/build.ninja && $(cat "$dir/.options" 2>/dev/null) == "$wanted" ]] && return 0
    rm -rf "$dir"
    mkdir -p "$(dirname "$dir")"
    (cd "$root" && meson setup "$dir" "${@:2}" >"$dir.log" 2>&1) || {
        tail -n 20 "$dir.log" >&2
        die "meson could not set up $dir; the whole log is in $dir.log"
    }
    printf '%s' "$wanted" >"$dir/.options"
}

# Waits until a command succeeds; looks 20 times a second. wait_until SECONDS WHAT COMMAND…
wait_until() {
    local seconds=$1 what=$2 end
    shift 2
    end=$((SECONDS + seconds))
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < end)) || die "$what did not come up within $seconds s"
        sleep 0.05
    done
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
