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
