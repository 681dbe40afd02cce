-- SPDX-License-Identifier: LGPL-2.1-or-later
-- A database of version 1 as haulierd of commit 946bd31 left it when it was killed, dumped as text: a job never resumed, one
-- suspended in the middle, one transferred and not told, one failed, one waiting for a retry, one empty, one in flight.
-- Made by that program; not to be edited.

PRAGMA application_id = 0x4861756c;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE files (
    job            TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    number         INTEGER NOT NULL,  -- from 0, without gaps
    remote         TEXT NOT NULL,
    local          TEXT NOT NULL,
    checksum       TEXT,              -- sha256:HEX and its like, as the client gave it
    expected_size  INTEGER,           -- as the client gave it
    mode           INTEGER,           -- permission bits; NULL = the usual
    total          INTEGER,
    durable        INTEGER NOT NULL,  -- bytes on disk that survive a power cut
    etag           TEXT NOT NULL,
    last_modified  TEXT NOT NULL,
    date_is_strong INTEGER NOT NULL,
    device         INTEGER NOT NULL,  -- of the temporary file
    inode          INTEGER NOT NULL,
    restarts       INTEGER NOT NULL,
    mismatches     INTEGER NOT NULL,
    transferred    INTEGER NOT NULL,
    completed      INTEGER NOT NULL,
    PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;
INSERT INTO "files" VALUES('336107cccffc497abc40adb11c0cbb9e',0,'http://127.0.0.1:9/discard','/tmp/haulier-version-1/downloads/discard',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0);
INSERT INTO "files" VALUES('403c1e50c96049529fd0a001a661a8fb',0,'http://127.0.0.1:39361/large.iso','/tmp/haulier-version-1/downloads/again.iso',NULL,NULL,NULL,6000000,1966080,'"6b014c2c-5b8d80"','Sat, 21 Nov 2026 07:45:48 GMT',1,0,0,0,0,0,0);
INSERT INTO "files" VALUES('4ca1a55bba2940639e2c0066fc5def38',0,'http://127.0.0.1:42433/nothing-there','/tmp/haulier-version-1/downloads/nothing',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0);
INSERT INTO "files" VALUES('4f78f27627c0449ebf5b069b3a277002',0,'http://127.0.0.1:39361/large.iso','/tmp/haulier-version-1/downloads/large.iso',NULL,NULL,NULL,6000000,1605632,'"6b014c2c-5b8d80"','Sat, 21 Nov 2026 07:45:48 GMT',0,0,0,0,0,0,0);
INSERT INTO "files" VALUES('4f78f27627c0449ebf5b069b3a277002',1,'http://127.0.0.1:39361/later.iso','/tmp/haulier-version-1/downloads/later.iso',NULL,NULL,NULL,1000,1000,'"6b014c2c-3e8"','Sat, 21 Nov 2026 07:45:48 GMT',0,65024,10954242,0,0,1,0);
INSERT INTO "files" VALUES('64a6ae118fc64c29a84ffd135bab49e2',0,'http://127.0.0.1:42433/one','/tmp/haulier-version-1/downloads/one',NULL,NULL,NULL,20000,20000,'"one"','Sat, 14 Nov 2026 07:45:48 GMT',1,65024,10952713,0,0,1,0);
INSERT INTO "files" VALUES('64a6ae118fc64c29a84ffd135bab49e2',1,'http://127.0.0.1:42433/two','/tmp/haulier-version-1/downloads/two',NULL,NULL,NULL,20000,20000,'"one"','Sat, 14 Nov 2026 07:45:48 GMT',1,65024,10954243,0,0,1,0);
INSERT INTO "files" VALUES('c4f9f7de1d264112bfc6460aedcd3ad7',0,'https://downloads.example.org/a%20b?x=''1''','/tmp/haulier-version-1/downloads/a','sha256:abababababababababababababababababababababababababababababababab',NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0);
INSERT INTO "files" VALUES('c4f9f7de1d264112bfc6460aedcd3ad7',1,'http://downloads.example.org/b','/tmp/haulier-version-1/downloads/b',NULL,4096,384,4096,0,'','',0,0,0,0,0,0,0);
INSERT INTO "files" VALUES('c4f9f7de1d264112bfc6460aedcd3ad7',2,'http://downloads.example.org/c','/tmp/haulier-version-1/downloads/c ''quoted''',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0);
CREATE TABLE jobs (
    id                            TEXT PRIMARY KEY,  -- 32 lower-case hex digits
    type                          TEXT NOT NULL,     -- download
    owner                         INTEGER NOT NULL,  -- uid
    key                           TEXT NOT NULL,     -- the client's own name for it, or empty
    state                         TEXT NOT NULL,     -- suspended, queued, ...
    completing                    INTEGER NOT NULL,  -- Complete was accepted and is being carried out
    display_name                  TEXT NOT NULL,
    description                   TEXT NOT NULL,
    notify_flags                  TEXT NOT NULL,     -- words with a space between them
    notify_service                TEXT NOT NULL,     -- bus name that the bus can start, or empty
    notify_path                   TEXT NOT NULL,
    minimum_notification_interval INTEGER NOT NULL,  -- milliseconds
    created                       INTEGER NOT NULL,
    modified                      INTEGER NOT NULL,
    transferred_at                INTEGER NOT NULL,
    error_cause                   TEXT,              -- http-status, timeout, ...; NULL = no error
    error_code                    INTEGER,           -- HTTP status, errno or libcurl code
    error_sentence                TEXT,
    error_file                    INTEGER,           -- NULL = of no one file
    error_count                   INTEGER NOT NULL,
    minimum_retry_delay           INTEGER NOT NULL,  -- seconds
    no_progress_timeout           INTEGER NOT NULL,  -- seconds
    failures                      INTEGER NOT NULL,  -- in a row
    retry_wait                    INTEGER NOT NULL,  -- microseconds
    retry_date                    INTEGER NOT NULL,
    stalled_for                   INTEGER NOT NULL   -- microseconds
) STRICT, WITHOUT ROWID;
INSERT INTO "jobs" VALUES('336107cccffc497abc40adb11c0cbb9e','download',0,'','transient-error',0,'nobody at home','','transferred error','','',500,1795247148239501,1795247148241905,0,'connect-failure',7,'No connection to 127.0.0.1 could be made.',0,0,600,1209600,1,600000000,1795247748241905,0);
INSERT INTO "jobs" VALUES('403c1e50c96049529fd0a001a661a8fb','download',0,'','transferring',0,'interrupted','','transferred error','','',500,1795247150742028,1795247153880117,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0);
INSERT INTO "jobs" VALUES('4ca1a55bba2940639e2c0066fc5def38','download',0,'','error',0,'lost','','transferred error','','',500,1795247148236024,1795247148238651,0,'http-status',404,'127.0.0.1: The server answered with HTTP status 404.',0,0,60,1209600,0,0,0,0);
INSERT INTO "jobs" VALUES('4f78f27627c0449ebf5b069b3a277002','download',0,'','suspended',0,'half an image','','transferred error','','',500,1795247148232391,1795247150740852,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0);
INSERT INTO "jobs" VALUES('64a6ae118fc64c29a84ffd135bab49e2','download',0,'','transferred',0,'shopping','','transferred error file-transferred','org.example.Shop','/client',500,1795247148233972,1795247148240223,1795247148240223,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0);
INSERT INTO "jobs" VALUES('c4f9f7de1d264112bfc6460aedcd3ad7','download',0,'weekly','suspended',0,'packages','three packages
of Grüße','error modification','','',250,1795247148230441,1795247148230441,0,NULL,NULL,NULL,NULL,0,5,3600,0,0,0,0);
INSERT INTO "jobs" VALUES('cb15ad1a4544461996799232377b30fa','download',0,'','suspended',0,'empty','','transferred error','','',500,1795247148241403,1795247148241403,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0);
CREATE TABLE launches (
    owner   INTEGER NOT NULL,
    service TEXT NOT NULL,
    count   INTEGER NOT NULL,
    PRIMARY KEY (owner, service)
) STRICT, WITHOUT ROWID;
INSERT INTO "launches" VALUES(0,'org.example.Shop',1);
CREATE TABLE outbox (
    row  INTEGER PRIMARY KEY AUTOINCREMENT,
    job  TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,  -- transferred, error, file-transferred
    file INTEGER         -- NULL = the job as a whole
) STRICT;
INSERT INTO "outbox" VALUES(1,'4ca1a55bba2940639e2c0066fc5def38','error',0);
INSERT INTO "outbox" VALUES(2,'64a6ae118fc64c29a84ffd135bab49e2','file-transferred',1);
INSERT INTO "outbox" VALUES(3,'64a6ae118fc64c29a84ffd135bab49e2','file-transferred',0);
INSERT INTO "outbox" VALUES(4,'64a6ae118fc64c29a84ffd135bab49e2','transferred',NULL);
CREATE INDEX outbox_of_job ON outbox (job);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('outbox',4);
COMMIT;
