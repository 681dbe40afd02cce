-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Step 3: what a desktop shows for a job. Once released it is not edited.

ALTER TABLE jobs ADD COLUMN icon TEXT NOT NULL DEFAULT '';
