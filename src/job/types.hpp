// SPDX-License-Identifier: LGPL-2.1-or-later
// What a job is: plain values that can be copied, compared, stored and printed.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "job/cause.hpp"
#include "job/confinement.hpp"
#include "job/rare.hpp"
#include "job/settings.hpp"
#include "job/state.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace haulier::job {

/// 32 lower-case hex digits.
struct Id {
    std::string hex;
    auto operator<=>(const Id&) const = default;
};
struct HashOfId {
    size_t operator()(const Id& id) const noexcept { return std::hash<std::string>{}(id.hex); }
};
/// For many jobs: in a tree, each step to one of them waits for memory.
template <class T>
using ById = std::unordered_map<Id, T, HashOfId>;
std::optional<Id> parse_id(std::string_view text);

/// A size that is not known yet, on the bus and in the store (BITS: BG_SIZE_UNKNOWN).
inline constexpr uint64_t UnknownSize = ~uint64_t{0};
/// "No file" in an error.
inline constexpr uint32_t NoFile = ~uint32_t{0};

enum class Type {
    Download,
    Upload,      ///< one file, local to remote
    UploadReply, ///< as Upload, and the body of the server's answer is kept (BITS 6.7)
};
template <>
struct Names<Type> {
    static constexpr std::string_view what = "job type";
    static constexpr std::array rows{
        EnumName{Type::Download, "download"},
        EnumName{Type::Upload, "upload"},
        EnumName{Type::UploadReply, "upload-reply"},
    };
};
constexpr bool is_upload(Type type) {
    return type != Type::Download;
}

/// Why a job is in `error` or `transient-error`.
struct JobError {
    Cause cause = Cause::Internal;
    int32_t code = 0;    ///< HTTP status, errno or libcurl code, as `cause` says; 0 = none
    std::string message; ///< for users
    uint32_t file = NoFile;
    bool operator==(const JobError&) const = default;
};

/// What keeps jobs from running that would otherwise have their turn.
struct Bar {
    enum class Why {
        Held,   ///< their owner, or an administrator, holds them
        Window, ///< nothing of theirs may be transferred at this hour
    };
    Why why = Why::Held;
    WallTime until; ///< 0 = no date
    bool operator==(const Bar&) const = default;
};

/// What its client chose, and what became of it.
struct Job : Settings {
    Id id;
    Type type = Type::Download;
    uint32_t owner = 0; ///< uid
    std::string key;    ///< the client's own name for it; unique among the owner's unfinished jobs, or empty
    std::string app_id; ///< of the app whose job it is: the name of its .desktop file; empty = not known
    AppIdSource app_id_source = AppIdSource::None;
    std::optional<Grants>
        grants; ///< of the sandbox of the app, when the job was created; nothing = not confined
    State state = State::Suspended;
    bool ranges_wanted = false; ///< on-demand: something that is not here is requested
    bool resumed = false;       ///< was resumed once: some settings are locked from then on

    WallTime created;
    WallTime modified;
    WallTime transferred_at; ///< 0 = never

    std::optional<JobError> error; ///< kept until data flows again (BITS 2.2, GetError)
    uint32_t error_count = 0;      ///< BITS 3.6; never reset

    uint32_t failures = 0;   ///< of its files, in a row, without progress between them
    Wait wait = Wait::Retry; ///< what it waits for in transient-error
    Usec retry_wait{};       ///< from the last transient error to the retry date
    WallTime retry_date;     ///< when the first file may be tried again; 0 = on an event
    Usec stalled_for{};      ///< how long the job had been without progress when it was last stored
    Usec active_for{};       ///< connecting or transferring, up to the last decision
    bool expired = false;    ///< cancelled because it was inactive for too long

    uint32_t files_total = 0;       ///< files that were added
    uint32_t files_transferred = 0; ///< of these, including those that were removed
    uint32_t files_removed = 0;
    uint32_t files_failed = 0;          ///< for good
    uint64_t reply_total = UnknownSize; ///< of an upload's reply, once it begins
    uint64_t reply_transferred = 0;

    /// What only this run of the daemon knows; not stored, but derived again by recover() and from reports.
    struct RuntimeClocks {
        std::optional<BootTime> retry_at;      ///< nothing: no date, or no wait
        std::optional<BootTime> stalled_since; ///< the first failure since there was progress
        std::optional<BootTime> active_since;  ///< active_for counts up to here
        BootTime slice_since;                  ///< when it got its present slot
        BootTime touched_at;                   ///< for the inactivity timeout
        bool owner_away = false;               ///< and must be logged in
        std::optional<Bar> bar;                ///< a request that cannot be repeated goes on nevertheless
        BootTime barred_since;
        bool operator==(const RuntimeClocks&) const = default;
    } clocks;

