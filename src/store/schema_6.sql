-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Step 6 of migrations.cpp: what confines the jobs of apps in sandboxes. Once released it is not edited.

-- Three lines for each directory: write, read or hidden; its path in the sandbox; its path outside. NULL = not confined.
ALTER TABLE jobs     ADD COLUMN grants TEXT;
ALTER TABLE discards ADD COLUMN root   TEXT NOT NULL DEFAULT '';  -- the directory is opened beneath it; empty = anywhere
