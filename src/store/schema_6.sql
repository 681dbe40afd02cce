-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Step 6 of migrations.cpp: limits of users. Once released it is not edited.

CREATE TABLE user_limits (
    owner     INTEGER PRIMARY KEY,
    bandwidth INTEGER NOT NULL  -- bytes a second of all jobs together; the 64 bits of an unsigned number
) STRICT;
