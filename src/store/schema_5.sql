-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Step 5 of migrations.cpp: what is trusted instead of the system's certificate authorities, whose ended jobs were, and holds.
-- Once released it is not edited.

ALTER TABLE http       ADD COLUMN certificate_authority TEXT NOT NULL DEFAULT '';  -- path of a PEM file, or empty
ALTER TABLE ended_jobs ADD COLUMN app_id                TEXT NOT NULL DEFAULT '';
ALTER TABLE ended_jobs ADD COLUMN app_id_source         TEXT NOT NULL DEFAULT '';
ALTER TABLE ended_jobs ADD COLUMN visibility            TEXT;  -- NULL = what is usual on the bus

-- Whose jobs do not run, and until when. The owner -1 stands for all users.
CREATE TABLE holds (
    owner INTEGER PRIMARY KEY,
    until INTEGER NOT NULL  -- 0 = until it is released
) STRICT;
