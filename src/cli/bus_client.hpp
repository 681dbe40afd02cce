// SPDX-License-Identifier: LGPL-2.1-or-later
// The methods of the daemon as functions.
#pragma once

#include "cli/bus.hpp"
#include "cli/client.hpp"

#include <map>
#include <memory>
#include <string>

namespace sdbus {
class IProxy;
}

namespace haulier::cli {

class ManagerProxy;

class BusClient final : public Client {
public:
    explicit BusClient(std::unique_ptr<Bus> bus);
    ~BusClient() override;

    Result<Created, Failure> create(const NewJob& job) override;
    Result<std::vector<Json>, Failure> list(const std::vector<std::string>& states, bool all_users) override;
    Result<std::vector<Json>, Failure> history(const HistoryQuery& query) override;
    Result<uint32_t, Failure> forget_history(const HistoryQuery& query) override;
    Result<std::vector<Json>, Failure> statistics(bool all_users) override;
    Result<Done, Failure> hold(uint64_t until, bool all_users) override;
    Result<Done, Failure> release(bool all_users) override;
    Result<Done, Failure> limit(uint64_t bytes_per_second) override;
    Result<std::string, Failure> request_permit(const std::string& name, const Values& options) override;
    Result<Json, Failure> permit(const std::string& path) override;
    Result<Json, Failure> daemon() override;
    Result<Json, Failure> properties(const std::string& id) override;
    Result<std::vector<Json>, Failure> files(const std::string& id) override;
    Result<Done, Failure> command(const std::string& id, Verb verb) override;
    Result<Completed, Failure> complete(const std::string& id) override;
    Result<Done, Failure> complete_files(const std::string& id,
                                         const std::vector<uint32_t>& indexes) override;
    Result<Done, Failure> remove_files(const std::string& id, const std::vector<uint32_t>& indexes) override;
    Result<Fd, Failure> open_file(const std::string& id, uint32_t index) override;
    Result<Done, Failure> set(const std::string& id, const std::string& property,
                              const Value& value) override;
    Result<Done, Failure> set_credentials(const std::string& id, const Credentials& credentials) override;
    Result<bool, Failure> remove_credentials(const std::string& id, const std::string& target,
                                             const std::string& scheme) override;
    Result<Done, Failure> set_headers(const std::string& id, const std::vector<std::string>& lines,
                                      bool write_only) override;
    Result<Done, Failure> rename(const std::string& id, uint32_t index, const std::string& url) override;
    Result<uint32_t, Failure> rename_all(const std::string& id, const std::string& from,
                                         const std::string& to) override;
    Result<Done, Failure> validate(const std::string& id, uint32_t index, bool valid) override;
    Result<std::vector<Range>, Failure> filled_ranges(const std::string& id, uint32_t index) override;
    Result<Done, Failure> request_ranges(const std::string& id, uint32_t index,
                                         const std::vector<Range>& ranges) override;
    Result<Done, Failure> request_from(const std::string& id, uint32_t index, uint64_t offset) override;
    Result<std::string, Failure> reply(const std::string& id) override;
    Result<std::string, Failure> describe(const std::string& name, int32_t code) override;
    Result<Done, Failure> read(const std::string& id,
                               std::function<void(Result<Json, Failure>)> on_reply) override;
    Result<Done, Failure> read_files(const std::string& id,
                                     std::function<void(Result<Files, Failure>)> on_reply) override;
    void stop_reading(const std::string& id) override;
    std::unique_ptr<Listener> new_listener() override;
    Result<Wakeup, Failure> run_once(const Interrupts* interrupts, std::optional<Deadline> deadline) override;

private:
    struct FileReader;
    Result<ManagerProxy*, Failure> manager();
    void read_page(const std::shared_ptr<FileReader>& reader);

    std::unique_ptr<Bus> bus_;
    std::unique_ptr<ManagerProxy> manager_;
    std::map<std::string, std::unique_ptr<sdbus::IProxy>> readers_;   ///< by job
    std::map<std::string, std::shared_ptr<FileReader>> file_readers_; ///< by job
};

} // namespace haulier::cli
