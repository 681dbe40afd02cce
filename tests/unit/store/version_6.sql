-- SPDX-License-Identifier: LGPL-2.1-or-later
-- A database of version 6 as haulierd left it when it was killed, dumped as text. It had begun with that of version_5.sql, so it
-- has the same jobs, one whose files get their names at once and of which one has been removed, and one whose file is fetched only
-- if it has changed; a user has a limit. Made by that program; not to be edited.

PRAGMA application_id = 0x4861756c;
PRAGMA user_version = 6;
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
    stamp_modified   INTEGER, named_remote TEXT, failed           INTEGER, file_failures    INTEGER, file_wait        TEXT, file_retry_wait  INTEGER, file_retry_date  INTEGER, file_stalled_for INTEGER, cause            TEXT, code             INTEGER, sentence         TEXT, cause_file       INTEGER, folder_device    INTEGER, folder_inode     INTEGER, temporary_number INTEGER, existing         TEXT, server_name      INTEGER, if_modified_since INTEGER, if_none_match     TEXT, not_modified      INTEGER, removed INTEGER,  -- nanoseconds
    PRIMARY KEY (job, number),
    FOREIGN KEY (job, number) REFERENCES files (job, number) ON DELETE CASCADE
) STRICT;
INSERT INTO details VALUES('0aa502facdf0401f8e4e48152cea00ee',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'keep',NULL,NULL,NULL,NULL,NULL);
INSERT INTO details VALUES('0aa502facdf0401f8e4e48152cea00ee',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'rename',1,NULL,NULL,NULL,NULL);
INSERT INTO details VALUES('8de749c0ed234507ae52560ca43193fb',0,NULL,NULL,NULL,replace('HTTP/1.1 200 OK\nServer: BaseHTTP/0.6 Python/3.11.2\nDate: Mon, 30 Nov 2026 11:19:32 GMT\nETag: "one"\nLast-Modified: Mon, 23 Nov 2026 11:19:32 GMT\nAccept-Ranges: bytes\nContent-Length: 20000\n','\n',char(10)),NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,65024,10993697,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO details VALUES('8de749c0ed234507ae52560ca43193fb',1,NULL,NULL,NULL,replace('HTTP/1.1 200 OK\nServer: BaseHTTP/0.6 Python/3.11.2\nDate: Mon, 30 Nov 2026 11:19:32 GMT\nETag: "one"\nLast-Modified: Mon, 23 Nov 2026 11:19:32 GMT\nAccept-Ranges: bytes\nContent-Length: 20000\n','\n',char(10)),NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,65024,10993697,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO details VALUES('b17ce1d845ff4ec78faa9a19845c5c8a',0,NULL,NULL,NULL,replace('HTTP/1.1 200 OK\nServer: BaseHTTP/0.6 Python/3.11.2\nDate: Mon, 30 Nov 2026 11:19:32 GMT\nETag: "one"\nLast-Modified: Mon, 23 Nov 2026 11:19:32 GMT\nAccept-Ranges: bytes\nContent-Length: 3000000\n','\n',char(10)),NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,65024,10993697,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO details VALUES('e129e29a52f745708daef8fe275217c8',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,'http-status',404,'127.0.0.1: the server responded with HTTP status 404',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO details VALUES('e129e29a52f745708daef8fe275217c8',1,NULL,NULL,NULL,replace('HTTP/1.1 200 OK\nServer: BaseHTTP/0.6 Python/3.11.2\nDate: Mon, 30 Nov 2026 11:19:33 GMT\nETag: "one"\nLast-Modified: Mon, 23 Nov 2026 11:19:32 GMT\nAccept-Ranges: bytes\nContent-Length: 20000\n','\n',char(10)),NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,65024,10993697,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO details VALUES('9f636434030e4773a61caf1ec70e258f',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,'host',3000000000,1796040573145767,NULL,'http-status',503,'127.0.0.1: the server responded with HTTP status 503',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO details VALUES('1148a81fc8024d80b208ce313b80cafc',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,60000000,1796037633156462,NULL,'connect-failure',7,'cannot connect to 127.0.0.1',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO details VALUES('6349e146c39e4e2f867532c020818563',0,NULL,NULL,NULL,replace('HTTP/1.1 200 OK\nServer: BaseHTTP/0.6 Python/3.11.2\nDate: Mon, 30 Nov 2026 11:19:33 GMT\nETag: "one"\nLast-Modified: Mon, 23 Nov 2026 11:19:32 GMT\nAccept-Ranges: bytes\nContent-Length: 20000\n','\n',char(10)),NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,65024,10994532,4498330132686551,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO details VALUES('38fb2d6c85fd4a909fc1417b62f53bb4',0,NULL,NULL,NULL,replace('HTTP/1.1 200 OK\nServer: BaseHTTP/0.6 Python/3.11.2\nDate: Mon, 30 Nov 2026 11:19:33 GMT\nETag: "one"\nLast-Modified: Mon, 23 Nov 2026 11:19:32 GMT\nAccept-Ranges: bytes\nContent-Length: 3000000\n','\n',char(10)),NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,65024,10993697,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO details VALUES('562c605b35644692b8e0749b5f31e854',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1);
INSERT INTO details VALUES('a0c15a10e07f4e269d7f9a2b5c69f1c4',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1700000000,'"one"',NULL,NULL);
CREATE TABLE discards (
    owner         INTEGER NOT NULL,
    directory     TEXT NOT NULL,
    temporary     TEXT NOT NULL,
    folder_device INTEGER NOT NULL,  -- which directory that is
    folder_inode  INTEGER NOT NULL,
    since         INTEGER NOT NULL, root   TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (owner, directory, temporary)
) STRICT, WITHOUT ROWID;
INSERT INTO discards VALUES(0,'/tmp/haulier-version-4/downloads/disk','.haulier-aca16c3c5d94408684e721d84e3b2c1a-0.part',87,1,1796037573445085,'');
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
INSERT INTO ended_jobs VALUES(1,'1f835e3885a243a7b342b86427872135','download',0,'ended well','complete',1796037573202632,1796037573217233,5535,20000,1,1,NULL,0,'/tmp/haulier-version-4/downloads/ended','','',NULL);
INSERT INTO ended_jobs VALUES(2,'bf43b48a10db492c8382e78519204c9b','download',0,'given up','cancelled',1796037573221396,1796037573224998,0,0,0,0,NULL,0,'','','',NULL);
INSERT INTO ended_jobs VALUES(3,'79d89e32e55e412186bb44eef9584b48','download',0,'in part','partial',1796037573234227,1796037573257744,16554,20000,2,1,'http-status',404,'/tmp/haulier-version-4/downloads','','',NULL);
INSERT INTO ended_jobs VALUES(4,'aca16c3c5d94408684e721d84e3b2c1a','download',0,'a part that stays','cancelled',1796037573265379,1796037573425951,100574,1500000,1,0,NULL,0,'/tmp/haulier-version-4/downloads/disk/sent','','',NULL);
INSERT INTO ended_jobs VALUES(5,'4e76e4e4b9d44f15b758060d3ddf9f26','download',0,'ended here','cancelled',1796052383763042,1796052383770189,0,0,1,0,NULL,0,'/tmp/haulier-test-pjtpe650/downloads/b','org.example.Shop','client','result');
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
    completed      INTEGER NOT NULL, validation TEXT NOT NULL DEFAULT 'none', source     INTEGER NOT NULL DEFAULT 0, led_away   INTEGER NOT NULL DEFAULT 0, content_type TEXT NOT NULL DEFAULT '', naming        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;
INSERT INTO files VALUES('0aa502facdf0401f8e4e48152cea00ee',0,'https://downloads.example.org/a%20b?x=''1''','/tmp/haulier-version-4/downloads/a',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'',0);
INSERT INTO files VALUES('0aa502facdf0401f8e4e48152cea00ee',1,'http://downloads.example.org/b','/tmp/haulier-version-4/downloads/b',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'',0);
INSERT INTO files VALUES('1148a81fc8024d80b208ce313b80cafc',0,'http://127.0.0.1:9/discard','/tmp/haulier-version-4/downloads/discard',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'',0);
INSERT INTO files VALUES('38fb2d6c85fd4a909fc1417b62f53bb4',0,'http://127.0.0.1:33621/again','/tmp/haulier-version-4/downloads/again',NULL,NULL,NULL,3000000,1474560,'"one"','Mon, 23 Nov 2026 11:19:32 GMT',1,0,0,0,0,0,0,'none',0,0,'',0);
INSERT INTO files VALUES('452c6c7ba1014d25a9078a50f8e7fe15',0,'http://127.0.0.1:33621/up','/tmp/haulier-version-4/downloads/report',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'',0);
INSERT INTO files VALUES('562c605b35644692b8e0749b5f31e854',0,'http://127.0.0.1:9/1','/home/user/1',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'',0);
INSERT INTO files VALUES('562c605b35644692b8e0749b5f31e854',1,'http://127.0.0.1:9/2','/home/user/2',NULL,NULL,NULL,0,0,'','',0,0,0,0,0,1,1,'none',0,0,'',0);
INSERT INTO files VALUES('562c605b35644692b8e0749b5f31e854',2,'http://127.0.0.1:9/3','/home/user/3',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'',0);
INSERT INTO files VALUES('6349e146c39e4e2f867532c020818563',0,'http://127.0.0.1:33621/named','/tmp/haulier-version-4/downloads/shared/named',NULL,NULL,NULL,20000,20000,'"one"','Mon, 23 Nov 2026 11:19:32 GMT',1,65024,10995031,0,0,1,0,'none',0,0,'',0);
INSERT INTO files VALUES('752bddd0cb1e428aba0c3e3efbd3c437',0,'https://127.0.0.1:1/a','/tmp/haulier-test-pjtpe650/downloads/a',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'',0);
INSERT INTO files VALUES('8de749c0ed234507ae52560ca43193fb',0,'http://127.0.0.1:33621/one','/tmp/haulier-version-4/downloads/one',NULL,NULL,NULL,20000,20000,'"one"','Mon, 23 Nov 2026 11:19:32 GMT',1,65024,10993831,0,0,1,0,'none',0,0,'',0);
INSERT INTO files VALUES('8de749c0ed234507ae52560ca43193fb',1,'http://127.0.0.1:33621/two','/tmp/haulier-version-4/downloads/two',NULL,NULL,NULL,20000,20000,'"one"','Mon, 23 Nov 2026 11:19:32 GMT',1,65024,10994328,0,0,1,0,'none',0,0,'',0);
INSERT INTO files VALUES('9f636434030e4773a61caf1ec70e258f',0,'http://127.0.0.1:43097/busy','/tmp/haulier-version-4/downloads/x',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'',0);
INSERT INTO files VALUES('a0c15a10e07f4e269d7f9a2b5c69f1c4',0,'http://127.0.0.1:9/list','/home/user/list',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'',0);
INSERT INTO files VALUES('b17ce1d845ff4ec78faa9a19845c5c8a',0,'http://127.0.0.1:33621/large','/tmp/haulier-version-4/downloads/large',NULL,NULL,NULL,3000000,1500000,'"one"','Mon, 23 Nov 2026 11:19:32 GMT',1,0,0,0,0,0,0,'none',0,0,'',0);
INSERT INTO files VALUES('e129e29a52f745708daef8fe275217c8',0,'http://127.0.0.1:33621/nothing','/tmp/haulier-version-4/downloads/nothing',NULL,NULL,NULL,NULL,0,'','',0,0,0,0,0,0,0,'none',0,0,'',0);
INSERT INTO files VALUES('e129e29a52f745708daef8fe275217c8',1,'http://127.0.0.1:33621/good','/tmp/haulier-version-4/downloads/good',NULL,NULL,NULL,20000,20000,'"one"','Mon, 23 Nov 2026 11:19:32 GMT',1,65024,10995026,0,0,1,0,'none',0,0,'',0);
CREATE TABLE holds (
    owner INTEGER PRIMARY KEY,
    until INTEGER NOT NULL  -- 0 = until it is released
) STRICT;
INSERT INTO holds VALUES(-1,0);
CREATE TABLE hosts (
    owner    INTEGER NOT NULL,
    server   TEXT NOT NULL,     -- https://example.org:443, and the way to it where a job has its own
    until    INTEGER NOT NULL,  -- microseconds since 1970
    cause    TEXT NOT NULL,
    code     INTEGER NOT NULL,
    sentence TEXT NOT NULL,
    PRIMARY KEY (owner, server)
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
INSERT INTO http VALUES('36431940ca1844c895457e9c982b6099',NULL,0,'','','silent','/home/user/my ''key''.pem','preconfigured','','','');
INSERT INTO http VALUES('452c6c7ba1014d25a9078a50f8e7fe15',NULL,0,'POST','','silent','','preconfigured','','','');
INSERT INTO http VALUES('752bddd0cb1e428aba0c3e3efbd3c437',NULL,0,'','','silent','','preconfigured','','','/home/user/ca ''x''.pem');
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
, priority              TEXT NOT NULL DEFAULT 'normal', network_cost          TEXT, power_policy          TEXT NOT NULL DEFAULT 'always', bandwidth_limit       INTEGER NOT NULL DEFAULT 0, not_before            INTEGER NOT NULL DEFAULT 0, auto_complete         INTEGER NOT NULL DEFAULT 0, dynamic_content       INTEGER NOT NULL DEFAULT 0, high_performance      INTEGER NOT NULL DEFAULT 0, on_demand             INTEGER NOT NULL DEFAULT 0, ranges_wanted         INTEGER NOT NULL DEFAULT 0, maximum_download_size INTEGER, maximum_download_time INTEGER NOT NULL DEFAULT 7776000, active_for            INTEGER NOT NULL DEFAULT 0, resumed               INTEGER NOT NULL DEFAULT 0, expired               INTEGER NOT NULL DEFAULT 0, reply_file_name       TEXT NOT NULL DEFAULT '', reply_total           INTEGER, reply_transferred     INTEGER NOT NULL DEFAULT 0, icon TEXT NOT NULL DEFAULT '', on_file_error  TEXT NOT NULL DEFAULT 'stop', answer_timeout INTEGER NOT NULL DEFAULT 0, umask          INTEGER, wait           TEXT NOT NULL DEFAULT 'retry-delay', visibility       TEXT, app_id           TEXT NOT NULL DEFAULT '', app_id_source    TEXT NOT NULL DEFAULT '', grants TEXT, publish_files TEXT    NOT NULL DEFAULT 'together') STRICT, WITHOUT ROWID;
INSERT INTO jobs VALUES('0aa502facdf0401f8e4e48152cea00ee','download',0,'weekly','suspended',0,'catalogue',replace('two files\nof Grüße','\n',char(10)),'transferred error','','',500,1796037572797138,1796037572797138,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'high',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,0,0,0,'',NULL,0,'','stop',0,NULL,'retry-delay','hidden','org.example.Shop','client',NULL,'together');
INSERT INTO jobs VALUES('1148a81fc8024d80b208ce313b80cafc','download',0,'','queued',0,'no server','','transferred error','','',500,1796037573149627,1796052383682530,0,'connect-failure',7,'cannot connect to 127.0.0.1',0,0,60,1209600,1,0,0,53644,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,6103,1,0,'',NULL,0,'','stop',0,NULL,'retry-delay',NULL,'','',NULL,'together');
INSERT INTO jobs VALUES('36431940ca1844c895457e9c982b6099','download',0,'','suspended',0,'result only','','transferred error','','',500,1796037572805223,1796037572805223,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,0,0,0,'',NULL,0,'','stop',0,NULL,'retry-delay','result','','',NULL,'together');
INSERT INTO jobs VALUES('38fb2d6c85fd4a909fc1417b62f53bb4','download',0,'','queued',0,'interrupted','','transferred error','','',500,1796037573452405,1796052383682530,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,97740,1,0,'',NULL,0,'','stop',0,NULL,'retry-delay',NULL,'','',NULL,'together');
INSERT INTO jobs VALUES('452c6c7ba1014d25a9078a50f8e7fe15','upload-reply',0,'','suspended',0,'an upload','','transferred error','','',500,1796037573193212,1796037573193212,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,0,0,0,'',NULL,0,'','stop',0,NULL,'retry-delay',NULL,'','',NULL,'together');
INSERT INTO jobs VALUES('494b34a2b5574531b3e025f5414ed333','download',0,'','suspended',0,'empty','','transferred error','','',500,1796037573159163,1796037573159163,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,0,0,0,'',NULL,0,'','stop',0,NULL,'retry-delay',NULL,'','',NULL,'together');
INSERT INTO jobs VALUES('562c605b35644692b8e0749b5f31e854','download',0,'','suspended',0,'each','','transferred error','','',500,1796071917188328,1796071917190530,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,0,0,0,'',NULL,0,'','stop',0,NULL,'retry-delay',NULL,'','',NULL,'each');
INSERT INTO jobs VALUES('6349e146c39e4e2f867532c020818563','download',0,'','transferred',0,'another name','','transferred error','','',500,1796037573170442,1796037573187745,1796037573187745,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,8180,1,0,'',NULL,0,'','stop',0,NULL,'retry-delay',NULL,'','',NULL,'together');
INSERT INTO jobs VALUES('752bddd0cb1e428aba0c3e3efbd3c437','download',0,'','queued',0,'authority','','transferred error','','',500,1796052383729330,1796052383729330,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'low',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,0,1,0,'',NULL,0,'','stop',0,NULL,'retry-delay',NULL,'','',NULL,'together');
INSERT INTO jobs VALUES('8de749c0ed234507ae52560ca43193fb','download',0,'','transferred',0,'shopping','','transferred error','','',500,1796037572832819,1796037572870238,1796037572870238,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,19640,1,0,'',NULL,0,'','stop',0,NULL,'retry-delay',NULL,'org.example.Shop','client',NULL,'together');
INSERT INTO jobs VALUES('9f636434030e4773a61caf1ec70e258f','download',0,'','queued',0,'asked to wait','','transferred error','','',500,1796037573123476,1796052383682530,0,'http-status',503,'127.0.0.1: the server responded with HTTP status 503',0,0,60,1209600,1,0,0,53649,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,21410,1,0,'',NULL,0,'','stop',0,NULL,'retry-delay',NULL,'','',NULL,'together');
INSERT INTO jobs VALUES('a0c15a10e07f4e269d7f9a2b5c69f1c4','download',0,'','suspended',0,'if it has changed','','transferred error','','',500,1796071917192723,1796071917192723,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,0,0,0,'',NULL,0,'','stop',0,NULL,'retry-delay',NULL,'','',NULL,'together');
INSERT INTO jobs VALUES('b17ce1d845ff4ec78faa9a19845c5c8a','download',0,'','suspended',0,'half an image','','transferred error','','',500,1796037572882513,1796037573100266,0,NULL,NULL,NULL,NULL,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,212350,1,0,'',NULL,0,'','stop',0,NULL,'retry-delay',NULL,'','',NULL,'together');
INSERT INTO jobs VALUES('e129e29a52f745708daef8fe275217c8','download',0,'','error',0,'some failed','','transferred error','','',500,1796037573099823,1796037573117041,0,'http-status',404,'1 of 2 files failed; file 0: 127.0.0.1: the server responded with HTTP status 404',0,0,60,1209600,0,0,0,0,'normal',NULL,'always',0,0,0,0,0,0,0,NULL,7776000,15890,1,0,'',NULL,0,'','continue',0,NULL,'retry-delay',NULL,'','',NULL,'together');
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
INSERT INTO outbox VALUES(1,'8de749c0ed234507ae52560ca43193fb','transferred',NULL);
INSERT INTO outbox VALUES(2,'e129e29a52f745708daef8fe275217c8','error',0);
INSERT INTO outbox VALUES(3,'6349e146c39e4e2f867532c020818563','transferred',NULL);
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
INSERT INTO statistics VALUES(0,1796037572797138,4594560,0,0,19,2,2,3,0,2,0);
CREATE TABLE user_limits (
    owner     INTEGER PRIMARY KEY,
    bandwidth INTEGER NOT NULL  -- bytes per second of all jobs together; the 64 bits of an unsigned number
) STRICT;
INSERT INTO user_limits VALUES(0,2000000);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('outbox',5);
CREATE INDEX outbox_of_job ON outbox (job);
CREATE INDEX ended_jobs_of_owner ON ended_jobs (owner);
COMMIT;
