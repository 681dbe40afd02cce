#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Everything a client does, with systemd's busctl alone: creates a job, inspects it, starts it, waits for it and completes it.
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

echo "-- The first call starts the daemon if it is not running."
busctl "$bus" get-property $manager Version Network Features

echo "-- Create a job. Arguments: name, type, and options, here none. A new job is suspended."
job=$(call $manager CreateJob 'ssa{sv}' walk-through download 0 | cut -d'"' -f2)
trap 'call "$service" "$job" "$service.Job" Cancel' EXIT # do not leave the job behind if this script fails
echo "$job"
call "$service" "$job" "$service.Job" AddFile ss "$url" "$file"
get State FilesTotal Owner

echo "-- Start the job and watch it."
call "$service" "$job" "$service.Job" Resume
# A real program would use callbacks or signals instead of polling.
while get State | grep -Eq 'queued|connecting|transferring|transient-error'; do
    get State WaitReason BytesTransferred BytesTotal
    sleep 1
done

if ! get State | grep -q '"transferred"'; then
    echo "-- The job failed for this reason. Resume would try again, but this script cancels it."
    get Error
    exit 1
fi
echo "-- The file has arrived under a temporary name. Complete gives it its final name."
call "$service" "$job" "$service.Job" Complete
trap - EXIT
ls -l "$file"
