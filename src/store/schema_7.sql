-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Step 7 of migrations.cpp: links that are renewed, peers, temporary directories, and files over several connections. Once
-- released it is not edited.

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
