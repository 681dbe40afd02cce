-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Step 2 of migrations.cpp: what is new with all of BITS' job semantics. What there was before gets the defaults of
-- job/types.hpp. Once released it is not edited.
--
-- Ranges are OFFSET+LENGTH with a space between them, without LENGTH to the end of the file: '0+1024 4096+'. Other
-- lists have one entry a line. NULL = none, not chosen or not known.

ALTER TABLE jobs ADD COLUMN priority              TEXT NOT NULL DEFAULT 'normal';
ALTER TABLE jobs ADD COLUMN network_cost          TEXT;                              -- NULL = as the priority has it
ALTER TABLE jobs ADD COLUMN power_policy          TEXT NOT NULL DEFAULT 'always';
ALTER TABLE jobs ADD COLUMN bandwidth_limit       INTEGER NOT NULL DEFAULT 0;        -- bytes a second, 0 = none
ALTER TABLE jobs ADD COLUMN not_before            INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN auto_complete         INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN dynamic_content       INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN high_performance      INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN on_demand             INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN ranges_wanted         INTEGER NOT NULL DEFAULT 0;        -- some that are asked for are not here
ALTER TABLE jobs ADD COLUMN maximum_download_size INTEGER;
ALTER TABLE jobs ADD COLUMN maximum_download_time INTEGER NOT NULL DEFAULT 7776000;  -- seconds
ALTER TABLE jobs ADD COLUMN active_for            INTEGER NOT NULL DEFAULT 0;        -- microseconds
ALTER TABLE jobs ADD COLUMN resumed               INTEGER NOT NULL DEFAULT 0;        -- at least once
ALTER TABLE jobs ADD COLUMN expired               INTEGER NOT NULL DEFAULT 0;        -- cancelled because it was not used for too long
ALTER TABLE jobs ADD COLUMN reply_file_name       TEXT NOT NULL DEFAULT '';          -- of an upload, or empty
ALTER TABLE jobs ADD COLUMN reply_total           INTEGER;
ALTER TABLE jobs ADD COLUMN reply_transferred     INTEGER NOT NULL DEFAULT 0;

-- Version 1 did not store which jobs had been resumed; their state shows it.
UPDATE jobs SET resumed = state <> 'suspended'
    OR EXISTS (SELECT * FROM files WHERE files.job = jobs.id AND (files.durable <> 0 OR files.transferred));

-- How the requests of a job are made; no row where all of it is as usual.
CREATE TABLE http (
    job                TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    headers            TEXT,              -- Name: value
    headers_write_only INTEGER NOT NULL,  -- they are not shown to anybody
    method             TEXT NOT NULL,     -- empty = GET or PUT
    security_flags     TEXT NOT NULL,     -- words with a space between them
    redirect_policy    TEXT NOT NULL,     -- silent, report, disallow
    client_certificate TEXT NOT NULL,     -- path of a PEM file, or empty
    proxy_mode         TEXT NOT NULL,     -- preconfigured, none, override, auto
    proxy_list         TEXT NOT NULL,
    proxy_bypass       TEXT NOT NULL
) STRICT;

-- In the clear: the file is its owner's alone, and what is deleted is overwritten.
CREATE TABLE credentials (
    job      TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    number   INTEGER NOT NULL,  -- from 0, without gaps
    target   TEXT NOT NULL,     -- server, proxy
    scheme   TEXT NOT NULL,     -- basic, digest, ntlm, negotiate, bearer
    user     TEXT NOT NULL,
    password TEXT NOT NULL,
    only_for TEXT NOT NULL,     -- host:port, or empty = all servers of the job
    PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;

ALTER TABLE files ADD COLUMN validation TEXT NOT NULL DEFAULT 'none';  -- the client's verdict: none, valid, invalid
ALTER TABLE files ADD COLUMN source     INTEGER NOT NULL DEFAULT 0;    -- 0 = remote, n = the n-th mirror
ALTER TABLE files ADD COLUMN led_away   INTEGER NOT NULL DEFAULT 0;    -- a server named where it comes from

-- What few files have, or what is long and seldom changes; no row where there is nothing. Apart, so that a checkpoint
-- does not write it again.
CREATE TABLE details (
    job              TEXT NOT NULL,
    number           INTEGER NOT NULL,
    ranges           TEXT,     -- these alone are fetched
    mirrors          TEXT,     -- further URLs
    marks            TEXT,     -- failures of each source, with a ! when it is banned: '2 0 1!'
    response_headers TEXT,     -- of the last answer
    wanted           TEXT,     -- ranges asked for, in on-demand mode
    filled           TEXT,     -- ranges that are durable, in on-demand mode
    upload_url       TEXT,     -- of a tus upload that was begun
    stamp_device     INTEGER,  -- of an upload's source when it began
    stamp_inode      INTEGER,
    stamp_size       INTEGER,
    stamp_modified   INTEGER,  -- nanoseconds
    PRIMARY KEY (job, number),
    FOREIGN KEY (job, number) REFERENCES files (job, number) ON DELETE CASCADE
) STRICT;
