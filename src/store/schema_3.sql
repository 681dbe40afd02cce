-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Step 3 of migrations.cpp: icons, and what servers on the internet do. Once released it is not edited.

ALTER TABLE jobs ADD COLUMN icon TEXT NOT NULL DEFAULT '';

ALTER TABLE files ADD COLUMN content_type TEXT NOT NULL DEFAULT '';  -- the media type, or empty

ALTER TABLE details ADD COLUMN named_remote TEXT;  -- the client's URL, if a redirect has replaced it
