-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Step 3 of migrations.cpp. Once released it is not edited.

ALTER TABLE files ADD COLUMN content_type TEXT NOT NULL DEFAULT '';  -- the media type, or empty

ALTER TABLE details ADD COLUMN named_remote TEXT;  -- the client's URL, if a redirect has replaced it
