// SPDX-License-Identifier: LGPL-2.1-or-later
#include "clients.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

namespace haulier::simulation {

using daemon::JobRecord;
using job::Settings;
using std::chrono::seconds;

namespace {

constexpr std::array Paths{"/a", "/b"};

} // namespace

// ---- replies ----

template <class T>
Callback<T> Clients::expect(const std::string& what, std::function<void(const T&)> check) {
    world_.note([&] { return "call: " + what; });
    std::erase_if(open_, [](const auto& call) { return call->is_answered; });
    auto call = std::make_shared<Call>(Call{what});
    open_.push_back(call);
    return [this, call, check = std::move(check)](const Result<T>& result) {
        if (!world_.acts()) return;
        world_.note([&] { return "reply: " + call->what + (result ? "" : ": " + result.error().message); });
        if (std::exchange(call->is_answered, true)) world_.fault(call->what + " is answered twice");
        if (!result && result.error().code == Errc::Internal)
            world_.fault(call->what + ": " + result.error().message);
        if (result && check) check(*result);
    };
}

template <class T>
Callback<T> Clients::expect_of(const Id& id, const std::string& what,
                               std::function<void(const JobRecord&, const T&)> check) {
    auto name = fmt::format("{} of {}", what, id.hex.substr(0, 8));
    auto number = ++witness_.jobs[id].commands;
    return expect<T>(name, [this, id, name, number, check = std::move(check)](const T& value) {
        const auto* record = daemon_->manager.find(id);
        if (!record) return world_.fault(name + " is answered, and there is no job");
        if (witness_.jobs[id].commands == number && check) check(*record, value);
    });
}

void Clients::check_answered() {
    for (const auto& call : open_)
        if (!call->is_answered) world_.fault(call->what + " is never answered");
}

// ---- what is asked for ----

std::string Clients::some_url() {
    return fmt::format("http://h{}.example/f{}", world_.dice.below(3), world_.dice.below(4));
}

job::FileSpec Clients::some_file() {
    job::FileSpec spec;
    spec.remote = some_url();
    spec.local = fmt::format("/srv/{}", world_.dice.maybe(90) ? ++last_file_ : last_file_);
    if (world_.dice.maybe(10)) spec.mirrors = {some_url()};
    std::erase(spec.mirrors.edit(), spec.remote);
    if (world_.dice.maybe(8)) spec.if_none_match = "\"known\"";
    if (world_.dice.maybe(5) && spec.if_none_match.empty()) spec.ranges = {{0, 10}, {50, job::ToEnd}};
    return spec;
}

job::NotifyFlags Clients::some_flags() {
    job::NotifyFlags flags;
    flags.transferred = world_.dice.maybe(90);
    flags.error = world_.dice.maybe(90);
    flags.file_transferred = world_.dice.maybe(60);
    flags.modification = world_.dice.maybe(20);
    flags.remote_name_expired = world_.dice.maybe(50);
    flags.disable = world_.dice.maybe(10);
    return flags;
}

job::NotifyService Clients::some_service() {
    if (world_.dice.maybe(30)) return {};
    return {std::string{world_.dice.any_of(Services)}, world_.dice.any_of(Paths), job::ServiceBus::Own};
}

std::optional<notify::Target> Clients::some_object() {
    if (world_.bus.programs.empty()) return std::nullopt;
    return notify::Target{world_.dice.any_of(world_.bus.programs).first, world_.dice.any_of(Paths),
                          notify::Target::Kind::Object};
}

std::optional<job::Id> Clients::some_job() {
    std::vector<Id> ids;
    for (const auto& [id, seen] : witness_.jobs)
        if (!seen.removed || world_.dice.maybe(5)) ids.push_back(id);
    if (ids.empty()) return std::nullopt;
    return world_.dice.any_of(ids);
}

void Clients::choose(job::SettingsPatch& patch) {
    auto& dice = world_.dice;
    constexpr std::array Priorities{job::Priority::Foreground, job::Priority::High, job::Priority::Normal,
                                    job::Priority::Normal, job::Priority::Low};
    constexpr std::array Costs{job::NetworkCost::Always, job::NetworkCost::Standard,
                               job::NetworkCost::Unmetered};
    constexpr std::array Powers{job::PowerPolicy::Always, job::PowerPolicy::NoSaver,
                                job::PowerPolicy::AcOnly};
    if (dice.maybe(40)) patch.set<&Settings::priority>(dice.any_of(Priorities));
    if (dice.maybe(50)) patch.set<&Settings::notify_flags>(some_flags());
    if (dice.maybe(50)) patch.set<&Settings::notify_service>(some_service());
    if (dice.maybe(30)) patch.set<&Settings::minimum_retry_delay>(seconds{5 + dice.below(300)});
    if (dice.maybe(15)) patch.set<&Settings::no_progress_timeout>(seconds{dice.maybe(30) ? 0 : 600});
    if (dice.maybe(30))
        patch.set<&Settings::on_file_error>(dice.maybe(50) ? job::OnFileError::Continue
                                                           : job::OnFileError::Stop);
    if (dice.maybe(25)) patch.set<&Settings::auto_complete>(dice.maybe(70));
    if (dice.maybe(15)) patch.set<&Settings::network_cost>(dice.any_of(Costs));
    if (dice.maybe(15)) patch.set<&Settings::power_policy>(dice.any_of(Powers));
    if (dice.maybe(10)) patch.set<&Settings::bandwidth_limit>(dice.maybe(50) ? 0 : 100'000);
    if (dice.maybe(10)) patch.set<&Settings::not_before>(world_.now().wall + seconds{dice.below(4000)});
    if (dice.maybe(5)) patch.set<&Settings::maximum_download_time>(seconds{1 + dice.below(100)});
}

void Clients::choose_for_new_job(job::SettingsPatch& patch) {
    auto& dice = world_.dice;
    patch.set<&Settings::display_name>("sample");
    choose(patch);
    if (dice.maybe(10))
        patch.set<&Settings::maximum_download_size>(1 + static_cast<uint64_t>(dice.below(200'000)));
    if (dice.maybe(10)) patch.set<&Settings::high_performance>(true);
    if (dice.maybe(12)) patch.set<&Settings::on_demand>(true);
    if (dice.maybe(4)) patch.set<&Settings::dynamic_content>(true);
    if (dice.maybe(25)) patch.set<&Settings::publish_files>(job::PublishFiles::Each);
    if (dice.maybe(30)) patch.set<&Settings::renew_remote_name>(job::RenewRemoteName::Always);
    if (!dice.maybe(3)) return;
    patch.set<&Settings::http, &job::Http::method>("POST");
    patch.set<&Settings::priority>(job::Priority::Foreground);
}

// ---- calls ----

void Clients::call(Daemon& daemon) {
    daemon_ = &daemon;
    auto& dice = world_.dice;
    if (dice.maybe(6)) return hold_or_release();
    auto id = some_job();
    if (!id || dice.maybe(witness_.jobs.size() < 4 ? 40 : 8)) return create();
    auto what = dice.below(100);
    if (what < 30) return call_verb(*id);
    if (what < 50) return change_settings(*id);
    if (what < 65) return register_client(*id);
    if (what < 85) return change_files(*id);
    if (what < 88) return take(*id);
    end(*id);
}

void Clients::create() {
    auto& dice = world_.dice;
    auto request = std::make_shared<job::Request>();
    bool is_upload = dice.maybe(8);
    if (is_upload) request->type = job::Type::Upload;
    auto files = is_upload ? 1 : dice.below(4);
    for (int i = 0; i < files; ++i)
        request->files.push_back(some_file());
    if (is_upload) request->files.front().mirrors.clear();
    if (is_upload) request->files.front().ranges.clear();
    if (is_upload) request->files.front().if_none_match.clear();
    request->resume = dice.maybe(70);
    if (dice.maybe(10)) request->key = dice.maybe(50) ? "one" : "two";
    is_upload ? choose(request->settings) : choose_for_new_job(request->settings);
    request->settings.set<&Settings::display_name>("sample");
    auto object = dice.maybe(50) ? some_object() : std::nullopt;
    auto count = request->files.size();
    auto done = expect<daemon::Created>("CreateJob", [this, object, count](const daemon::Created& created) {
        const auto* record = daemon_->manager.find(created.id);
        if (!record) return world_.fault("a job was created, and is not there");
        if (created.created && record->durable_file_count() < count) world_.fault("a new job lacks files");
        if (created.created && object) witness_.registered(created.id, object);
    });
    daemon_->manager.create(dice.any_of(Users), request, object, done);
}

void Clients::call_verb(const Id& id) {
    auto& manager = daemon_->manager;
    if (world_.dice.maybe(35))
        return manager.suspend(
            id, expect_of<Done>(id, "Suspend", [this, id](const JobRecord& record, const Done&) {
                if (job::is_active(record.durable().state))
                    world_.fault("a job was suspended, and is active");
            }));
    witness_.jobs[id].may_ask = true;
    manager.resume(id, expect_of<Done>(id, "Resume", [this](const JobRecord& record, const Done&) {
                       if (!record.durable().resumed) world_.fault("a job was resumed, and is not");
                   }));
}

void Clients::end(const Id& id) {
    bool completed = world_.dice.maybe(60);
    ++witness_.jobs[id].commands;
    auto name = fmt::format("{} of {}", completed ? "Complete" : "Cancel", id.hex.substr(0, 8));
    auto reply = expect<job::EndResult>(name, [this, id, completed](const job::EndResult& result) {
        check_end(daemon_->manager.find(id), result, completed);
    });
    completed ? daemon_->manager.complete(id, reply) : daemon_->manager.cancel(id, reply);
}

/// The job is gone, though it can still be read, and its files have their names.
void Clients::check_end(const JobRecord* record, const job::EndResult& result, bool completed) {
    if (!record) return;
    if (record->phase != daemon::Phase::Removed) world_.fault("a job has ended, and is not removed");
    if (!completed && record->durable().state == job::State::Acknowledged) return;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < record->durable_file_count(); ++i)
        kept += record->durable_file(i).transferred && !record->durable_file(i).removed ? 1 : 0;
    if (completed && result.kept != kept) world_.fault("other files are kept than Complete says");
}

void Clients::change_settings(const Id& id) {
    job::SettingsPatch patch;
    choose(patch);
    auto& manager = daemon_->manager;
    bool has_priority = patch.has<&Settings::priority>();
    auto priority = patch.get<&Settings::priority>();
    auto check = [this, has_priority, priority](const JobRecord& record, const Done&) {
        if (has_priority && record.durable().priority != priority)
            world_.fault("Priority was set, and is another");
    };
    auto reply = expect_of<Done>(id, "Set", check);
    world_.note([&] {
        const auto& flags = patch.get<&Settings::notify_flags>();
        return fmt::format("... flags {}: {} {} {} {}, service {}: {}", patch.has<&Settings::notify_flags>(),
                           flags.transferred, flags.error, flags.file_transferred, flags.disable,
                           patch.has<&Settings::notify_service>(),
                           patch.get<&Settings::notify_service>().name);
    });
    if (world_.dice.maybe(50)) return manager.change(id, patch, reply);
    auto done = manager.change_now(id, patch);
    if (done)
        reply(Done{});
    else
        reply(done.error());
}

void Clients::register_client(const Id& id) {
    auto object = world_.dice.maybe(85) ? some_object() : std::nullopt;
    auto reply = expect_of<Done>(id, "SetNotifyObject", {});
    world_.note([&] { return "... " + (object ? object->destination + object->path : "none"); });
    daemon_->manager.set_notify_object(id, object, [this, id, object, reply](const Status& stored) {
        if (stored && !world_.is_dead()) witness_.registered(id, object);
        reply(stored);
    });
}

void Clients::change_files(const Id& id) {
    auto& dice = world_.dice;
    auto& manager = daemon_->manager;
    const auto* record = manager.find(id);
    auto count = record ? record->durable_file_count() : 0;
    auto index = count > 0 ? static_cast<uint32_t>(dice.below(count)) : 0;
    switch (dice.below(8)) {
    case 0:
        return manager.add_files(
            id, {some_file()},
            expect_of<uint32_t>(id, "AddFiles", [this](const JobRecord& r, const uint32_t& first) {
                if (r.durable_file_count() <= first) world_.fault("a file was added, and is not there");
            }));
    case 1: return manager.set_remote_name(id, index, some_url(), expect_of<Done>(id, "SetRemoteName", {}));
    case 2:
        return manager.set_validation(id, index, dice.maybe(30),
                                      expect_of<Done>(id, "SetValidationState", {}));
    case 3:
        return manager.request_ranges(
            id, index,
            {{static_cast<uint64_t>(dice.below(100)), 1 + static_cast<uint64_t>(dice.below(5000))}},
            expect_of<Done>(id, "RequestFileRanges", {}));
    case 4:
        return manager.complete_files(
            id, {index},
            expect_of<uint32_t>(id, "CompleteFiles", [this, index](const JobRecord& r, const uint32_t&) {
                check_completed(r, index);
            }));
    case 5:
        return manager.remove_files(
            id, {index}, expect_of<Done>(id, "RemoveFiles", [this, index](const JobRecord& r, const Done&) {
                if (!r.durable_file(index).removed) world_.fault("a file was removed, and is not");
            }));
    case 6:
        return manager.update_position(id, index, static_cast<uint64_t>(dice.below(100)),
                                       expect_of<Done>(id, "UpdateDownloadPosition", {}));
    default:
        return manager.replace_remote_prefix(id, "http://h0.example", "http://h1.example",
                                             expect_of<uint32_t>(id, "ReplaceRemotePrefix", {}));
    }
}

/// Another user may have taken the job meanwhile, but that is a command as well.
void Clients::check_completed(const JobRecord& record, uint32_t index) {
    const auto& file = record.durable_file(index);
    if (!file.completed) return world_.fault("a file was completed, and has not got its name");
    if (!file.not_modified && !world_.disk.contains(file.spec.local))
        world_.fault("a file was completed, and is not there");
}

/// Of one user, or of all.
void Clients::hold_or_release() {
    auto& dice = world_.dice;
    auto& manager = daemon_->manager;
    auto scope = dice.maybe(25) ? job::Scope{} : job::Scope{dice.any_of(Users)};
    ++witness_.open_holds;
    bool releases = dice.maybe(50);
    auto until = dice.maybe(40) ? WallTime{} : world_.now().wall + dice.span(seconds{1}, seconds{6000});
    auto reply = expect<Done>(releases ? "Release" : "Hold");
    auto then = [this, scope, releases, until, reply](const Status& stored) {
        if (!world_.is_dead()) --witness_.open_holds;
        if (stored && !world_.is_dead())
            releases ? witness_.holds.release(scope) : witness_.holds.set(scope, until);
        reply(stored);
    };
    releases ? manager.release(scope, then) : manager.hold(scope, until, then);
}

void Clients::take(const Id& id) {
    auto user = world_.dice.any_of(Users);
    daemon_->manager.take_ownership(
        id, user, expect_of<Done>(id, "TakeOwnership", [this, user](const JobRecord& record, const Done&) {
            if (record.durable().owner != user) world_.fault("a job was taken, and has another owner");
        }));
}

} // namespace haulier::simulation
