// SPDX-License-Identifier: LGPL-2.1-or-later
// What a job is: plain values that can be copied, compared, stored and printed. Identity and time live
// elsewhere.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "job/cause.hpp"
#include "job/state.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::job {

/// 32 lower-case hex digits.
struct Id {
    std::string hex;
    auto operator<=>(const Id&) const = default;
};
std::optional<Id> parse_id(std::string_view text);

/// A size that is not known yet, on the bus and in the store (BITS: BG_SIZE_UNKNOWN).
inline constexpr uint64_t UnknownSize = ~uint64_t{0};
/// "No file" in an error.
inline constexpr uint32_t NoFile = ~uint32_t{0};

enum class Type { Download };

/// Which events reach the client through callbacks (BITS 5.1). Signals are sent whatever the flags say.
struct NotifyFlags {
    bool transferred = true;
    bool error = true;
    bool modification = false;
    bool file_transferred = false;
    bool disable = false; ///< overrides all others
    bool operator==(const NotifyFlags&) const = default;
};

/// A well-known bus name that the bus can start, and the object there; empty name = none.
struct NotifyService {
    std::string name;
    std::string path;
    bool operator==(const NotifyService&) const = default;
};

/// Why a job is in `error` or `transient-error`.
struct JobError {
    Cause cause = Cause::Internal;
    int32_t code = 0;     ///< HTTP status, errno or libcurl code, as `cause` says; 0 = none
    std::string sentence; ///< for people
    uint32_t file = NoFile;
    bool operator==(const JobError&) const = default;
};

struct Job {
    Id id;
    Type type = Type::Download;
    uint32_t owner = 0; ///< uid
    std::string key;    ///< the client's own name for it; unique among the owner's unfinished jobs, or empty
    State state = State::Suspended;
    bool completing = false; ///< Complete was accepted and is being carried out; survives a crash

    std::string display_name;
    std::string description;
    NotifyFlags notify_flags;
    NotifyService notify_service;
    std::chrono::milliseconds minimum_notification_interval{500};

    WallTime created;
    WallTime modified;
    WallTime transferred_at; ///< 0 = never

    std::optional<JobError> error; ///< kept until data flows again (BITS 2.2, GetError)
    uint32_t error_count = 0;      ///< BITS 3.6; never reset

    std::chrono::seconds minimum_retry_delay{60};
    std::chrono::seconds no_progress_timeout{1209600};
    uint32_t failures = 0; ///< in a row, without progress between them
    Usec retry_wait{};     ///< the wait chosen at the last transient error
    WallTime retry_date;   ///< when that wait ends; a date, so that it means something after a reboot
    Usec stalled_for{};    ///< how long the job had been without progress when it was last stored

    uint32_t files_total = 0;
    uint32_t files_transferred = 0;

    /// Moments of this boot; not stored but derived again by recover().
    struct Moments {
        BootTime retry_at;
        std::optional<BootTime> stalled_since; ///< the first of the present row of failures
        bool operator==(const Moments&) const = default;
    } moments;

    bool operator==(const Job&) const = default;
};

struct Checksum {
    enum class Kind { Sha256, Sha512, Sha1, Md5 } kind = Kind::Sha256;
    std::string hex; ///< lower-case
    bool operator==(const Checksum&) const = default;
};

/// What tells one version of a remote file from another (design 5.2, RFC 9110 8.8).
struct Validators {
    std::string etag;            ///< strong ones only, with quotes; empty = none
    std::string last_modified;   ///< as the server wrote it; empty = none
    bool date_is_strong = false; ///< Last-Modified was at least a second older than Date (RFC 9110 8.8.2.2)
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
    uint64_t size = UnknownSize; ///< what the client expects; another size is an error
    std::optional<uint32_t>
        mode; ///< permission bits of the finished file; otherwise 0666 less the worker's umask
    bool operator==(const FileSpec&) const = default;
};

struct File {
    FileSpec spec;
    uint64_t total = UnknownSize;
    uint64_t offset = 0; ///< bytes on disk that survive a power cut; nothing beyond is trusted
    Validators validators;
    Inode inode;
    uint32_t restarts = 0;    ///< how often it began again from zero because the remote file was another
    uint32_t mismatches = 0;  ///< how often all of it was here and the checksum was wrong
    bool transferred = false; ///< all bytes are here, checked and durable
    bool completed = false;   ///< available under its own name
    bool operator==(const File&) const = default;
};

std::string directory_of(const std::string& local);
std::string name_of(const std::string& local);
/// `.haulier-ID-INDEX.part`, in the destination directory (design 5.1).
std::string temporary_name(const Id& id, uint32_t index);

enum class NoticeKind { Transferred, Error, FileTransferred };

/// An event that a client must hear of: an outbox row.
struct Notice {
    NoticeKind kind = NoticeKind::Transferred;
    uint32_t file = NoFile;
    bool operator==(const Notice&) const = default;
};

/// Limits that decisions respect; all configurable.
struct Limits {
    uint32_t files_per_job = 20000;
    uint32_t jobs_per_user = 1000;
    uint32_t jobs = 10000;
    uint32_t restarts = 10; ///< per file, before the job fails with remote-file-changed
};

} // namespace haulier::job
