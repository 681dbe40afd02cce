// SPDX-License-Identifier: LGPL-2.1-or-later
// The download of one file: locks the part file, reads existing content if there is a checksum, requests one
// segment after the other, evaluates each response, writes, and reports checkpoints and finally exactly one
// result.
#pragma once

#include "base/event.hpp"
#include "transfer/byte_ranges.hpp"
#include "transfer/hash_task.hpp"
#include "transfer/hasher.hpp"
#include "transfer/http_rules.hpp"
#include "transfer/http_transaction.hpp"
#include "transfer/layout.hpp"
#include "transfer/metadata.hpp"
#include "transfer/part_opener.hpp"
#include "transfer/pieces.hpp"
#include "transfer/request_budget.hpp"
#include "transfer/sink.hpp"
#include "transfer/transfer.hpp"
#include "transfer/url.hpp"
#include "transfer/worker_context.hpp"
#include "worker.pb.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace haulier::transfer {

/// wire::Fetch as values.
struct FetchOrder {
    uint64_t ticket = 0;
    std::string url;
    std::string directory; ///< of the part file
    std::string temporary; ///< name of the part file
    uint64_t offset = 0;   ///< durable bytes of the stream, as last stored
    ByteRanges pieces;     ///< where these are in the file, if they are not its beginning
    Identity identity;     ///< of the version that they belong to
    wire::Digest::Kind digest = wire::Digest::NONE;
    std::string digest_hex;
    std::optional<uint64_t> expected_size; ///< of the local file, in bytes
    Layout layout;
    bool sparse = false;                ///< the local file keeps the offsets of the remote one
    bool from_zero = false;             ///< never use ranges
    bool no_checkpoints = false;        ///< sync at the end only
    std::optional<uint64_t> size_limit; ///< in bytes
    wire::Http http;
    Inode folder;                        ///< the directory that held the part file, if it is known
    bool other_folder = false;           ///< another directory of the same file system is accepted instead
    bool has_other_sources = false;      ///< a slow server may be replaced by another source
    bool may_be_mixed = false;           ///< the durable bytes may have come from several sources
    bool if_range_broken = false;        ///< the server is known to mishandle If-Range
    bool server_name = false;            ///< Begun reports the name that the server gives the file
    bool keep_existing = false;          ///< nothing is fetched for a name that is taken
    std::string name;                    ///< name that the file gets; empty = the server's
    std::vector<std::string> conditions; ///< header lines, for a request for the whole file
    Permissions permissions;             ///< of the finished file
    std::string root;                    ///< root of `directory`, see Place
    Place target;                        ///< directory of the finished file
    uint32_t connections = 1;            ///< at most so many for this file
    uint64_t split_from = 0;             ///< a smaller file is fetched over one connection
    std::vector<PieceSource> mirrors;    ///< other sources that may send parts of the file
};

class Fetch final : public Transfer, private ResponseHandler {
public:
    Fetch(WorkerContext& context, FetchOrder order);
    ~Fetch() override;
    Fetch(const Fetch&) = delete;
    Fetch& operator=(const Fetch&) = delete;

    void start() override;
    void proceed() override;
    void halt() override;

private:
    enum class Phase {
        Locking,         ///< the part file is being opened and locked
        Hashing,         ///< its content is being read for the checksum
        Requesting,      ///< a request was sent; its response has not been evaluated
        AwaitingProceed, ///< bytes that the daemon has stored will be overwritten; it must forget them first
        Receiving,       ///< the body is written to the file
        // The rest of the body is not wanted. When the exchange has ended:
        Completing,      ///< the file is complete
        RequestingAgain, ///< another request is sent
        Parting,         ///< other connections fetch what follows
        Failing,         ///< `failure_` is reported
        Ending,          ///< the final message is decided
    };

    // fetch.cpp: the file, and the result.
    [[nodiscard]] Status check_order() const;
    void lock_file();
    [[nodiscard]] PartRequest part_request() const;
    [[nodiscard]] bool is_reopened() const { return lost_parts_ > 0 || lock_attempts_ > 0 || alone_; }
    void file_opened(OpenedPart opened);
    void use_file(std::shared_ptr<PartFile> part);
    void trust_stored_offset(uint64_t size);
    void hash_existing();
    void finish();
    void finish_unmodified();
    /// Bytes of the stream, and those that were present before.
    [[nodiscard]] uint64_t received() const;
    [[nodiscard]] Status check_size() const;
    Status check_digest();
    [[nodiscard]] Failure wrong_content(wire::Cause cause, std::string message) const;
    void checkpoint(uint64_t offset);
    void schedule_progress();
    wire::FromWorker failed_message(const Failure& failure) const;
    [[nodiscard]] wire::FromWorker halted_message() const;
    void sink_failed(const Failure& failure);
    void flush_failed(const Failure& failure);
    void fetch_anew();
    void begin_anew();
    void fail(const Failure& failure, bool keep = true);
    void end(wire::FromWorker last, bool keep);
    void end_within_limit();
    void store_small(std::string content);
    void leave_file();
    void send_last();
    void remember_rate();

