#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a client does, with nothing but systemd's busctl: a job is made, looked at, started, waited for and completed.
#
# walk_through.sh [--user|--system] URL FILE
set -eu

bus=--user
case $1 in --user | --system) bus=$1 && shift ;; esac
url=$1
file=$(realpath -m -- "$2")

service=org.haulier.Haulier1
manager="$service /org/haulier/Haulier1 $service.Manager"
call() { busctl "$bus" call "$@"; }
get() { busctl "$bus" get-property "$service" "$job" "$service.Job" "$@"; }

echo "-- The daemon is started by the first call, if it is not running."
busctl "$bus" get-property $manager Version Network Features

echo "-- A new job is suspended: name, type, and options, here none."
job=$(call $manager CreateJob 'ssa{sv}' walk-through download 0 | cut -d'"' -f2)
trap 'call "$service" "$job" "$service.Job" Cancel' EXIT # whatever happens, it shall not stay
echo "$job"
call "$service" "$job" "$service.Job" AddFile ss "$url" "$file"
get State FilesTotal Owner

echo "-- It is started, and says what it does."
call "$service" "$job" "$service.Job" Resume
# A program has itself called back, or takes signals, and does not ask again and again.
while get State | grep -Eq 'queued|connecting|transferring|transient-error'; do
    get State WaitReason BytesTransferred BytesTotal
    sleep 1
done

if ! get State | grep -q '"transferred"'; then
    echo "-- It failed, for this reason. Resume would try again; it is cancelled."
    get Error
    exit 1
fi
echo "-- The file has all its bytes, under a temporary name. Complete gives it its own."
call "$service" "$job" "$service.Job" Complete
trap - EXIT
ls -l "$file"
