-- SPDX-License-Identifier: LGPL-2.1-or-later
-- A database of version 3 as haulierd of commit 2fb9fbd left it when it was killed, dumped as text: a job with all settings
-- that are new in 3, one suspended in the middle, one transferred and not told, one of whose files one has failed, one whose
-- server asked it to wait, one waiting for a retry, one empty, one on demand, one upload, one in flight. Made by that program;
-- not to be edited.

PRAGMA application_id = 0x4861756c;
PRAGMA user_version = 3;
BEGIN TRANSACTION;
CREATE TABLE credentials (
    job      TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    number   INTEGER NOT NULL,  -- from 0, without gaps
    target   TEXT NOT NULL,     -- server, proxy
    scheme   TEXT NOT NULL,     -- basic, digest, ntlm, negotiate, bearer
    user     TEXT NOT NULL,
    password TEXT NOT NULL,
    only_for TEXT NOT NULL,     -- host:port, or empty = all servers of the job
    PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE details (
    job              TEXT NOT NULL,
    number           INTEGER NOT NULL,
    ranges           TEXT,     -- these alone are fetched
    mirrors          TEXT,     -- further URLs
    marks            TEXT,     -- failures of each source, with a ! when it is banned: '2 0 1!'
    response_headers TEXT,     -- of the last answer
    wanted           TEXT,     -- ranges asked for, in on-demand mode
    filled           TEXT,     -- ranges that are durable, in on-demand mode
    upload_url       TEXT,     -- of a tus upload that was begun
    stamp_device     INTEGER,  -- of an upload's source when it began
    stamp_inode      INTEGER,
    stamp_size       INTEGER,
    stamp_modified   INTEGER, named_remote TEXT, failed           INTEGER, file_failures    INTEGER, file_wait        TEXT, file_retry_wait  INTEGER, file_retry_date  INTEGER, file_stalled_for INTEGER, cause            TEXT, code             INTEGER, sentence         TEXT, cause_file       INTEGER, folder_device    INTEGER, folder_inode     INTEGER,  -- nanoseconds
    PRIMARY KEY (job, number),
    FOREIGN KEY (job, number) REFERENCES files (job, number) ON DELETE CASCADE
) STRICT;
INSERT INTO "details" VALUES('532ddb8f17f0470da3881009d29ccbbc',0,NULL,NULL,NULL,'HTTP/1.1 200 OK
Server: BaseHTTP/0.6 Python/3.11.2
Date: Mon, 30 Nov 2026 07:45:34 GMT
ETag: "one"
Last-Modified: Mon, 23 Nov 2026 07:45:34 GMT
Accept-Ranges: bytes
Content-Length: 20000
',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,65024,11051235);
INSERT INTO "details" VALUES('532ddb8f17f0470da3881009d29ccbbc',1,NULL,NULL,NULL,'HTTP/1.1 200 OK
Server: BaseHTTP/0.6 Python/3.11.2
Date: Mon, 30 Nov 2026 07:45:34 GMT
ETag: "one"
Last-Modified: Mon, 23 Nov 2026 07:45:34 GMT
Accept-Ranges: bytes
Content-Length: 20000
',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,65024,11051235);
INSERT INTO "details" VALUES('df191272d82a4bed9a83b1bfc3b1e490',0,NULL,NULL,NULL,'HTTP/1.1 200 OK
Server: BaseHTTP/0.6 Python/3.11.2
Date: Mon, 30 Nov 2026 07:45:34 GMT
ETag: "one"
Last-Modified: Mon, 23 Nov 2026 07:45:34 GMT
Accept-Ranges: bytes
Content-Length: 3000000
',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,65024,11051235);
INSERT INTO "details" VALUES('fd2fed250b274f5693a2563ed7c17447',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,'http-status',404,'127.0.0.1: the server responded with HTTP status 404',0,NULL,NULL);
INSERT INTO "details" VALUES('fd2fed250b274f5693a2563ed7c17447',1,NULL,NULL,NULL,'HTTP/1.1 200 OK
Server: BaseHTTP/0.6 Python/3.11.2
Date: Mon, 30 Nov 2026 07:45:34 GMT
ETag: "one"
Last-Modified: Mon, 23 Nov 2026 07:45:34 GMT
Accept-Ranges: bytes
Content-Length: 20000
',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,65024,11051235);
INSERT INTO "details" VALUES('0af7288aac0a40298f92ee56fad45329',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,'host',3000000000,1796027734608009,NULL,'http-status',429,'127.0.0.1: the server responded with HTTP status 429',0,NULL,NULL);
INSERT INTO "details" VALUES('1551d77993824327bd2ce34b5bfc08b9',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,600000000,1796025334612537,NULL,'connect-failure',7,'cannot connect to 127.0.0.1',0,NULL,NULL);
INSERT INTO "details" VALUES('7c7b7f58ed6c4292b9825d62e1e561ec',0,NULL,NULL,NULL,'HTTP/1.1 206 Partial Content
Server: BaseHTTP/0.6 Python/3.11.2
Date: Mon, 30 Nov 2026 07:45:34 GMT
ETag: "one"
Last-Modified: Mon, 23 Nov 2026 07:45:34 GMT
Accept-Ranges: bytes
Content-Range: bytes 5000-5499/3000000
Content-Length: 500
','100000+10','0+1000 5000+500',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,65024,11051235);
INSERT INTO "details" VALUES('cc99ac61292b4d23a3542a43a847a34e',0,NULL,NULL,NULL,'HTTP/1.1 200 OK
Server: BaseHTTP/0.6 Python/3.11.2
Date: Mon, 30 Nov 2026 07:45:34 GMT
ETag: "one"
Last-Modified: Mon, 23 Nov 2026 07:45:34 GMT
Accept-Ranges: bytes
Content-Length: 3000000
',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,65024,11051235);
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
    completed      INTEGER NOT NULL, validation TEXT NOT NULL DEFAULT 'none', source     INTEGER NOT NULL DEFAULT 0, led_away   INTEGER NOT NULL DEFAULT 0, content_type TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;
INSERT INTO "files" VALUES('056f7df0cb304b56bb5252eeb25fd5a3',0,'https://downloads.example.org/a%20b?x=''1''','/tmp/haulier-version-3/downloads/a',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'');
INSERT INTO "files" VALUES('056f7df0cb304b56bb5252eeb25fd5a3',1,'http://downloads.example.org/b','/tmp/haulier-version-3/downloads/b',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'');
INSERT INTO "files" VALUES('0af7288aac0a40298f92ee56fad45329',0,'http://127.0.0.1:38955/x','/tmp/haulier-version-3/downloads/x',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'');
INSERT INTO "files" VALUES('1551d77993824327bd2ce34b5bfc08b9',0,'http://127.0.0.1:9/discard','/tmp/haulier-version-3/downloads/discard',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'');
INSERT INTO "files" VALUES('532ddb8f17f0470da3881009d29ccbbc',0,'http://127.0.0.1:45357/one','/tmp/haulier-version-3/downloads/one',NULL,NULL,NULL,20000,20000,'"one"','Mon, 23 Nov 2026 07:45:34 GMT',1,65024,11051252,0,0,1,0,'none',0,0,'');
INSERT INTO "files" VALUES('532ddb8f17f0470da3881009d29ccbbc',1,'http://127.0.0.1:45357/two','/tmp/haulier-version-3/downloads/two',NULL,NULL,NULL,20000,20000,'"one"','Mon, 23 Nov 2026 07:45:34 GMT',1,65024,11051253,0,0,1,0,'none',0,0,'');
INSERT INTO "files" VALUES('7c7b7f58ed6c4292b9825d62e1e561ec',0,'http://127.0.0.1:45357/ranges','/tmp/haulier-version-3/downloads/ranges',NULL,NULL,NULL,3000000,1500,'"one"','Mon, 23 Nov 2026 07:45:34 GMT',1,65024,11051259,0,0,0,0,'none',0,0,'');
INSERT INTO "files" VALUES('cc7f935307544a8fa2634a576aa3cc82',0,'http://127.0.0.1:45357/up','/tmp/haulier-version-3/downloads/report',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'');
INSERT INTO "files" VALUES('cc99ac61292b4d23a3542a43a847a34e',0,'http://127.0.0.1:45357/again','/tmp/haulier-version-3/downloads/again',NULL,NULL,NULL,3000000,1500000,'"one"','Mon, 23 Nov 2026 07:45:34 GMT',1,0,0,0,0,0,0,'none',0,0,'');
INSERT INTO "files" VALUES('df191272d82a4bed9a83b1bfc3b1e490',0,'http://127.0.0.1:45357/large','/tmp/haulier-version-3/downloads/large',NULL,NULL,NULL,3000000,1500000,'"one"','Mon, 23 Nov 2026 07:45:34 GMT',1,0,0,0,0,0,0,'none',0,0,'');
INSERT INTO "files" VALUES('fd2fed250b274f5693a2563ed7c17447',0,'http://127.0.0.1:45357/nothing','/tmp/haulier-version-3/downloads/nothing',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'');
INSERT INTO "files" VALUES('fd2fed250b274f5693a2563ed7c17447',1,'http://127.0.0.1:45357/good','/tmp/haulier-version-3/downloads/good',NULL,NULL,NULL,20000,20000,'"one"','Mon, 23 Nov 2026 07:45:34 GMT',1,65024,11051256,0,0,1,0,'none',0,0,'');
CREATE TABLE hosts (
    owner    INTEGER NOT NULL,
    server   TEXT NOT NULL,     -- https://example.org:443, and the way to it where a job has its own
    until    INTEGER NOT NULL,  -- microseconds since 1970
    cause    TEXT NOT NULL,
    code     INTEGER NOT NULL,
    sentence TEXT NOT NULL,
    PRIMARY KEY (owner, server)
) STRICT, WITHOUT ROWID;
INSERT INTO "hosts" VALUES(0,'http://127.0.0.1:38955',1796027734607956,'http-status',429,'http://127.0.0.1:38955 asks for no requests at present: 127.0.0.1: the server responded with HTTP status 429');
CREATE TABLE http (
    job                TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    headers            TEXT,              -- Name: value
    headers_write_only INTEGER NOT NULL,  -- they are not shown to anybody
    method             TEXT NOT NULL,     -- empty = GET or PUT
    security_flags     TEXT NOT NULL,     -- words with a space between them
    redirect_policy    TEXT NOT NULL,     -- silent, report, disallow
    client_certificate TEXT NOT NULL,     -- path of a PEM file, or empty
    proxy_mode         TEXT NOT NULL,     -- preconfigured, none, override, auto
    proxy_list         TEXT NOT NULL,
    proxy_bypass       TEXT NOT NULL
) STRICT;
INSERT INTO "http" VALUES('cc7f935307544a8fa2634a576aa3cc82',NULL,0,'POST','','silent','','preconfigured','','');
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
, priority              TEXT NOT NULL DEFAULT 'normal', network_cost          TEXT, power_policy          TEXT NOT NULL DEFAULT 'always', bandwidth_limit       INTEGER NOT NULL DEFAULT 0, not_before            INTEGER NOT NULL DEFAULT 0, auto_complete         INTEGER NOT NULL DEFAULT 0, dynamic_content       INTEGER NOT NULL DEFAULT 0, high_performance      INTEGER NOT NULL DEFAULT 0, on_demand             INTEGER NOT NULL DEFAULT 0, ranges_wanted         INTEGER NOT NULL DEFAULT 0, maximum_download_size INTEGER, maximum_download_time INTEGER NOT NULL DEFAULT 7776000, active_for            INTEGER NOT NULL DEFAULT 0, resumed               INTEGER NOT NULL DEFAULT 0, expired               INTEGER NOT NULL DEFAULT 0, reply_file_name       TEXT NOT NULL DEFAULT '', reply_total           INTEGER, reply_transferred     INTEGER NOT NULL DEFAULT 0, icon TEXT NOT NULL DEFAULT '', on_file_error  TEXT NOT NULL DEFAULT 'stop', answer_timeout INTEGER NOT NULL DEFAULT 0, umask          INTEGER, wait           TEXT NOT NULL DEFAULT 'retry-delay') STRICT, WITHOUT ROWID;
INSERT INTO "jobs" VALUES('056f7df0cb304b56bb5252eeb25fd5a3','download',0,'weekly','suspended',0,'catalogue','two files
of Grüße','transferred error','','',500,1796024734258486,1796024734258486,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'high',NULL,'always',65536,0,1,0,0,0,0,NULL,7776000,0,0,0,'',NULL,0,'org.example.Shop','continue',90,23,'retry-delay');
INSERT INTO "jobs" VALUES('0af7288aac0a40298f92ee56fad45329','download',0,'','transient-error',0,'asked to wait','','transferred error','','',500,1796024734604126,1796024734608009,0,'http-status',429,'127.0.0.1: the server responded with HTTP status 429',0,0,60,1209600,1,3000000000,1796027734608009,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,3134,1,0,'',NULL,0,'','stop',0,NULL,'host');
INSERT INTO "jobs" VALUES('1551d77993824327bd2ce34b5bfc08b9','download',0,'','transient-error',0,'no server','','transferred error','','',500,1796024734610462,1796024734612537,0,'connect-failure',7,'cannot connect to 127.0.0.1',0,0,600,1209600,1,600000000,1796025334612537,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,1481,1,0,'',NULL,0,'','stop',0,NULL,'retry-delay');
INSERT INTO "jobs" VALUES('532ddb8f17f0470da3881009d29ccbbc','download',0,'','transferred',0,'shopping','','transferred error','','',500,1796024734273107,1796024734305646,1796024734305646,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,20306,1,0,'',NULL,0,'','stop',0,NULL,'retry-delay');
INSERT INTO "jobs" VALUES('7867bb29834f432e8462e07041fd3b3e','download',0,'','suspended',0,'empty','','transferred error','','',500,1796024734613863,1796024734613863,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,0,0,0,'',NULL,0,'','stop',0,NULL,'retry-delay');
INSERT INTO "jobs" VALUES('7c7b7f58ed6c4292b9825d62e1e561ec','download',0,'','suspended',0,'on demand','','transferred error','','',500,1796024734615440,1796024734671037,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,1,1,NULL,7776000,20014,1,0,'',NULL,0,'','stop',0,NULL,'retry-delay');
INSERT INTO "jobs" VALUES('cc7f935307544a8fa2634a576aa3cc82','upload-reply',0,'','suspended',0,'an upload','','transferred error','','',500,1796024734678645,1796024734678645,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,0,0,0,'/tmp/haulier-version-3/downloads/answer',NULL,0,'','stop',0,NULL,'retry-delay');
INSERT INTO "jobs" VALUES('cc99ac61292b4d23a3542a43a847a34e','download',0,'','transferring',0,'interrupted','','transferred error','','',500,1796024734741796,1796024735786542,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,1035916,1,0,'',NULL,0,'','stop',0,NULL,'retry-delay');
INSERT INTO "jobs" VALUES('df191272d82a4bed9a83b1bfc3b1e490','download',0,'','suspended',0,'half an image','','transferred error','','',500,1796024734331288,1796024734579129,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,212902,1,0,'',NULL,0,'','stop',0,NULL,'retry-delay');
INSERT INTO "jobs" VALUES('fd2fed250b274f5693a2563ed7c17447','download',0,'','error',0,'some failed','','transferred error','','',500,1796024734588585,1796024734598282,0,'http-status',404,'1 of 2 files failed; file 0: 127.0.0.1: the server responded with HTTP status 404',0,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,7633,1,0,'',NULL,0,'','continue',0,NULL,'retry-delay');
CREATE TABLE launches (
    owner   INTEGER NOT NULL,
    service TEXT NOT NULL,
    count   INTEGER NOT NULL,
    PRIMARY KEY (owner, service)
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
    row  INTEGER PRIMARY KEY AUTOINCREMENT,
    job  TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,  -- transferred, error, file-transferred
    file INTEGER         -- NULL = the job as a whole
) STRICT;
INSERT INTO "outbox" VALUES(1,'532ddb8f17f0470da3881009d29ccbbc','transferred',NULL);
INSERT INTO "outbox" VALUES(2,'fd2fed250b274f5693a2563ed7c17447','error',0);
CREATE INDEX outbox_of_job ON outbox (job);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('outbox',2);
COMMIT;
