-- SPDX-License-Identifier: LGPL-2.1-or-later
-- A database of version 2 as haulierd of commit 3d03c2c left it when it was killed, dumped as text: a job with all
-- kinds of settings, one suspended in the middle, one transferred and not told, one failed, one waiting for a retry, one
-- empty, one on demand, one upload, one in flight. Made by that program; not to be edited.

PRAGMA application_id = 0x4861756c;
PRAGMA user_version = 2;
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
INSERT INTO "credentials" VALUES('53ce39cce4fc4e45afa0962eb754aadb',0,'server','basic','user','pass:word','');
INSERT INTO "credentials" VALUES('53ce39cce4fc4e45afa0962eb754aadb',1,'proxy','negotiate','','','');
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
    stamp_modified   INTEGER,  -- nanoseconds
    PRIMARY KEY (job, number),
    FOREIGN KEY (job, number) REFERENCES files (job, number) ON DELETE CASCADE
) STRICT;
INSERT INTO "details" VALUES('0c7a1179d09b41ccbbdc9b22f7e86e28',0,NULL,NULL,NULL,'HTTP/1.1 200 OK
Server: BaseHTTP/0.6 Python/3.11.2
Date: Sun, 29 Nov 2026 19:41:44 GMT
ETag: "one"
Last-Modified: Sun, 22 Nov 2026 19:41:44 GMT
Accept-Ranges: bytes
Content-Length: 3000000
',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "details" VALUES('ef5266a1c9d5408794ecb93be43b6b1d',0,NULL,NULL,NULL,'HTTP/1.1 200 OK
Server: BaseHTTP/0.6 Python/3.11.2
Date: Sun, 29 Nov 2026 19:41:44 GMT
ETag: "one"
Last-Modified: Sun, 22 Nov 2026 19:41:44 GMT
Accept-Ranges: bytes
Content-Length: 20000
',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "details" VALUES('ef5266a1c9d5408794ecb93be43b6b1d',1,NULL,NULL,NULL,'HTTP/1.1 200 OK
Server: BaseHTTP/0.6 Python/3.11.2
Date: Sun, 29 Nov 2026 19:41:44 GMT
ETag: "one"
Last-Modified: Sun, 22 Nov 2026 19:41:44 GMT
Accept-Ranges: bytes
Content-Length: 20000
',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "details" VALUES('4713734751ee4214aa2c331006e7f7dc',0,NULL,NULL,NULL,'HTTP/1.1 206 Partial Content
Server: BaseHTTP/0.6 Python/3.11.2
Date: Sun, 29 Nov 2026 19:41:44 GMT
ETag: "one"
Last-Modified: Sun, 22 Nov 2026 19:41:44 GMT
Accept-Ranges: bytes
Content-Range: bytes 5000-5499/3000000
Content-Length: 500
','100000+10','0+1000 5000+500',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "details" VALUES('36f1e8632d80408b91d295e34a59c501',0,NULL,'http://mirror.example.org/again',NULL,'HTTP/1.1 200 OK
Server: BaseHTTP/0.6 Python/3.11.2
Date: Sun, 29 Nov 2026 19:41:44 GMT
ETag: "one"
Last-Modified: Sun, 22 Nov 2026 19:41:44 GMT
Accept-Ranges: bytes
Content-Length: 3000000
',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
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
    completed      INTEGER NOT NULL, validation TEXT NOT NULL DEFAULT 'none', source     INTEGER NOT NULL DEFAULT 0, led_away   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;
INSERT INTO "files" VALUES('02a566538ba44b3dab9d4ed7f21581b0',0,'http://127.0.0.1:34317/up','/tmp/haulier-version-2/downloads/report',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0);
INSERT INTO "files" VALUES('0c7a1179d09b41ccbbdc9b22f7e86e28',0,'http://127.0.0.1:34317/large','/tmp/haulier-version-2/downloads/large',NULL,NULL,NULL,3000000,1500000,'"one"','Sun, 22 Nov 2026 19:41:44 GMT',1,0,0,0,0,0,0,'none',0,0);
INSERT INTO "files" VALUES('360ae0eda0814559a4ab6d97ead5a9c5',0,'http://127.0.0.1:34317/nothing','/tmp/haulier-version-2/downloads/nothing',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0);
INSERT INTO "files" VALUES('36f1e8632d80408b91d295e34a59c501',0,'http://127.0.0.1:34317/again','/tmp/haulier-version-2/downloads/again',NULL,NULL,NULL,3000000,1500000,'"one"','Sun, 22 Nov 2026 19:41:44 GMT',1,0,0,0,0,0,0,'none',0,0);
INSERT INTO "files" VALUES('4713734751ee4214aa2c331006e7f7dc',0,'http://127.0.0.1:34317/ranges','/tmp/haulier-version-2/downloads/ranges',NULL,NULL,NULL,3000000,1500,'"one"','Sun, 22 Nov 2026 19:41:44 GMT',1,65024,11059302,0,0,0,0,'none',0,0);
INSERT INTO "files" VALUES('4f3c3be55d6e46b39141ef725e21e949',0,'http://127.0.0.1:9/discard','/tmp/haulier-version-2/downloads/discard',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0);
INSERT INTO "files" VALUES('53ce39cce4fc4e45afa0962eb754aadb',0,'https://downloads.example.org/a%20b?x=''1''','/tmp/haulier-version-2/downloads/a',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0);
INSERT INTO "files" VALUES('53ce39cce4fc4e45afa0962eb754aadb',1,'http://downloads.example.org/b','/tmp/haulier-version-2/downloads/b',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0);
INSERT INTO "files" VALUES('ef5266a1c9d5408794ecb93be43b6b1d',0,'http://127.0.0.1:34317/one','/tmp/haulier-version-2/downloads/one',NULL,NULL,NULL,20000,20000,'"one"','Sun, 22 Nov 2026 19:41:44 GMT',1,65024,11059244,0,0,1,0,'none',0,0);
INSERT INTO "files" VALUES('ef5266a1c9d5408794ecb93be43b6b1d',1,'http://127.0.0.1:34317/two','/tmp/haulier-version-2/downloads/two',NULL,NULL,NULL,20000,20000,'"one"','Sun, 22 Nov 2026 19:41:44 GMT',1,65024,11059354,0,0,1,0,'none',0,0);
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
INSERT INTO "http" VALUES('53ce39cce4fc4e45afa0962eb754aadb','X-Token: 1
Cookie: ü',1,'','check-revocation ignore-dates','report','/home/user/my ''key''.pem','override','http=proxy.example.org:3128','<local> *.example.net');
INSERT INTO "http" VALUES('02a566538ba44b3dab9d4ed7f21581b0',NULL,0,'POST','','silent','','preconfigured','','');
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
, priority              TEXT NOT NULL DEFAULT 'normal', network_cost          TEXT, power_policy          TEXT NOT NULL DEFAULT 'always', bandwidth_limit       INTEGER NOT NULL DEFAULT 0, not_before            INTEGER NOT NULL DEFAULT 0, auto_complete         INTEGER NOT NULL DEFAULT 0, dynamic_content       INTEGER NOT NULL DEFAULT 0, high_performance      INTEGER NOT NULL DEFAULT 0, on_demand             INTEGER NOT NULL DEFAULT 0, ranges_wanted         INTEGER NOT NULL DEFAULT 0, maximum_download_size INTEGER, maximum_download_time INTEGER NOT NULL DEFAULT 7776000, active_for            INTEGER NOT NULL DEFAULT 0, resumed               INTEGER NOT NULL DEFAULT 0, expired               INTEGER NOT NULL DEFAULT 0, reply_file_name       TEXT NOT NULL DEFAULT '', reply_total           INTEGER, reply_transferred     INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
INSERT INTO "jobs" VALUES('02a566538ba44b3dab9d4ed7f21581b0','upload-reply',0,'','suspended',0,'an upload','','transferred error','','',500,1795981304948599,1795981304948599,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,0,0,0,'/tmp/haulier-version-2/downloads/answer',NULL,0);
INSERT INTO "jobs" VALUES('0c7a1179d09b41ccbbdc9b22f7e86e28','download',0,'','suspended',0,'half an image','','transferred error','','',500,1795981304517685,1795981304814604,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,243329,1,0,'',NULL,0);
INSERT INTO "jobs" VALUES('2ea3b3204ea24dd9bc33951b8508ea15','download',0,'','suspended',0,'empty','','transferred error','','',500,1795981304924728,1795981304924728,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,0,0,0,'',NULL,0);
INSERT INTO "jobs" VALUES('360ae0eda0814559a4ab6d97ead5a9c5','download',0,'','error',0,'lost','','transferred error','','',500,1795981304892434,1795981304910939,0,'http-status',404,'127.0.0.1: The server answered with HTTP status 404.',0,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,4151,1,0,'',NULL,0);
INSERT INTO "jobs" VALUES('36f1e8632d80408b91d295e34a59c501','download',0,'','transferring',0,'interrupted','','transferred error','','',500,1795981304973019,1795981305996257,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,1019003,1,0,'',NULL,0);
INSERT INTO "jobs" VALUES('4713734751ee4214aa2c331006e7f7dc','download',0,'','suspended',0,'on demand','','transferred error','','',500,1795981304930434,1795981304942544,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,1,1,NULL,7776000,5753,1,0,'',NULL,0);
INSERT INTO "jobs" VALUES('4f3c3be55d6e46b39141ef725e21e949','download',0,'','transient-error',0,'no server','','transferred error','','',500,1795981304913860,1795981304919765,0,'connect-failure',7,'No connection to 127.0.0.1 could be made.',0,0,600,1209600,1,600000000,1795981904919765,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,3216,1,0,'',NULL,0);
INSERT INTO "jobs" VALUES('53ce39cce4fc4e45afa0962eb754aadb','download',0,'weekly','suspended',0,'catalogue','two files
of Grüße','error file-transferred','','',250,1795981304421979,1795981304487667,0,NULL,NULL,NULL,NULL,0,5,3600,0,0,0,0,'high','unmetered','ac-only',65536,1795255200123456,1,0,0,0,0,50000000,86400,0,0,0,'',NULL,0);
INSERT INTO "jobs" VALUES('ef5266a1c9d5408794ecb93be43b6b1d','download',0,'','transferred',0,'shopping','','transferred file-transferred','','',500,1795981304834877,1795981304884480,1795981304884480,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,21722,1,0,'',NULL,0);
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
INSERT INTO "outbox" VALUES(1,'ef5266a1c9d5408794ecb93be43b6b1d','file-transferred',0);
INSERT INTO "outbox" VALUES(2,'ef5266a1c9d5408794ecb93be43b6b1d','file-transferred',1);
INSERT INTO "outbox" VALUES(3,'ef5266a1c9d5408794ecb93be43b6b1d','transferred',NULL);
INSERT INTO "outbox" VALUES(4,'360ae0eda0814559a4ab6d97ead5a9c5','error',0);
CREATE INDEX outbox_of_job ON outbox (job);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('outbox',4);
COMMIT;
