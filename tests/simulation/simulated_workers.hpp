// SPDX-License-Identifier: LGPL-2.1-or-later
// The workers of one run of the daemon. They fetch from the servers of the World into its disk, in small
// steps that can fail, be slow, or be cut off by their death.
#pragma once

#include "daemon/workers/workers.hpp"
#include "world.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace haulier::simulation {

class SimulatedWorkers final : public daemon::Workers {
public:
    struct Transfer {
        uint32_t owner = 0;
        job::Id job; ///< empty for an upload
        uint32_t index = 0;
        job::File file;
        std::string url;
        std::string path; ///< of the temporary file
        uint64_t length = 0;
        uint64_t moved = 0;
        uint32_t version = 0; ///< that the server sends
        uint64_t size_limit = job::UnknownSize;
        bool sparse = false;
        bool checkpoints = true;
        bool begun = false;
        bool waits = false;   ///< for proceed()
        bool halting = false; ///< ordered
        std::vector<job::Segment> segments;
    };
    /// What the witness is told.
    struct Watch {
        std::function<void(const Transfer&)> ordered;
        std::function<void(const Transfer&, const job::Failure&)> failed;
    };

    SimulatedWorkers(World& world, Watch watch) : world_(world), watch_(std::move(watch)) {}

    void listen(daemon::WorkerEvents& events) override { events_ = &events; }
    daemon::Ticket fetch(uint32_t owner, const daemon::FetchOrder& order) override;
    daemon::Ticket upload(uint32_t owner, const daemon::UploadOrder& order) override;
    void halt(uint32_t owner, daemon::Ticket ticket) override;
    void proceed(uint32_t owner, daemon::Ticket ticket) override;
    void check(uint32_t owner, std::vector<daemon::CheckItem> items, Callback<Done> done) override;
    void publish(uint32_t owner, const daemon::PublishOrder& order, Callback<std::string> done) override;
    void discard(uint32_t owner, const daemon::DiscardOrder& order, Callback<Done> done) override;
    void check_storage(uint32_t owner, const daemon::StorageQuestion& question, Callback<Done> done) override;
    void open(uint32_t, const daemon::PublishOrder&, Callback<SharedFd> done) override {
        done(SharedFd{std::make_shared<ForeignFd>(Fd{})});
    }
    void abandon(uint32_t, const daemon::AbandonOrder&) override {}
    void read(uint32_t, const job::Place&, const std::string&, uint64_t,
              Callback<std::string> done) override {
        done(std::string{});
    }
    void limit(uint32_t, const daemon::BandwidthLimits&) override {}
    void reconfigured() override {}
    [[nodiscard]] bool idle() const override { return transfers_.empty() && open_requests_ == 0; }

    /// The worker process of this owner dies.
    void die(uint32_t owner);
    [[nodiscard]] const std::map<daemon::Ticket, Transfer>& transfers() const { return transfers_; }
    [[nodiscard]] bool has_open_requests() const { return open_requests_ > 0; }

private:
    daemon::Ticket start(Transfer transfer);
    void step_later(daemon::Ticket ticket);
    void step(daemon::Ticket ticket);
    void begin(daemon::Ticket ticket, Transfer& transfer);
    void create_file(const Transfer& transfer);
    void move(daemon::Ticket ticket, Transfer& transfer);
    void checkpoint(daemon::Ticket ticket, Transfer& transfer);
    void finish(daemon::Ticket ticket, Transfer& transfer);
    void finish_unmodified(daemon::Ticket ticket, const Transfer& transfer, const job::Begun& begun);
    void fail(daemon::Ticket ticket, const job::Failure& failure);
    bool fail_by_server(daemon::Ticket ticket, Transfer& transfer);
    [[nodiscard]] job::Failure some_failure();
    [[nodiscard]] job::Report report_of(const Transfer& transfer, uint64_t offset);
    [[nodiscard]] RemoteFile& remote(const Transfer& transfer);
    [[nodiscard]] bool is_active(const std::string& path) const;
    void request(std::function<Status()> execute, Callback<Done> done);
    Status give_name(const daemon::PublishOrder& order);
    void remove_later(const daemon::DiscardOrder& order, int tries, Callback<Done> done);

    World& world_;
    Watch watch_;
    daemon::WorkerEvents* events_ = nullptr;
    daemon::Ticket last_ticket_ = 0;
    std::map<daemon::Ticket, Transfer> transfers_;
    uint32_t open_requests_ = 0;
};

} // namespace haulier::simulation
