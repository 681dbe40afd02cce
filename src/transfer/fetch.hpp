// SPDX-License-Identifier: LGPL-2.1-or-later
// One file on its way in: lock the part file, read back what a checksum must cover, ask for one piece after
// the other, judge each answer, write, checkpoint, and at last report exactly one end.
#pragma once

#include "base/event.hpp"
#include "transfer/digest.hpp"
#include "transfer/flight.hpp"
#include "transfer/http_rules.hpp"
#include "transfer/layout.hpp"
#include "transfer/part_file.hpp"
#include "transfer/read_back.hpp"
#include "transfer/request.hpp"
#include "transfer/sink.hpp"
#include "transfer/url.hpp"
#include "transfer/yard.hpp"
#include "worker.pb.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace haulier::transfer {

struct Order {
    uint64_t ticket = 0;
    std::string url;
    std::string directory;
    std::string temporary;
    uint64_t offset = 0;
    Identity identity;
    wire::Digest::Kind digest = wire::Digest::NONE;
    std::string digest_hex;
    std::optional<uint64_t> expected_size;
    Layout layout;
    bool sparse = false;
    bool from_zero = false;
    bool no_checkpoints = false;
    std::optional<uint64_t> size_limit;
    wire::Http http;
};

class Fetch final : public Flight, private Receiver {
public:
    Fetch(Yard& yard, Order order);

    void start() override;
    void proceed() override;
    void halt() override;

private:
    /// What follows the present exchange, whatever its end.
    enum class Next { Finish, Ask, Fail };
    struct Grip;

    // fetch.cpp: the file, and the end.
    [[nodiscard]] Trouble check_order() const;
    void take_file();
    void file_taken(Grip grip);
    void file_is_ours(PartFile part, uint64_t size);
    void believe(uint64_t size);
    void read_back();
    void finish();
    [[nodiscard]] Trouble check_size() const;
    Trouble check_digest();
    void checkpoint(uint64_t offset);
    void report_soon();
    wire::FromWorker failed(const Failure& failure) const;
    void fail(Failure failure, bool keep = true);
    void end(wire::FromWorker last, bool keep);
    void say_last(const wire::FromWorker& last);

    // fetch_exchange.cpp: questions and answers.
    void ask();
    [[nodiscard]] bool all_here() const;
    /// All of a sparse file is here; it is looked at as a whole, and no server is asked.
    [[nodiscard]] bool last_look() const { return order_.sparse && order_.layout.is_empty(); }
    [[nodiscard]] Question question() const;
    Take body(const Answer& answer, std::string_view bytes) noexcept override;
    void ended(const Answer& answer, const Ending& ending) override;
    void accept(const Answer& answer);
    [[nodiscard]] Verdict judged(const Answer& answer) const;
    [[nodiscard]] Trouble objection(const Verdict& verdict) const;
    [[nodiscard]] Trouble too_large(uint64_t size) const;
    void start_over();
    void adopt(const Verdict& verdict);
    void say_begun(uint64_t at);
    void open_sink(uint64_t at);
    Trouble write(std::string_view bytes);
    void body_over();

    Yard& yard_;
    Order order_;
    Url url_;
    bool plain_ = true; ///< the whole file; the rules of http_rules, else those of piece_rules
    Known known_;
    bool bound_ = false;  ///< bytes of known_.identity are here
    bool stored_ = false; ///< the daemon may have stored that bytes are here

    Source retry_;
    uint32_t tries_ = 0;
    std::shared_ptr<PartFile> part_;
    std::shared_ptr<Hasher> hasher_;
    std::unique_ptr<ReadBack> read_back_;
    std::unique_ptr<Sink> sink_;
    std::unique_ptr<Request> request_;

    Asked asked_ = Asked::Whole;
    std::optional<Layout::Place> place_; ///< what is asked for
    uint32_t starts_over_ = 0;
    bool judged_ = false;      ///< the answer of this exchange
    std::optional<Next> next_; ///< decided before the exchange has ended
    Failure failure_;          ///< of Next::Fail

    bool begun_ = false;
    bool awaiting_proceed_ = false;
    bool over_ = false; ///< the exchange ended while Proceed was awaited
    bool ends_by_close_ = false;
    Identity identity_; ///< of the bytes written
    std::string head_;  ///< of the last answer that brought some
    std::optional<uint64_t> end_;

    Source reporter_;
    bool ending_ = false;
    std::shared_ptr<Fetch*> self_; ///< what the disk thread does for us may end late
};

} // namespace haulier::transfer
