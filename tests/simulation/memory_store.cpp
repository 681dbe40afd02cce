// SPDX-License-Identifier: LGPL-2.1-or-later
// A store::Store that keeps everything in memory, linked in the place of the real one. As that, it forgets
// what is not committed, and what only a run of the daemon knows.
#include "store/store.hpp"

#include "store_control.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace haulier::store {

namespace {

using JobPtr = std::shared_ptr<const StoredJob>;

struct Image {
    std::map<job::Id, JobPtr> jobs;
    std::map<int64_t, OutboxRow> outbox;
    std::map<std::pair<uint32_t, std::string>, uint32_t> launches;
    std::map<job::Host, Rest> rests;
    std::vector<Discard> discards;
    std::vector<job::EndedJob> ended;
    std::map<job::Scope, WallTime> holds;
    std::map<uint32_t, uint64_t> user_limits;
    int64_t last_row = 0;
};

Image& committed() {
    static Image image;
    return image;
}

Error failure() {
    return {Errc::Store, "the disk is full"};
}

void count_files(StoredJob& stored) {
    auto& job = stored.job;
    const auto& files = stored.files;
    auto count = [&](bool job::File::*member) {
        return static_cast<uint32_t>(
            std::count_if(files.begin(), files.end(), [&](const auto& file) { return file.*member; }));
    };
    job.files_total = static_cast<uint32_t>(files.size());
    job.files_transferred = count(&job::File::transferred);
    job.files_removed = count(&job::File::removed);
    job.files_failed = count(&job::File::failed);
}

} // namespace

struct Store::Impl {
    std::optional<Image> group;

    Image& write() {
        if (!group) group = committed();
        return *group;
    }
    [[nodiscard]] const Image& read() const { return group ? *group : committed(); }

    template <class Change>
    Status in_group(Change change) {
        if (simulation::store_control().is_broken) {
            group.reset();
            return failure();
        }
        change(write());
        return Done{};
    }
};