    bool operator==(const Job&) const = default;
};
/// By their creation; of two of one moment, the same one always.
inline bool is_older(const Job& a, const Job& b) {
    return std::tie(a.created, a.id) < std::tie(b.created, b.id);
}
/// Files that the job has.
constexpr uint32_t listed_files(const Job& job) {
    return job.files_total - job.files_removed;
}
/// Those of these files that are transferred.
constexpr uint32_t arrived_files(const Job& job) {
    return job.files_transferred - job.files_removed;
}
/// Do the jobs differ in their progress only, and not in who owns them or in what their client chose?
bool has_same_settings(const Job& a, const Job& b);
/// NotBefore plus the job's delay of up to Jitter, which is derived from its id and never changes; 0 = at
/// once.
WallTime start_date(const Job& job);
/// All files of the job have arrived, and it completes itself.
bool completes_itself(const Job& job);

struct Checksum {
    enum class Kind { Sha256, Sha512, Sha1, Md5 } kind = Kind::Sha256;
    std::string hex; ///< lower-case
    bool operator==(const Checksum&) const = default;
};

/// What tells one version of a remote file from another (docs/decisions.md, File versions, RFC 9110 8.8).
struct Validators {
    std::string etag;            ///< strong ones only, with quotes; empty = none
    std::string last_modified;   ///< as the server wrote it; empty = none
    bool date_is_strong = false; ///< Last-Modified was at least a second older than Date (RFC 9110 8.8.2.2)
    std::string content_type{};  ///< the media type in lower case; empty = none
    bool operator==(const Validators&) const = default;
};

/// Identifies the temporary file on disk, so that a crash between rename and commit can be told from a
/// foreign file.
struct Inode {
    uint64_t device = 0;
    uint64_t number = 0;
    bool operator==(const Inode&) const = default;
};

/// What a client asks for when it adds a file.
struct FileSpec {
    std::string remote;
    std::string local; ///< absolute
    std::optional<Checksum> checksum;
    uint64_t size = UnknownSize; ///< that the client expects; another size is an error
    std::optional<uint32_t>
        mode; ///< permission bits of the finished file; otherwise 0666 less the worker's umask
    Rare<std::vector<Range>> ranges;        ///< only these, joined in this order; none = the whole file
    Rare<std::vector<std::string>> mirrors; ///< further URLs of the same file
    Rare<std::vector<std::string>> peers;   ///< URLs of sources that need not be trusted, see peers.hpp
    Existing existing = Existing::Replace;
    bool server_name = false;   ///< the server provides the name in the directory when it has answered
    WallTime if_modified_since; ///< fetched only if modified since then; 0 = no condition
    /// Fetched only if it has none of these entity tags; empty = no condition.
    Rare<std::string> if_none_match;
    bool operator==(const FileSpec&) const = default;
};

bool is_conditional(const FileSpec& spec);

/// What is known of one of a file's sources (see mirrors.hpp).
struct SourceStatus {
    uint32_t failures = 0;
    bool excluded = false; ///< until the next Resume
    bool operator==(const SourceStatus&) const = default;
};

/// The source of an upload when it began: any difference means that the file has changed (BITS 3.7).
struct SourceStamp {
    Inode inode;
    uint64_t size = 0;
    int64_t modified_ns = 0;
    bool operator==(const SourceStamp&) const = default;
};

struct File {
    FileSpec spec;
    uint64_t total = UnknownSize; ///< of the remote file; see size_of() for what the local one will have
    uint64_t offset = 0;          ///< bytes on disk that survive a power cut; nothing beyond is trusted
    /// Where these are, if not at the beginning: it came over several connections.
    Rare<std::vector<Range>> pieces;
    Validators validators;
    Inode inode;
    uint32_t restarts = 0;     ///< how often it began again from zero because the remote file had changed
    uint32_t mismatches = 0;   ///< how often it was complete and the checksum was wrong
    bool transferred = false;  ///< complete, checked and durable
    bool completed = false;    ///< available under its own name
    bool not_modified = false; ///< according to its conditions; the file with its name stays
    bool removed = false;      ///< removed from the job; it counts as transferred and completed
    bool naming = false;       ///< transferred, and being given its own name while the job goes on
    Validation validation = Validation::None;
    bool redirected_cross_origin =
        false; ///< a server, not the client, named where it comes from: no secrets of the job go there
    Rare<std::string> named_remote; ///< the remote name that the client gave, if a redirect has replaced it
    Rare<std::string> secrets_for;  ///< the server that gets the job's secrets, if a renewed link may lead to
                                    ///< another; empty = the one that is asked
    bool renewal_asked = false;     ///< for another URL, and nothing has come from it since
    std::string response_headers;   ///< of the last answer, lines with LF; what is not text is replaced
    uint32_t source = 0;            ///< 0 = the remote name, n = mirror n-1
    uint32_t peer = 0;              ///< which is asked; those before it, or all, are not asked any more
    bool from_peers = false;        ///< a peer has sent some of the bytes that are here
    Rare<std::vector<SourceStatus>> source_statuses; ///< by source; missing ones are blank

