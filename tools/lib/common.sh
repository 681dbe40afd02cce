# SPDX-License-Identifier: LGPL-2.1-or-later
# What the scripts share: where the tree is, and how they speak. To be sourced by bash.
set -euo pipefail

tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tool=tools/${0##*/}

step() { printf -- '-- %s\n' "$*"; }
warn() { printf '%s: %s\n' "$tool" "$*" >&2; }
die() {
    warn "$*"
    exit 1
}

# The first comment of the script is its manual.
usage() { sed -n '/^# SPDX/d; /^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "to run '$*' one must be root, and there is no sudo; run tools/deps as root"
    fi
}

# set_up FOLDER OPTION...: once. Meson itself notices when it must be done anew.
set_up() {
    local folder=$1
    shift
    [ ! -e "$folder/build.ninja" ] || return 0
    rm -rf "$folder" # of a set-up that did not end well
    quietly meson setup "$folder" "$tree" "$@"
}

# The same, as the Debian packages are built, so that tools/package can make them of it; anew if it was set up otherwise.
set_up_as_packaged() {
    cmp --quiet "$tree/packaging/configure" "$1/set-up-by" || rm -rf "$1"
    [ -e "$1/build.ninja" ] || quietly "$tree/packaging/configure" "$@"
}

# Shows what a command said only when it failed.
quietly() {
    local log
    log=$(mktemp -t haulier-log.XXXXXX)
    if "$@" >"$log" 2>&1; then
        rm -f "$log"
        return
    fi
    tail -n 60 "$log" >&2
    die "'$*' failed; all it said is in $log"
}