Result<Store> Store::open(const std::string&, std::string*) {
    return Store{std::make_unique<Impl>()};
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Result<StoredJobs> Store::load_jobs() {
    StoredJobs jobs;
    for (const auto& [id, stored] : impl_->read().jobs)
        jobs.push_back(*stored);
    jobs.sort([](const auto& a, const auto& b) { return a.job.created < b.job.created; });
    return jobs;
}

Result<std::vector<OutboxRow>> Store::load_outbox() {
    std::vector<OutboxRow> rows;
    for (const auto& [number, row] : impl_->read().outbox)
        rows.push_back(row);
    return rows;
}

Result<std::vector<Launches>> Store::load_launches() {
    std::vector<Launches> all;
    for (const auto& [key, count] : impl_->read().launches)
        all.push_back({key.first, key.second, count});
    return all;
}

Result<std::vector<Rest>> Store::load_rests() {
    std::vector<Rest> rests;
    for (const auto& [host, rest] : impl_->read().rests)
        rests.push_back(rest);
    return rests;
}

Result<std::vector<Discard>> Store::load_discards() {
    return impl_->read().discards;
}

Result<std::vector<OutboxRow>> Store::save(const job::Decision& decision) {
    std::vector<OutboxRow> rows;
    auto saved = impl_->in_group([&](Image& image) {
        const auto& id = decision.job.id;
        auto& place = image.jobs[id];
        auto stored = place ? *place : StoredJob{};
        job::Settings settings = stored.job;
        auto owner = stored.job.owner;
        auto key = stored.job.key;
        stored.job = decision.job;
        stored.job.clocks = {};
        if (!decision.settings_changed) {
            static_cast<job::Settings&>(stored.job) = settings;
            stored.job.owner = owner;
            stored.job.key = key;
        }
        for (const auto& [index, file] : decision.files) {
            if (index >= stored.files.size()) stored.files.resize(index + 1);
            stored.files[index] = file;
            stored.files[index].clocks = {};
        }
        count_files(stored);
        std::erase_if(image.outbox, [&](const auto& entry) {
            return entry.second.job == id && decision.revoked.covers(entry.second.notification);
        });
        for (const auto& notification : decision.notifications) {
            OutboxRow row{++image.last_row, id, stored.job.owner, notification};
            image.outbox.emplace(row.row, row);
            rows.push_back(row);
        }
        place = std::make_shared<const StoredJob>(std::move(stored));
    });
    if (!saved) return saved.error();
    return rows;
}

Status Store::remove(const job::Id& id) {
    return impl_->in_group([&](Image& image) {
        image.jobs.erase(id);
        std::erase_if(image.outbox, [&](const auto& entry) { return entry.second.job == id; });
    });
}

Status Store::acknowledge(int64_t row) {
    return impl_->in_group([&](Image& image) { image.outbox.erase(row); });
}

Status Store::set_launches(const Launches& launches) {
    return impl_->in_group([&](Image& image) {
        auto key = std::pair{launches.owner, launches.service};
        if (launches.count == 0)
            image.launches.erase(key);
        else
            image.launches[key] = launches.count;
    });
}

Status Store::set_rest(const Rest& rest) {
    return impl_->in_group([&](Image& image) { image.rests[rest.host] = rest; });
}

Status Store::forget_rests(WallTime until) {
    return impl_->in_group([&](Image& image) {
        std::erase_if(image.rests, [&](const auto& entry) { return entry.second.until <= until; });
    });
}

Status Store::add_discard(const Discard& discard) {
    return impl_->in_group([&](Image& image) { image.discards.push_back(discard); });
}

Status Store::forget_discard(const Discard& discard) {
    return impl_->in_group([&](Image& image) { std::erase(image.discards, discard); });
}

Result<std::vector<Hold>> Store::load_holds() {
    std::vector<Hold> holds;
    for (const auto& [scope, until] : impl_->read().holds)
        holds.push_back({scope, until});
    return holds;
}

Status Store::set_hold(const Hold& hold) {
    return impl_->in_group([&](Image& image) { image.holds[hold.scope] = hold.until; });
}

Status Store::release_hold(job::Scope scope) {
    return impl_->in_group([&](Image& image) { image.holds.erase(scope); });
}

Status Store::end_hold(job::Scope scope, WallTime now) {
    return impl_->in_group([&](Image& image) {
        auto found = image.holds.find(scope);
        bool has_ended = found != image.holds.end() && found->second != WallTime{} && found->second <= now;
        if (has_ended) image.holds.erase(found);
    });
}

Result<std::vector<UserLimit>> Store::load_user_limits() {
    std::vector<UserLimit> limits;
    for (const auto& [owner, bandwidth] : impl_->read().user_limits)
        limits.push_back({owner, bandwidth});
    return limits;
}

Status Store::set_user_limit(const UserLimit& limit) {
    return impl_->in_group([&](Image& image) {
        if (limit.bandwidth == 0)
            image.user_limits.erase(limit.owner);
        else
            image.user_limits[limit.owner] = limit.bandwidth;
    });
}

/// The simulation remembers all of them, and asks for all.
Status Store::add_ended(const job::EndedJob& job, uint32_t) {
    return impl_->in_group([&](Image& image) { image.ended.push_back(job); });
}

Status Store::expire_ended(WallTime date) {
    return impl_->in_group(
        [&](Image& image) { std::erase_if(image.ended, [&](const auto& job) { return job.ended < date; }); });
}

Result<std::vector<job::EndedJob>> Store::list_ended(const EndedFilter&) {
    return std::vector(impl_->read().ended.rbegin(), impl_->read().ended.rend());
}

Result<std::optional<WallTime>> Store::oldest_ended() {
    const auto& ended = impl_->read().ended;
    return ended.empty() ? std::nullopt : std::optional{ended.front().ended};
}

Result<uint32_t> Store::forget_ended(const EndedFilter&) {
    uint32_t count = 0;
    auto done = impl_->in_group(
        [&](Image& image) { count = static_cast<uint32_t>(std::exchange(image.ended, {}).size()); });
    if (!done) return done.error();
    return count;
}

/// Nothing follows from what is counted.
Status Store::add_statistics(const Statistics&) {
    return impl_->in_group([](Image&) {});
}

Result<std::vector<Statistics>> Store::load_statistics() {
    return std::vector<Statistics>{};
}

Health Store::examine() {
    return simulation::store_control().is_broken ? Health::Failing : Health::Sound;
}

Status Store::commit() {
    auto group = std::exchange(impl_->group, {});
    if (!group) return Done{};
    const auto& control = simulation::store_control();
    if (control.is_broken) return failure();
    if (!control.may_commit || control.may_commit()) committed() = std::move(*group);
    return Done{};
}

bool Store::in_transaction() const {
    return impl_->group.has_value();
}

} // namespace haulier::store

namespace haulier::simulation {

StoreControl& store_control() {
    static StoreControl control;
    return control;
}

std::string new_store_directory() {
    store::committed() = {};
    return "memory";
}

} // namespace haulier::simulation
