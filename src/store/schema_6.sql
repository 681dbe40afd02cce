-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Step 6 of migrations.cpp: limits of users, the confinement of jobs of apps in sandboxes, and the data for programs that
-- download updates. Once released it is not edited.

CREATE TABLE user_limits (
    owner     INTEGER PRIMARY KEY,
    bandwidth INTEGER NOT NULL  -- bytes per second of all jobs together; the 64 bits of an unsigned number
) STRICT;

-- Three lines for each directory: write, read or hidden; its path in the sandbox; its path outside. NULL = not confined.
ALTER TABLE jobs     ADD COLUMN grants TEXT;
ALTER TABLE discards ADD COLUMN root   TEXT NOT NULL DEFAULT '';  -- the directory is opened beneath it; empty = anywhere

-- When files get their names, and which are to get theirs while their job goes on.
ALTER TABLE jobs  ADD COLUMN publish_files TEXT    NOT NULL DEFAULT 'together';
ALTER TABLE files ADD COLUMN naming        INTEGER NOT NULL DEFAULT 0;

-- Files that are fetched only if they have changed, and whether they had not.
ALTER TABLE details ADD COLUMN if_modified_since INTEGER;
ALTER TABLE details ADD COLUMN if_none_match     TEXT;
ALTER TABLE details ADD COLUMN not_modified      INTEGER;

-- Files that have left their job. Their numbers are not given to others.
ALTER TABLE details ADD COLUMN removed INTEGER;

-- Links that are renewed: whether a client is asked for another URL before anything has come, the server that gets the
-- secrets of the job, and whether the client has been asked since the last bytes.
ALTER TABLE jobs    ADD COLUMN renew_remote_name TEXT NOT NULL DEFAULT 'after-bytes';
ALTER TABLE details ADD COLUMN secrets_for       TEXT;     -- NULL = the one that is asked
ALTER TABLE details ADD COLUMN renewal_asked     INTEGER;

-- Sources that need not be trusted; which of them is asked; whether one of them has sent some of the bytes.
ALTER TABLE jobs    ADD COLUMN use_peers  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE details ADD COLUMN peers      TEXT;
ALTER TABLE details ADD COLUMN peer       INTEGER;
ALTER TABLE details ADD COLUMN from_peers INTEGER;

-- Where temporary files are, if not beside their targets.
ALTER TABLE jobs ADD COLUMN temporary_directory TEXT NOT NULL DEFAULT '';

-- Seconds by which a job may begin after its date; its own part of them follows from its id.
ALTER TABLE jobs ADD COLUMN jitter INTEGER NOT NULL DEFAULT 0;

-- Path of a PEM file with the key of the client's certificate; empty = in the file of the certificate.
ALTER TABLE http ADD COLUMN client_key TEXT NOT NULL DEFAULT '';

-- Files that are fetched over several connections, and the durable ranges of such a file; NULL = it has only a beginning.
ALTER TABLE jobs    ADD COLUMN connections INTEGER NOT NULL DEFAULT 0;
ALTER TABLE details ADD COLUMN pieces      TEXT;
