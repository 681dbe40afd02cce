-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Step 4 of migrations.cpp: temporary files with other names, those that are still to be deleted, what is remembered of jobs
-- that have ended, and counters. Once released it is not edited.

ALTER TABLE details ADD COLUMN temporary_number INTEGER;  -- in the name of the temporary file; NULL = the usual name
ALTER TABLE jobs    ADD COLUMN visibility       TEXT;     -- NULL = what is usual on the bus
ALTER TABLE jobs    ADD COLUMN app_id           TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs    ADD COLUMN app_id_source    TEXT NOT NULL DEFAULT '';
ALTER TABLE details ADD COLUMN existing         TEXT;     -- NULL = replace
ALTER TABLE details ADD COLUMN server_name      INTEGER;  -- NULL = no

-- Temporary files of ended jobs that could not be deleted yet. Some builds between version 3 and this one made this table
-- already, and a column details.part, which is not used any more.
CREATE TABLE IF NOT EXISTS discards (
    owner         INTEGER NOT NULL,
    directory     TEXT NOT NULL,
    temporary     TEXT NOT NULL,
    folder_device INTEGER NOT NULL,  -- which directory that is
    folder_inode  INTEGER NOT NULL,
    since         INTEGER NOT NULL,
    PRIMARY KEY (owner, directory, temporary)
) STRICT, WITHOUT ROWID;

-- Jobs that have ended, in the order of their ends (job/history.hpp): no URLs, no headers, nothing secret.
CREATE TABLE ended_jobs (
    number            INTEGER PRIMARY KEY,
    id                TEXT NOT NULL,
    type              TEXT NOT NULL,
    owner             INTEGER NOT NULL,
    display_name      TEXT NOT NULL,
    result            TEXT NOT NULL,     -- complete, partial, cancelled, expired
    created           INTEGER NOT NULL,
    ended             INTEGER NOT NULL,
    active_for        INTEGER NOT NULL,  -- microseconds
    bytes             INTEGER NOT NULL,
    files_total       INTEGER NOT NULL,
    files_transferred INTEGER NOT NULL,
    cause             TEXT,              -- of the last failure, or NULL
    code              INTEGER NOT NULL,
    target            TEXT NOT NULL
) STRICT;
CREATE INDEX ended_jobs_of_owner ON ended_jobs (owner);

-- What was counted for each owner since a date.
CREATE TABLE statistics (
    owner           INTEGER PRIMARY KEY,
    since           INTEGER NOT NULL,
    bytes_received  INTEGER NOT NULL,
    bytes_sent      INTEGER NOT NULL,
    bytes_discarded INTEGER NOT NULL,
    jobs_created    INTEGER NOT NULL,
    jobs_completed  INTEGER NOT NULL,
    jobs_failed     INTEGER NOT NULL,
    jobs_cancelled  INTEGER NOT NULL,
    jobs_expired    INTEGER NOT NULL,
    retries         INTEGER NOT NULL,
    files_restarted INTEGER NOT NULL
) STRICT;
