# SPDX-License-Identifier: LGPL-2.1-or-later
# Functions shared by the scripts. Sourced by bash.
set -euo pipefail

tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tool=tools/${0##*/}

step() { printf -- '-- %s\n' "$*"; }
warn() { printf '%s: %s\n' "$tool" "$*" >&2; }
die() {
    warn "$*"
    exit 1
}

# Prints the first comment of the script, which is its manual.
usage() { sed -n '/^# SPDX/d; /^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "'$*' must be run as root, and sudo is not installed; run tools/deps as root"
    fi
}

# set_up DIRECTORY OPTION...: runs meson setup once. Meson itself detects when the setup has to be repeated.
set_up() {
    local directory=$1
    shift
    [ ! -e "$directory/build.ninja" ] || return 0
    rm -rf "$directory" # remains of a setup that failed
    quietly meson setup "$directory" "$tree" "$@"
}

# The same with the options of the Debian packages, so that tools/package can use the build. A directory that was set up
# with other options is set up again.
set_up_as_packaged() {
    cmp --quiet "$tree/packaging/configure" "$1/set-up-by" || rm -rf "$1"
    [ -e "$1/build.ninja" ] || quietly "$tree/packaging/configure" "$@"
}

# Shows the output of a command only if it fails.
quietly() {
    local log
    log=$(mktemp -t haulier-log.XXXXXX)
    if "$@" >"$log" 2>&1; then
        rm -f "$log"
        return
    fi
    tail -n 60 "$log" >&2
    die "'$*' failed; its full output is in $log"
}
