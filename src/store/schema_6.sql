-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Step 6 of migrations.cpp: limits of users, and what confines the jobs of apps in sandboxes. Once released it is not edited.

CREATE TABLE user_limits (
    owner     INTEGER PRIMARY KEY,
    bandwidth INTEGER NOT NULL  -- bytes a second of all jobs together; the 64 bits of an unsigned number
) STRICT;

-- Three lines for each directory: write, read or hidden; its path in the sandbox; its path outside. NULL = not confined.
ALTER TABLE jobs     ADD COLUMN grants TEXT;
ALTER TABLE discards ADD COLUMN root   TEXT NOT NULL DEFAULT '';  -- the directory is opened beneath it; empty = anywhere
