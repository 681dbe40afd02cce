-- SPDX-License-Identifier: LGPL-2.1-or-later
-- A database of version 5 as haulierd of commit bb9a0f6 left it when it was killed, dumped as text: a job with certificate
-- authorities of its own, one for which only the result is shown, one suspended in the middle, two transferred and not told,
-- one of whose files one has failed, one whose server asked it to wait, one waiting for a retry, one empty, one upload, one in
-- the queue again; three that have ended, and a hold with a date. Made by that program; not to be edited.

PRAGMA application_id = 0x4861756c;
PRAGMA user_version = 5;
BEGIN TRANSACTION;
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
, priority              TEXT NOT NULL DEFAULT 'normal', network_cost          TEXT, power_policy          TEXT NOT NULL DEFAULT 'always', bandwidth_limit       INTEGER NOT NULL DEFAULT 0, not_before            INTEGER NOT NULL DEFAULT 0, auto_complete         INTEGER NOT NULL DEFAULT 0, dynamic_content       INTEGER NOT NULL DEFAULT 0, high_performance      INTEGER NOT NULL DEFAULT 0, on_demand             INTEGER NOT NULL DEFAULT 0, ranges_wanted         INTEGER NOT NULL DEFAULT 0, maximum_download_size INTEGER, maximum_download_time INTEGER NOT NULL DEFAULT 7776000, active_for            INTEGER NOT NULL DEFAULT 0, resumed               INTEGER NOT NULL DEFAULT 0, expired               INTEGER NOT NULL DEFAULT 0, reply_file_name       TEXT NOT NULL DEFAULT '', reply_total           INTEGER, reply_transferred     INTEGER NOT NULL DEFAULT 0, icon TEXT NOT NULL DEFAULT '', on_file_error  TEXT NOT NULL DEFAULT 'stop', answer_timeout INTEGER NOT NULL DEFAULT 0, umask          INTEGER, wait           TEXT NOT NULL DEFAULT 'retry-delay', visibility       TEXT, app_id           TEXT NOT NULL DEFAULT '', app_id_source    TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
INSERT INTO jobs VALUES('1fa3225f94844d9889f4a59d623bfa56','download',0,'','suspended',0,'result only','','transferred error','','',500,1796052286899325,1796052286899325,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',65536,0,0,0,0,0,0,NULL,7776000,0,0,0,'',NULL,0,'','stop',0,NULL,'retry-delay','result','','');
INSERT INTO jobs VALUES('285c19a7567444eea9acc65ae22b2bff','download',0,'','transient-error',0,'no server','','transferred error','','',500,1796052287130690,1796052287133127,0,'connect-failure',7,'cannot connect to 127.0.0.1 port 1: connection refused',0,0,60,1209600,1,60000000,1796052347133127,529403,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,2002,1,0,'',NULL,0,'','stop',0,NULL,'retry-delay',NULL,'','');
INSERT INTO jobs VALUES('3c8e03a9bae64644914517414a8f3589','download',0,'','suspended',0,'half an image','','transferred error','','',500,1796052287020174,1796052287082912,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,1,0,NULL,7776000,50178,1,0,'',NULL,0,'','stop',0,NULL,'retry-delay',NULL,'','');
INSERT INTO jobs VALUES('4049bcef1a934df0bfe1d7372d4cafc1','download',0,'','transferred',0,'shopping','','transferred error','','',500,1796052286935737,1796052287006527,1796052287006527,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,59076,1,0,'',NULL,0,'','stop',0,NULL,'retry-delay',NULL,'org.example.Shop','client');
INSERT INTO jobs VALUES('695b793b7eeb478a8b33d78e8b2885db','download',0,'','error',0,'some failed','','transferred error','','',500,1796052287106734,1796052287123463,0,'http-status',404,'1 of 2 files failed; file 0: 127.0.0.1: the server responded with HTTP status 404',0,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,16206,1,0,'',NULL,0,'','continue',0,NULL,'retry-delay',NULL,'','');
INSERT INTO jobs VALUES('70a78dd0f511414c92399dea60d16933','download',0,'','transferred',0,'another name','','transferred error','','',500,1796052287090603,1796052287096633,1796052287096633,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,5626,1,0,'',NULL,0,'','stop',0,NULL,'retry-delay',NULL,'','');
INSERT INTO jobs VALUES('87765cf920aa4e72ba1838cbd0913604','download',0,'weekly','suspended',0,'catalogue',replace('two files\nof Grüße','\n',char(10)),'transferred error','','',500,1796052286861883,1796052286861883,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'high',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,0,0,0,'',NULL,0,'','stop',0,NULL,'retry-delay','hidden','org.example.Shop','client');
INSERT INTO jobs VALUES('9403450c3af04b669b13be21dff68dff','download',0,'','transient-error',0,'asked to wait','','transferred error','','',500,1796052287641606,1796052287649653,0,'http-status',503,'127.0.0.1: the server responded with HTTP status 503',0,0,60,1209600,1,3000000000,1796055287649653,12876,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,7083,1,0,'',NULL,0,'','stop',0,NULL,'host',NULL,'','');
INSERT INTO jobs VALUES('af858ef325f1443d83a83b2dd480dd75','upload-reply',0,'','suspended',0,'an upload','','transferred error','','',500,1796052287167761,1796052287167761,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,0,0,0,'',NULL,0,'','stop',0,NULL,'retry-delay',NULL,'','');
INSERT INTO jobs VALUES('c7e5269edeb84236b3d68e07dff5c9cf','download',0,'','suspended',0,'empty','','transferred error','','',500,1796052287155785,1796052287155785,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,0,0,0,'',NULL,0,'','stop',0,NULL,'retry-delay',NULL,'','');
INSERT INTO jobs VALUES('ddaf85eb25f846669c4392c4d75e76e8','download',0,'','queued',0,'interrupted','','transferred error','','',500,1796052287243443,1796052287662530,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,418507,1,0,'',NULL,0,'','stop',0,NULL,'retry-delay',NULL,'','');
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
INSERT INTO files VALUES('1fa3225f94844d9889f4a59d623bfa56',0,'http://127.0.0.1:45337/a','/home/user/downloads/r',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'');
INSERT INTO files VALUES('285c19a7567444eea9acc65ae22b2bff',0,'http://127.0.0.1:1/x','/home/user/downloads/ns',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'');
INSERT INTO files VALUES('3c8e03a9bae64644914517414a8f3589',0,'http://127.0.0.1:45337/big','/home/user/downloads/i',NULL,NULL,NULL,3145728,1048576,'"one"','Mon, 23 Nov 2026 15:24:46 GMT',1,65024,12263816,0,0,0,0,'none',0,0,'');
INSERT INTO files VALUES('4049bcef1a934df0bfe1d7372d4cafc1',0,'http://127.0.0.1:45337/a','/home/user/downloads/s',NULL,NULL,NULL,1048576,1048576,'"one"','Mon, 23 Nov 2026 15:24:46 GMT',1,65024,12263807,0,0,1,0,'none',0,0,'');
INSERT INTO files VALUES('695b793b7eeb478a8b33d78e8b2885db',0,'http://127.0.0.1:45337/missing','/home/user/downloads/f1',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'');
INSERT INTO files VALUES('695b793b7eeb478a8b33d78e8b2885db',1,'http://127.0.0.1:45337/b','/home/user/downloads/f2',NULL,NULL,NULL,1048576,1048576,'"one"','Mon, 23 Nov 2026 15:24:46 GMT',1,65024,12263821,0,0,1,0,'none',0,0,'');
INSERT INTO files VALUES('70a78dd0f511414c92399dea60d16933',0,'http://127.0.0.1:45337/a','/home/user/downloads/an',NULL,NULL,NULL,1048576,1048576,'"one"','Mon, 23 Nov 2026 15:24:46 GMT',1,65024,12263818,0,0,1,0,'none',0,0,'');
INSERT INTO files VALUES('87765cf920aa4e72ba1838cbd0913604',0,'http://127.0.0.1:45337/a','/home/user/downloads/c1',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'');
INSERT INTO files VALUES('87765cf920aa4e72ba1838cbd0913604',1,'http://127.0.0.1:45337/b','/home/user/downloads/c2',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'');
INSERT INTO files VALUES('9403450c3af04b669b13be21dff68dff',0,'http://127.0.0.1:45337/busy','/home/user/downloads/aw',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'');
INSERT INTO files VALUES('af858ef325f1443d83a83b2dd480dd75',0,'http://127.0.0.1:45337/up','/home/user/src',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'');
INSERT INTO files VALUES('ddaf85eb25f846669c4392c4d75e76e8',0,'http://127.0.0.1:45337/stall','/home/user/downloads/it',NULL,NULL,NULL,3145728,2097152,'"one"','Mon, 23 Nov 2026 15:24:46 GMT',1,0,0,0,0,0,0,'none',0,0,'');
CREATE TABLE outbox (
    row  INTEGER PRIMARY KEY AUTOINCREMENT,
    job  TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,  -- transferred, error, file-transferred
    file INTEGER         -- NULL = the job as a whole
) STRICT;
INSERT INTO outbox VALUES(1,'4049bcef1a934df0bfe1d7372d4cafc1','transferred',NULL);
INSERT INTO outbox VALUES(2,'70a78dd0f511414c92399dea60d16933','transferred',NULL);
INSERT INTO outbox VALUES(3,'695b793b7eeb478a8b33d78e8b2885db','error',0);
CREATE TABLE launches (
    owner   INTEGER NOT NULL,
    service TEXT NOT NULL,
    count   INTEGER NOT NULL,
    PRIMARY KEY (owner, service)
) STRICT, WITHOUT ROWID;
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
, certificate_authority TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO http VALUES('87765cf920aa4e72ba1838cbd0913604',NULL,0,'','','silent','','preconfigured','','','/home/user/my ''ca''.pem');
INSERT INTO http VALUES('1fa3225f94844d9889f4a59d623bfa56','X-One: 1',0,'','','silent','/home/user/my ''key''.pem','preconfigured','','','');
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
INSERT INTO credentials VALUES('1fa3225f94844d9889f4a59d623bfa56',0,'server','basic','joe','secret','');
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
    stamp_modified   INTEGER, named_remote TEXT, failed           INTEGER, file_failures    INTEGER, file_wait        TEXT, file_retry_wait  INTEGER, file_retry_date  INTEGER, file_stalled_for INTEGER, cause            TEXT, code             INTEGER, sentence         TEXT, cause_file       INTEGER, folder_device    INTEGER, folder_inode     INTEGER, temporary_number INTEGER, existing         TEXT, server_name      INTEGER,  -- nanoseconds
    PRIMARY KEY (job, number),
    FOREIGN KEY (job, number) REFERENCES files (job, number) ON DELETE CASCADE
) STRICT;
INSERT INTO details VALUES('87765cf920aa4e72ba1838cbd0913604',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'keep',NULL);
INSERT INTO details VALUES('87765cf920aa4e72ba1838cbd0913604',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'rename',1);
INSERT INTO details VALUES('4049bcef1a934df0bfe1d7372d4cafc1',0,NULL,NULL,NULL,replace('HTTP/1.1 200 OK\nServer: BaseHTTP/0.6 Python/3.11.2\nDate: Mon, 30 Nov 2026 15:24:46 GMT\nETag: "one"\nLast-Modified: Mon, 23 Nov 2026 15:24:46 GMT\nAccept-Ranges: bytes\nContent-Length: 1048576\n','\n',char(10)),NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,65024,12263711,NULL,NULL,NULL);
INSERT INTO details VALUES('3c8e03a9bae64644914517414a8f3589',0,NULL,NULL,NULL,replace('HTTP/1.1 206 Partial Content\nServer: BaseHTTP/0.6 Python/3.11.2\nDate: Mon, 30 Nov 2026 15:24:47 GMT\nETag: "one"\nLast-Modified: Mon, 23 Nov 2026 15:24:46 GMT\nAccept-Ranges: bytes\nContent-Range: bytes 0-1048575/3145728\nContent-Length: 1048576\n','\n',char(10)),NULL,'0+1048576',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,65024,12263711,NULL,NULL,NULL);
INSERT INTO details VALUES('70a78dd0f511414c92399dea60d16933',0,NULL,NULL,NULL,replace('HTTP/1.1 200 OK\nServer: BaseHTTP/0.6 Python/3.11.2\nDate: Mon, 30 Nov 2026 15:24:47 GMT\nETag: "one"\nLast-Modified: Mon, 23 Nov 2026 15:24:46 GMT\nAccept-Ranges: bytes\nContent-Length: 1048576\n','\n',char(10)),NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,65024,12263711,NULL,NULL,NULL);
INSERT INTO details VALUES('695b793b7eeb478a8b33d78e8b2885db',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,'http-status',404,'127.0.0.1: the server responded with HTTP status 404',0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO details VALUES('695b793b7eeb478a8b33d78e8b2885db',1,NULL,NULL,NULL,replace('HTTP/1.1 200 OK\nServer: BaseHTTP/0.6 Python/3.11.2\nDate: Mon, 30 Nov 2026 15:24:47 GMT\nETag: "one"\nLast-Modified: Mon, 23 Nov 2026 15:24:46 GMT\nAccept-Ranges: bytes\nContent-Length: 1048576\n','\n',char(10)),NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,65024,12263711,NULL,NULL,NULL);
INSERT INTO details VALUES('285c19a7567444eea9acc65ae22b2bff',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,60000000,1796052347133127,NULL,'connect-failure',7,'cannot connect to 127.0.0.1 port 1: connection refused',0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO details VALUES('ddaf85eb25f846669c4392c4d75e76e8',0,NULL,NULL,NULL,replace('HTTP/1.1 200 OK\nServer: BaseHTTP/0.6 Python/3.11.2\nDate: Mon, 30 Nov 2026 15:24:47 GMT\nETag: "one"\nLast-Modified: Mon, 23 Nov 2026 15:24:46 GMT\nAccept-Ranges: bytes\nContent-Length: 3145728\n','\n',char(10)),NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,65024,12263711,NULL,NULL,NULL);
INSERT INTO details VALUES('9403450c3af04b669b13be21dff68dff',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,'host',3000000000,1796055287649653,NULL,'http-status',503,'127.0.0.1: the server responded with HTTP status 503',0,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE hosts (
    owner    INTEGER NOT NULL,
    server   TEXT NOT NULL,     -- https://example.org:443, and the way to it where a job has its own
    until    INTEGER NOT NULL,  -- microseconds since 1970
    cause    TEXT NOT NULL,
    code     INTEGER NOT NULL,
    sentence TEXT NOT NULL,
    PRIMARY KEY (owner, server)
) STRICT, WITHOUT ROWID;
INSERT INTO hosts VALUES(0,'http://127.0.0.1:45337',1796055287649580,'http-status',503,'http://127.0.0.1:45337 asks for no requests at present: 127.0.0.1: the server responded with HTTP status 503');
CREATE TABLE discards (
    owner         INTEGER NOT NULL,
    directory     TEXT NOT NULL,
    temporary     TEXT NOT NULL,
    folder_device INTEGER NOT NULL,  -- which directory that is
    folder_inode  INTEGER NOT NULL,
    since         INTEGER NOT NULL,
    PRIMARY KEY (owner, directory, temporary)
) STRICT, WITHOUT ROWID;
CREATE TABLE ended_jobs (
    number            INTEGER PRIMARY KEY,
    id                TEXT NOT NULL,
    type              TEXT NOT NULL,
    owner             INTEGER NOT NULL,
    display_name      TEXT NOT NULL,
    result            TEXT NOT NULL,     -- complete, partial, cancelled, expired
    created           INTEGER NOT NULL,
    ended             INTEGER NOT NULL,
    active_for        INTEGER NOT NULL,  -- microseconds
    bytes             INTEGER NOT NULL,
    files_total       INTEGER NOT NULL,
    files_transferred INTEGER NOT NULL,
    cause             TEXT,              -- of the last failure, or NULL
    code              INTEGER NOT NULL,
    target            TEXT NOT NULL
, app_id                TEXT NOT NULL DEFAULT '', app_id_source         TEXT NOT NULL DEFAULT '', visibility            TEXT) STRICT;
INSERT INTO ended_jobs VALUES(1,'020cd9fd6fb545b78cea75b71a3a0118','download',0,'ended well','complete',1796052287461048,1796052287503632,22061,1048576,1,1,NULL,0,'/home/user/downloads/w','org.example.Shop','client','full');
INSERT INTO ended_jobs VALUES(2,'a46a381513554e859d900e9a350df97d','download',0,'ended badly','cancelled',1796052287524265,1796052287578747,14461,0,1,0,'http-status',404,'/home/user/downloads/e','','',NULL);
INSERT INTO ended_jobs VALUES(3,'92f55d0a134f4c7fb2ca0584ec05de3d','download',0,'ended in part','partial',1796052287586913,1796052287628381,24227,1048576,2,1,'http-status',404,'/home/user/downloads','','',NULL);
CREATE TABLE statistics (
    owner           INTEGER PRIMARY KEY,
    since           INTEGER NOT NULL,
    bytes_received  INTEGER NOT NULL,
    bytes_sent      INTEGER NOT NULL,
    bytes_discarded INTEGER NOT NULL,
    jobs_created    INTEGER NOT NULL,
    jobs_completed  INTEGER NOT NULL,
    jobs_failed     INTEGER NOT NULL,
    jobs_cancelled  INTEGER NOT NULL,
    jobs_expired    INTEGER NOT NULL,
    retries         INTEGER NOT NULL,
    files_restarted INTEGER NOT NULL
) STRICT;
INSERT INTO statistics VALUES(0,1796052286861883,8388608,0,0,14,2,3,1,0,2,0);
CREATE TABLE holds (
    owner INTEGER PRIMARY KEY,
    until INTEGER NOT NULL  -- 0 = until it is released
) STRICT;
INSERT INTO holds VALUES(-1,1827588287658613);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('outbox',6);
CREATE INDEX outbox_of_job ON outbox (job);
CREATE INDEX ended_jobs_of_owner ON ended_jobs (owner);
COMMIT;
