# shellcheck shell=bash disable=SC2034  # what looks unused here is used by the scripts that source this
# What the two commands share: installing what is missing, building, telling a person what happens.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly root

# Debian 12, Debian 13 and Ubuntu 24.04 use the same names for all of these.
readonly packages_build=(
    gcc g++ meson ninja-build pkg-config python3
    libcurl4-openssl-dev libevent-dev libhiredis-dev libmicrohttpd-dev libyaml-dev libjansson-dev
    libssl-dev libsodium-dev libunistring-dev libsystemd-dev librdkafka-dev libcmocka-dev libphonenumber-dev libprotobuf-dev
    redis-server tzdata ca-certificates
)
# What only ./scripts/test needs …
readonly packages_test=(clang clang-format curl openssl liblua5.1-0-dev)
# … and what it can do without: the tests that need it say that they were skipped.
readonly packages_test_optional=(
    maven default-jre-headless shellcheck python3-yaml python3-jsonschema chromium chromium-driver
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

is_installed() {
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Prints those of the packages that are not installed.
missing_of() {
    local package
    for package in "$@"; do
        is_installed "$package" || printf '%s\n' "$package"
    done
}

as_root() {
    if [[ $(id -u) -eq 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "not root, and sudo is not installed; run as root once: apt-get install $*"
    fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends -o Dpkg::Use-Pty=0 "$@" >>"$apt_log" 2>&1
}

apt_log=$root/build/apt.log

# Installs packages that are not there yet; asks the network for nothing when all are. 1 when some could not be
# had: their names are in $still_missing then.
still_missing=()
install_packages() {
    local missing
    still_missing=()
    mapfile -t missing < <(missing_of "$@")
    [[ ${#missing[@]} -eq 0 ]] && return 0
    step "installing: ${missing[*]}"
    mkdir -p "$root/build"
    as_root apt-get update -q >>"$apt_log" 2>&1 || say "apt-get update failed; trying with the package lists that are there"
    # One by one when they cannot be had together, so that one unknown name does not cost the others.
    apt_install "${missing[@]}" || for package in "${missing[@]}"; do apt_install "$package" || true; done
    mapfile -t still_missing < <(missing_of "$@")
    [[ ${#still_missing[@]} -eq 0 ]]
}

need_packages() {
    if ! command -v dpkg-query >/dev/null; then
        say "This is not Debian or Ubuntu: nothing is installed by itself. Needed (Debian's names): $*"
        return 0
    fi
    install_packages "$@" && return 0
    grep -E '^(E|W):' "$apt_log" | tail -n 10 >&2
    die "cannot install ${still_missing[*]} (network? package lists?); apt's whole log is in $apt_log"
}

want_packages() {
    command -v dpkg-query >/dev/null || return 0
    install_packages "$@" || say "going on without ${still_missing[*]}; the tests that need them are skipped"
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
