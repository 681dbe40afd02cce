// SPDX-License-Identifier: LGPL-2.1-or-later
// One file on its way: lock the part file, read back what a checksum must cover, ask, judge the answer,
// write, checkpoint, and at last report exactly one end.
#pragma once

#include "base/event.hpp"
#include "transfer/curl_loop.hpp"
#include "transfer/digest.hpp"
#include "transfer/disk_thread.hpp"
#include "transfer/http_rules.hpp"
#include "transfer/read_back.hpp"
#include "transfer/request.hpp"
#include "transfer/sink.hpp"
#include "transfer/url.hpp"
#include "worker.pb.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

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
};

struct FetchSettings {
    Sink::Rhythm rhythm;
    Usec progress{};
    uint32_t connections_per_host = 0;
    NetworkSettings network;
};

/// What all fetches of a worker share.
struct Yard {
    Loop& loop;
    DiskThread& disk;
    CurlLoop& curl;
    FetchSettings settings;
    std::unordered_set<std::string> if_range_broken; ///< origins seen to answer If-Range wrongly
    std::function<void(const wire::FromWorker&)> tell;
};

class Fetch final : private Receiver {
public:
    Fetch(Yard& yard, Order order);

    void start();
    void proceed();
    void halt();

private:
    /// What follows the present exchange, whatever its end.
    enum class Next { Finish, Ask, Fail };

    void take_file();
    void file_is_ours(PartFile part);
    void read_back();
    void ask();

    Take body(const Answer& answer, std::string_view bytes) noexcept override;
    void ended(const Answer& answer, const Ending& ending) override;
    void accept(const Answer& answer);
    void adopt(const Verdict& verdict);
    Trouble write(std::string_view bytes);
    void body_over();

    void finish();
    Trouble check_digest();
    void checkpoint(uint64_t offset);
    void report_soon();
    wire::FromWorker failed(const Failure& failure) const;

    void fail(Failure failure, bool keep = true);
    void end(wire::FromWorker last, bool keep);
    void say_last(const wire::FromWorker& last);

    Yard& yard_;
    Order order_;
    Url url_;
    Known known_;
    uint64_t believed_ = 0; ///< the offset the daemon has stored, as far as we know

    Source retry_;
    uint32_t tries_ = 0;
    std::shared_ptr<PartFile> part_;
    std::shared_ptr<Hasher> hasher_;
    std::unique_ptr<ReadBack> read_back_;
    std::unique_ptr<Sink> sink_;
    std::unique_ptr<Request> request_;

    Asked asked_ = Asked::Whole;
    bool judged_ = false;      ///< the answer of this exchange
    std::optional<Next> next_; ///< decided before the exchange has ended
    Failure failure_;          ///< of Next::Fail

    bool begun_ = false;
    bool awaiting_proceed_ = false;
    bool over_ = false; ///< the exchange ended while Proceed was awaited
    bool ends_by_close_ = false;
    Identity identity_; ///< of the bytes written
    std::optional<uint64_t> end_;

    Source reporter_;
    bool ending_ = false;
};

} // namespace haulier::transfer