    // On-demand mode; both merged where they touch.
    Rare<std::vector<Range>> wanted; ///< requested, in the order of the requests; may overlap what is filled
    Rare<std::vector<Range>> filled; ///< durable, by offset

    // Its last failure; docs/decisions.md, Failures of files and hosts.
    std::optional<JobError> error; ///< until data flows again; `file` is its own index
    bool failed = false;           ///< for good: until the next Resume from `error` there is no further try
    uint32_t failures = 0;         ///< in a row, without progress of this file between them
    Wait wait = Wait::Retry;       ///< for what, if it waits
    Usec retry_wait{};             ///< the wait chosen at the last failure
    WallTime retry_date;           ///< when it may be tried again; 0 = it does not wait, or on an event
    Usec stalled_for{};            ///< how long it had been without progress when it was last stored
    Inode folder;                  ///< the directory that holds the temporary file; 0 = not known
    /// In the name of its temporary file, or its reply's, if another user had taken the usual one; 0 = no.
    uint64_t part = 0;

    /// What this run of the daemon knows.
    struct RuntimeClocks {
        std::optional<BootTime> retry_at;
        std::optional<BootTime> stalled_since; ///< the first of the present row of failures
        std::optional<BootTime> refused_at;    ///< the server had other requests of ours; see hosts.hpp
        std::string server;                    ///< that answered last, see hosts.hpp; empty = not known
        bool other_folder = false;             ///< Resume was called while it waited for its disk
        bool unpublished = false; ///< it could not be given its name: the temporary file may be gone
        bool operator==(const RuntimeClocks&) const = default;
    } clocks;

    // Uploads.
    Rare<std::string> upload_url;     ///< the tus upload that was begun; empty = none
    std::optional<SourceStamp> stamp; ///< of the local file when the upload began
    bool operator==(const File&) const = default;
};

/// Whether clients are notified of the file: it is transferred, and has its name if PublishFiles is `each`.
bool has_arrived(const Job& job, const File& file);

std::string directory_of(const std::string& local);
std::string name_of(const std::string& local);
/// The local name of a job's only file, or the innermost directory that has all of its files. Empty if there
/// is no file, or only the root directory has all.
std::string target_of(std::span<const File> files);
/// `.haulier-ID-INDEX.part`, in temporary_directory() (docs/decisions.md, Files). If `part` (File::part)
/// is not 0, the name contains this number, too.
std::string temporary_name(const Id& id, uint32_t index, uint64_t part = 0);
/// The directory of the temporary file of a download that has this local name.
std::string temporary_directory(const Job& job, const std::string& local);
/// Where a file is while it is fetched; empty for an upload, whose file has its own name already.
std::string temporary_path(const Job& job, const File& file, uint32_t index);
/// Index of the reply's temporary name; no file of a job has it.
inline constexpr uint32_t ReplyIndex = NoFile - 1;
/// Path of the reply of an upload: what the client chose, or beside the file that is sent.
std::string reply_file(const Job& job, const std::string& local);
std::string reply_file(const Job& job, std::span<const File> files);
/// Name of the temporary file that the reply is received in. It is in the same directory.
std::string reply_temporary(const Job& job, std::span<const File> files);

enum class NotificationKind {
    Transferred,
    Error,
    FileTransferred,
    RemoteNameExpired, ///< a question: the file waits for the answer (Wait::Client)
};
constexpr bool is_about_file(NotificationKind kind) {
    return kind == NotificationKind::FileTransferred || kind == NotificationKind::RemoteNameExpired;
}

/// An event of which a client must be told: a row of the outbox.
struct Notification {
    NotificationKind kind = NotificationKind::Transferred;
    uint32_t file = NoFile;
    bool operator==(const Notification&) const = default;
};

/// Which undelivered notifications of a job are no longer true, or no longer wanted.
struct Revocation {
    bool end = false;            ///< those about the end of the job
    bool all_files = false;      ///< all those about files that have arrived
    bool questions = false;      ///< all those that ask for something
    std::vector<uint32_t> files; ///< those about these files
    [[nodiscard]] bool covers(const Notification& notification) const {
        if (!is_about_file(notification.kind)) return end;
        bool all = notification.kind == NotificationKind::RemoteNameExpired ? questions : all_files;
        return all || std::find(files.begin(), files.end(), notification.file) != files.end();
    }
};

/// Limits that decisions respect; all configurable.
struct Limits {
    uint32_t files_per_job = 20000;
    uint32_t ranges_per_file = 500;
    uint32_t jobs_per_user = 1000;
    uint32_t jobs = 10000;
    uint64_t text_per_user = 64ULL << 20; ///< see memory_usage.hpp
    uint64_t text = 256ULL << 20;
    uint32_t restarts = 10;                  ///< per file, before the job fails with remote-file-changed
    std::vector<std::string> peer_sources{}; ///< templates of URLs, for jobs with UsePeers
};

} // namespace haulier::job
