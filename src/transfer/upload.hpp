// SPDX-License-Identifier: LGPL-2.1-or-later
// One file on its way out: open it, hold it against its stamp and checksum, ask how the server takes it, send
// what it does not have, keep its reply, and at last report exactly one end.
#pragma once

#include "transfer/digest.hpp"
#include "transfer/flight.hpp"
#include "transfer/question.hpp"
#include "transfer/read_back.hpp"
#include "transfer/reply_file.hpp"
#include "transfer/request.hpp"
#include "transfer/source_body.hpp"
#include "transfer/source_file.hpp"
#include "transfer/url.hpp"
#include "transfer/yard.hpp"
#include "worker.pb.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::transfer {

class Upload final : public Flight, private Receiver {
public:
    Upload(Yard& yard, wire::Upload order);

    void start() override;
    /// Nothing of ours is destroyed when an upload begins again.
    void proceed() override {}
    void halt() override;

private:
    enum class Step {
        Offer,  ///< OPTIONS: how does it take files?
        Create, ///< POST: where may the upload go?
        Offset, ///< HEAD: how much does it have?
        Send,   ///< PATCH, PUT or POST: here is the rest
    };

    void take_source();
    void check_digest();
    void digested(const std::string& hex);
    void open_reply();

    void begin();
    void put();
    void create();
    void ask_offset();
    void send();
    void send_rest();
    void ask(Step step, const std::string& url, std::string method, std::vector<std::string> headers);
    [[nodiscard]] wire::Http http_for(const std::string& url) const;

    Take body(const Answer& answer, std::string_view bytes) noexcept override;
    void ended(const Answer& answer, const Ending& ending) override;
    [[nodiscard]] bool is_reply(const Answer& answer) const;
    void offered(const Answer& answer);
    void created(const Answer& answer);
    void offset_told(const Answer& answer);
    void piece_taken(const Answer& answer);
    void upload_lost(const Answer& answer);
    void again(const Answer& answer);
    void got_to(uint64_t offset);

    void announce(bool restarted);
    void report_soon();
    void report() const;
    void note_progress() const;
    [[nodiscard]] uint64_t sent() const;
    void size_to_wire(wire::Identity& identity) const;
    void finish();
    void say_fetched();
    void fail(const Failure& failure);
    void refused(const Answer& answer);
    void nonsense(std::string_view what);
    void end(const wire::FromWorker& last);

    Yard& yard_;
    const wire::Upload order_;
    Url url_; ///< of the request under way
    std::shared_ptr<const SourceFile> source_;
    Stamp stamp_;
    std::unique_ptr<ReadBack> read_back_;
    std::unique_ptr<ReplyFile> reply_;

    std::string upload_url_; ///< of tus; empty = PUT
    uint64_t at_ = 0;        ///< so many bytes the server has for good
    bool begun_ = false;
    uint32_t creations_ = 0;
    uint32_t hitches_ = 0; ///< in a row, since the offset last grew

    Step step_ = Step::Offer;
    std::unique_ptr<SourceBody> sending_;
    std::unique_ptr<Request> request_;
    uint64_t ignored_ = 0; ///< bytes of an answer that nobody wants
    bool cut_ = false;     ///< we had enough of them
    Trouble trouble_;      ///< with the reply, while it came in
    std::string head_;     ///< of the last answer
    std::string redirect_; ///< where it led, against the policy
    Source reporter_;
    bool ending_ = false;
};

} // namespace haulier::transfer
