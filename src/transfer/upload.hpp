// SPDX-License-Identifier: LGPL-2.1-or-later
// The upload of one file: opens it, compares it with its stamp and checksum, asks how the server accepts it,
// sends what the server does not have, saves the reply, and finally reports exactly one result.
#pragma once

#include "transfer/hash_task.hpp"
#include "transfer/hasher.hpp"
#include "transfer/http_request.hpp"
#include "transfer/http_transaction.hpp"
#include "transfer/reply_file.hpp"
#include "transfer/source_body.hpp"
#include "transfer/source_file.hpp"
#include "transfer/transfer.hpp"
#include "transfer/url.hpp"
#include "transfer/worker_context.hpp"
#include "worker.pb.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::transfer {

class Upload final : public Transfer, private ResponseHandler {
public:
    Upload(WorkerContext& context, wire::Upload order);
    ~Upload() override;
    Upload(const Upload&) = delete;
    Upload& operator=(const Upload&) = delete;

    void start() override;
    /// An upload that restarts overwrites nothing, so it does not wait.
    void proceed() override {}
    void halt() override;

private:
    enum class Step {
        Discover,  ///< OPTIONS: how does the server accept files?
        Create,    ///< POST: create a tus upload
        GetOffset, ///< HEAD: how many bytes does the tus upload have?
        Send,      ///< PATCH, PUT or POST: send the rest
    };

    // upload.cpp: the files, and the messages to the daemon.
    void open_source();
    void source_opened(Result<SourceFile, Failure> source);
    void check_digest();
    void compare_digest(const std::string& hex);
    void open_reply();
    void send_begun(bool restarted);
    void schedule_progress();
    void send_progress() const;
    void send_checkpoint() const;
    [[nodiscard]] Place source_place() const { return {order_.directory(), order_.root()}; }
    [[nodiscard]] Lane lane() const { return {.path = order_.directory(), .name = order_.name()}; }
    [[nodiscard]] uint64_t sent() const;
    void size_to_wire(wire::Identity& identity) const;
    void finish();
    void save_reply();
    void send_fetched();
    void fail(const Failure& failure);
    void end(const wire::FromWorker& last);

    // upload_http.cpp: requests and responses.
    void begin();
    void put();
    void create();
    void get_offset();
    void send();
    void send_rest();
    void request(Step step, const std::string& url, std::string method, std::vector<std::string> headers);
    [[nodiscard]] wire::Http http_for(const std::string& url) const;
    BodyAction body(const HttpResponse& response, std::string_view bytes) noexcept override;
    void ended(const HttpResponse& response, const TransferResult& result) override;
    [[nodiscard]] bool is_reply(const HttpResponse& response) const;
    void discovered(const HttpResponse& response);
    void created(const HttpResponse& response);
    void got_offset(const HttpResponse& response);
    void was_sent(const HttpResponse& response);
    void upload_lost(const HttpResponse& response);
    void offset_mismatch(const HttpResponse& response);
    void piece_too_large(const HttpResponse& response);
    [[nodiscard]] uint64_t end_of_piece() const;
    [[nodiscard]] Result<Url, Failure> created_url(const HttpResponse& response) const;
    void set_offset(uint64_t offset);
    [[nodiscard]] Failure status_failure(const HttpResponse& response) const;
    void fail_with_status(const HttpResponse& response) { fail(status_failure(response)); }
    void fail_as_refused(const HttpResponse& response);
    void fail_as_invalid(std::string_view what);

    WorkerContext& context_;
    const wire::Upload order_;
    Url url_; ///< of the current request
    std::shared_ptr<const SourceFile> source_;
    Stamp stamp_;
    std::unique_ptr<HashTask> hash_task_;
    std::unique_ptr<ReplyFile> reply_;

    std::string upload_url_; ///< of the tus upload; empty = plain PUT or POST
    uint64_t offset_ = 0;    ///< bytes that the server has confirmed
    bool begun_ = false;
    uint32_t creations_ = 0;
    uint64_t highest_ = 0;          ///< offset that the server has ever confirmed
    uint32_t mismatches_ = 0;       ///< in a row since that last grew
    uint64_t piece_ = ~uint64_t{0}; ///< most bytes of one PATCH request, as far as the server takes them

    Step step_ = Step::Discover;
    std::unique_ptr<SourceBody> body_;
    std::unique_ptr<HttpTransaction> transaction_;
    std::string head_;     ///< of the last response
    std::string redirect_; ///< target of a redirect that the job's policy forbids
    Source progress_timer_;
    bool ending_ = false;
    std::shared_ptr<Upload*> self_; ///< expires with this object, for disk operations that end late
};

} // namespace haulier::transfer