    // fetch_http.cpp: requests and responses.
    void request_next();
    [[nodiscard]] bool is_complete() const;
    /// All of a sparse file is on disk: its checksum is verified, and no server is contacted.
    [[nodiscard]] Lane lane() const { return {.path = order_.directory, .name = order_.temporary}; }
    [[nodiscard]] bool is_final_check() const { return order_.sparse && order_.layout.is_empty(); }
    [[nodiscard]] HttpRequest make_request() const;
    [[nodiscard]] bool is_conditional() const;
    [[nodiscard]] uint64_t minimum_rate() const;
    [[nodiscard]] bool is_probably_small() const;
    bool head(const HttpResponse& response) noexcept override;
    BodyAction body(const HttpResponse& response, std::string_view bytes) noexcept override;
    void ended(const HttpResponse& response, const TransferResult& result) override;
    void evaluate_response(const HttpResponse& response);
    [[nodiscard]] ResponseDecision decide(const HttpResponse& response) const;
    [[nodiscard]] Status check_announced_size(const HttpResponse& response,
                                              const ResponseDecision& decision) const;
    [[nodiscard]] Status check_size_limit(uint64_t size) const;
    [[nodiscard]] Status check_evidence(const HttpResponse& response, const Identity& theirs) const;
    void explain_status();
    void take_name(const HttpResponse& response);
    void check_name();
    void start_over();
    void accept(const ResponseDecision& decision);
    [[nodiscard]] Failure exchange_failure(const HttpResponse& response, const TransferResult& result) const;
    [[nodiscard]] wire::Begun begun_message(bool restarted) const;
    void send_begun(wire::Begun begun);
    void send_postponed_begun();
    [[nodiscard]] bool begin_small();
    void begin_writing();
    Status write(std::string_view bytes);
    void body_complete();

    // fetch_pieces.cpp: several connections.
    [[nodiscard]] std::string rest_of_hole() const;
    [[nodiscard]] bool are_pieces_sound() const;
    [[nodiscard]] bool may_split() const;
    void begin_piece();
    void open_pieces();
    void cut_first();
    [[nodiscard]] std::string_view wanted_of(std::string_view bytes) const;
    void first_part_ended();
    void pieces_idle();
    void verify_pieces();
    [[nodiscard]] bool may_be_mixed() const;
    void begin_alone();

    WorkerContext& context_;
    FetchOrder order_;
    Url url_;
    const bool plain_; ///< the whole file, by http_rules.hpp; otherwise by segment_rules.hpp

    Phase phase_ = Phase::Locking;
    ResumeState resume_;
    bool must_match_version_ = false; ///< bytes of resume_.identity are on disk
    bool whole_next_ = false;         ///< a range could not be used; the next request is for the whole file
    /// For segments: the version of the bytes on disk, until the whole file has shown to be another one.
    std::optional<Identity> doubted_;
    bool offset_stored_; ///< the daemon may have stored that bytes are on disk
    bool in_pieces_;     ///< the file may be written in several places
    ByteRanges present_; ///< in pieces: what is here before the present response, until there are pieces
    bool alone_ = false; ///< other sources have sent something wrong

    Source lock_retry_;
    uint32_t lock_attempts_ = 0;
    std::shared_ptr<PartFile> part_;
    bool part_is_empty_ = false; ///< as it was found
    Inode inode_;                ///< of the part file
    Inode folder_;               ///< of its directory
    uint32_t lost_parts_ = 0;
    std::shared_ptr<Hasher> hasher_;
    std::unique_ptr<HashTask> hash_task_;
    uint64_t hashed_ = 0; ///< bytes of the stream that `hasher_` has
    std::unique_ptr<Sink> sink_;
    std::unique_ptr<HttpTransaction> transaction_;
    std::unique_ptr<Pieces> pieces_; ///< once the file is split

    // The current request:
    RangeRequest range_request_ = RangeRequest::Whole;
    std::optional<Layout::Remaining> segment_;
    uint32_t restarts_ = 0;
    RequestBudget budget_;
    bool not_modified_ = false;
    uint64_t requested_at_ = 0;    ///< bytes written before the last request
    bool if_range_broken_ = false; ///< the server has been found to mishandle If-Range
    Failure failure_;              ///< for Phase::Failing

    // The current response:
    Identity identity_;
    bool unexpected_page_ = false;
    std::string head_;
    std::string name_;                 ///< that the server gives the file
    std::optional<wire::Begun> begun_; ///< goes with Fetched, unless something else is to be sent first
    uint64_t at_ = 0;                  ///< offset in the stream of the next byte of the body
    std::optional<uint64_t> end_;      ///< offset in the stream at which the body must end
    bool ranges_allowed_ = false;      ///< the server does not say that it has no ranges
    bool ends_by_close_ = false;

    std::chrono::steady_clock::time_point writing_since_;
    uint64_t writing_from_ = 0;

    Source progress_timer_;
    wire::FromWorker last_; ///< for Phase::Ending, the final message
    bool is_last_sent_ = false;
    bool halt_wanted_ = false; ///< while the file is being finished
    Source end_timer_;
    Source anew_;
    std::shared_ptr<Fetch*> self_; ///< expires with this object, for disk tasks that end late
};

} // namespace haulier::transfer
