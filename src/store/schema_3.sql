-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Step 3 of migrations.cpp: icons, and what servers on the internet do. Once released it is not edited.

ALTER TABLE jobs ADD COLUMN icon TEXT NOT NULL DEFAULT '';

ALTER TABLE files ADD COLUMN content_type TEXT NOT NULL DEFAULT '';  -- the media type, or empty

ALTER TABLE details ADD COLUMN named_remote TEXT;  -- the client's URL, if a redirect has replaced it

ALTER TABLE jobs ADD COLUMN on_file_error  TEXT NOT NULL DEFAULT 'stop';         -- stop, continue
ALTER TABLE jobs ADD COLUMN answer_timeout INTEGER NOT NULL DEFAULT 0;           -- seconds, 0 = as configured
ALTER TABLE jobs ADD COLUMN umask          INTEGER;                              -- NULL = the worker's
ALTER TABLE jobs ADD COLUMN wait           TEXT NOT NULL DEFAULT 'retry-delay';  -- of transient-error: see WaitReason

-- NULL = the default, or nothing.
ALTER TABLE details ADD COLUMN failed           INTEGER;  -- for good
ALTER TABLE details ADD COLUMN file_failures    INTEGER;  -- in a row
ALTER TABLE details ADD COLUMN file_wait        TEXT;     -- as jobs.wait
ALTER TABLE details ADD COLUMN file_retry_wait  INTEGER;  -- microseconds
ALTER TABLE details ADD COLUMN file_retry_date  INTEGER;
ALTER TABLE details ADD COLUMN file_stalled_for INTEGER;  -- microseconds without progress
ALTER TABLE details ADD COLUMN cause            TEXT;     -- of the last failure
ALTER TABLE details ADD COLUMN code             INTEGER;
ALTER TABLE details ADD COLUMN sentence         TEXT;
ALTER TABLE details ADD COLUMN cause_file       INTEGER;
ALTER TABLE details ADD COLUMN folder_device    INTEGER;  -- the directory of the temporary file
ALTER TABLE details ADD COLUMN folder_inode     INTEGER;

-- Servers that have asked all requests to wait.
CREATE TABLE hosts (
    owner    INTEGER NOT NULL,
    server   TEXT NOT NULL,     -- https://example.org:443, and the way to it where a job has its own
    until    INTEGER NOT NULL,  -- microseconds since 1970
    cause    TEXT NOT NULL,
    code     INTEGER NOT NULL,
    sentence TEXT NOT NULL,
    PRIMARY KEY (owner, server)
) STRICT, WITHOUT ROWID;
