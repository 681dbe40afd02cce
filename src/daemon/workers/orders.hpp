// SPDX-License-Identifier: LGPL-2.1-or-later
// What workers are told to do and what they report: plain values that the manager and the worker pool share.
#pragma once

#include "job/outcomes.hpp"
#include "job/segments.hpp"
#include "job/types.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace haulier::daemon {

/// Identifies one fetch or upload of one file; never used again while the daemon runs.
using Ticket = uint64_t;

/// How requests are made.
struct RequestOptions {
    job::Http http;                        ///< with the credentials for this server only
    std::string job;                       ///< for its BandwidthLimit
    bool background = false;               ///< the job is not in the foreground
    std::chrono::seconds answer_timeout{}; ///< 0 = as configured
    uint32_t attempt = 0;                  ///< failures of this file in a row
    bool http1 = false;                    ///< without HTTP/2
    /// The directory beneath which the files of `http` are opened, see job::Place; empty: anywhere.
    std::string client_certificate_root{};
    std::string client_key_root{};
    std::string certificate_authority_root{};
    bool peer = false; ///< the server is a peer, see job/peers.hpp
};

/// Limit for the URLs and credentials of all mirrors of one order, in bytes.
inline constexpr size_t MaxMirrorText = 16 * 1024;

/// Another source of a file.
struct MirrorOptions {
    std::string url;
    std::vector<job::Credentials> credentials;
};

/// What a worker may receive and send from now on, in bytes per second; 0 = no limit.
struct BandwidthLimits {
    uint64_t all = 0;
    uint64_t background = 0;              ///< for the jobs that are not in the foreground, together
    std::map<std::string, uint64_t> jobs; ///< for the jobs that have a limit of their own
    bool operator==(const BandwidthLimits&) const = default;
};

struct FetchOrder {
    job::Id job;
    uint32_t index = 0;
    job::File file;
    std::vector<job::Segment> segments;
    uint64_t offset = 0; ///< durable bytes of the stream of segments
    RequestOptions options;
    bool sparse = false;                    ///< the file keeps the remote layout and what it contains
    bool from_zero = false;                 ///< without ranges, and nothing is resumed
    bool no_checkpoints = false;            ///< durable only at the end
    uint64_t size_limit = job::UnknownSize; ///< of the stream
    bool if_range_broken = false;           ///< the server mishandles If-Range
    std::optional<uint32_t> umask;          ///< as in PublishOrder
    std::optional<job::Place> place;        ///< place of the directory, if the job is confined
    std::optional<job::Place> temporary{};  ///< directory of the temporary file, if it is another one
    uint32_t connections = 1;               ///< at most so many for the file
    uint64_t split_from = 0;                ///< a smaller file gets one
    std::vector<MirrorOptions> mirrors;     ///< other sources of the same file
};

struct UploadOrder {
    job::File file;
    RequestOptions options;
    std::string reply_file; ///< empty = the reply is not wanted
    std::string reply_temporary;
    std::optional<job::Place> place; ///< as in FetchOrder
    std::optional<job::Place> reply_place;
};

struct PublishOrder {
    job::Id job;
    uint32_t index = 0;
    job::File file;
    std::optional<uint32_t> umask;     ///< where the file has no mode; nothing = the worker's
    std::optional<job::Place> place{}; ///< as in FetchOrder
    std::optional<job::Place> temporary{};
};

/// A temporary file to be deleted.
struct DiscardOrder {
    std::string directory;
    std::string temporary;
    job::Inode folder{}; ///< which directory that is; 0 = any
    std::string root{};  ///< see job::Place
    bool operator==(const DiscardOrder&) const = default;
};

/// Can the temporary files in this directory be written to again?
struct StorageQuestion {
    std::string directory;
    job::Inode folder; ///< which directory that is; 0 = any
    uint64_t bytes = 0;
    std::string root{}; ///< see job::Place
};

/// A tus upload that the server may delete.
struct AbandonOrder {
    std::string upload_url;
    RequestOptions options;
};

/// What is to be checked of one file; an empty `url` or `directory` is not checked.
struct CheckItem {
    std::string url;
    std::vector<std::string> mirrors; ///< and peers
    std::string directory;
    std::string name;
    bool upload = false;          ///< the file must exist and be readable
    std::optional<uint32_t> mode; ///< the file system must be able to store it
    uint64_t size = job::UnknownSize;
    bool foreign = false; ///< the path was chosen by another user than the worker's
    job::Existing existing = job::Existing::Replace;
    bool server_name = false; ///< `name` may not be the one that the file gets
    std::string root{};       ///< see job::Place
    /// The directory of temporary files, which must be movable to `directory`; none if its path is empty.
    job::Place temporary{};
    bool operator==(const CheckItem&) const = default;
};
CheckItem check_of(const job::FileSpec& spec, const job::Job& job);

struct Progress {
    uint64_t moved = 0; ///< bytes received or sent
    struct Reply {
        uint64_t total = job::UnknownSize;
        uint64_t received = 0;
    };
    std::optional<Reply> reply; ///< of an upload, once it begins
    bool yields = false;        ///< slow because other traffic needs the network
};

} // namespace haulier::daemon
