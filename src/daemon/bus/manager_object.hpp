// SPDX-License-Identifier: LGPL-2.1-or-later
// org.haulier.Haulier1.Manager: decodes, asks the manager, encodes.
#pragma once

#include "daemon/bus/access/access.hpp"
#include "daemon/bus/codec.hpp"
#include "daemon/bus/context.hpp"
#include "daemon/bus/permit_objects.hpp"
#include "daemon/bus/sdbus/compat.hpp"
#include "manager_adaptor.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace haulier::bus {

class ManagerObject final : public sdbus::AdaptorInterfaces<org::haulier::Haulier1::Manager_adaptor> {
public:
    ManagerObject(sdbus::IConnection& connection, Context& context, PermitObjects& permits);
    ~ManagerObject();
    ManagerObject(const ManagerObject&) = delete;
    ManagerObject& operator=(const ManagerObject&) = delete;

    /// For signals.
    sdbus::IObject& object() { return getObject(); }
    /// How many unfinished jobs a caller or listener sees.
    [[nodiscard]] uint32_t count_for(const Whose& whose) const;
    [[nodiscard]] ActivityTuple activity_for(const Whose& whose) const;
    /// Until when the jobs that a caller or listener owns are held.
    [[nodiscard]] std::optional<WallTime> held_for(uint32_t uid, const job::Holds& holds) const;
    /// What all users together may use now.
    Options MachineLimits() override;
    std::string Network() override;
    std::string Metered() override;

private:
    void CreateJob(sdbus::Result<sdbus::ObjectPath, std::string, bool>&& result, std::string display_name,
                   std::string type, Options options) override;
    sdbus::ObjectPath GetJob(const std::string& id) override;
    // manager_history.cpp
    void ListEndedJobs(sdbus::Result<std::vector<ListedEnd>>&& result, Options filter) override;
    void ForgetEndedJobs(sdbus::Result<uint32_t>&& result, Options filter) override;
    void GetStatistics(sdbus::Result<std::vector<OwnerStatistics>>&& result, Options filter) override;

    // manager_holds.cpp
    void Hold(sdbus::Result<>&& result, uint64_t until) override;
    void Release(sdbus::Result<>&& result) override;
    void HoldAll(sdbus::Result<>&& result, uint64_t until) override;
    void ReleaseAll(sdbus::Result<>&& result) override;
    bool Held() override;
    uint64_t HeldUntil() override;

    // manager_limits.cpp
    uint64_t BandwidthLimit() override;
    void BandwidthLimit(const uint64_t& limit) override;

    void ListJobs(sdbus::Result<std::vector<ListedJob>>&& result, Options filter) override;
    sdbus::ObjectPath RequestPermit(const std::string& name, const Options& options) override;
    std::string DescribeError(const std::string& name, const int32_t& code) override;
    void Subscribe(sdbus::Result<>&& result) override;
    void SubscribeWith(sdbus::Result<>&& result, Options options) override;
    void Unsubscribe() override;
    std::string Version() override;
    std::vector<std::string> Features() override;
    uint32_t Jobs() override;
    ActivityTuple Activity() override;

    void subscribe(const Listener& listener);
    void list(sd_bus_message* reply, const Filter& filter, const Whose& whose) const;
    [[nodiscard]] Whose seen_by(const Caller& caller) const;

    /// All jobs on a session bus belong to its user.
    [[nodiscard]] job::Scope scope_of(uint32_t uid) const {
        bool session = context_.instance == daemon::Instance::Session;
        return session ? job::Scope{} : job::Scope{uid};
    }
    template <class Owed, class Then>
    void for_all_users(Owed owed, Then then);

    /// Calls `then` with the owner of the jobs in question: the caller, or all users. On a session bus, all
    /// jobs belong to its user.
    template <class Owed, class Then>
    void with_scope(Owed owed, bool all_users, Then then) {
        auto caller = context_.filter.caller();
        if (!all_users && context_.instance == daemon::Instance::System)
            return then(Whose{caller.uid, caller.app()});
        context_.authority.ask(caller, [owed, then, app = caller.app()](AuthorityReply verdict) {
            if (verdict != AuthorityReply::Yes) return owed->refuse(refuse_all_users(verdict));
            then(Whose{std::nullopt, app});
        });
    }

    Context& context_;
    PermitObjects& permits_;
};

} // namespace haulier::bus
