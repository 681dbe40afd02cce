-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Step 5 of migrations.cpp: holds. Once released it is not edited.

-- Whose jobs do not run, and until when. The owner -1 stands for all users.
CREATE TABLE holds (
    owner INTEGER PRIMARY KEY,
    until INTEGER NOT NULL  -- 0 = until it is released
) STRICT;
