// SPDX-License-Identifier: LGPL-2.1-or-later
// Random schedules of clients, services, jobs and time, over a bus on which anything can happen, checked
// against a model of the promises.
#include "delivery_model.hpp"
#include "fake_bus.hpp"
#include "job/outcomes.hpp"
#include "notify/notifier.hpp"
#include "notify_samples.hpp"
#include "support/chance.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <string>

namespace haulier::notify {

namespace {

using job::NotificationKind;

const std::string Services[] = {"org.example.One", "org.example.Two"};
const std::string Paths[] = {"/a", "/b"};

class Schedule final : public Outbox, public Host {
public:
    explicit Schedule(uint64_t seed) : random_(seed) {
        bus_.daemon = {[this](const std::string& name) {
                           model_.lost(name);
                           notifier_.connection_lost(name);
                           notifier_.run();
                       },
                       [this](const std::string& name) {
                           model_.late_reply(name);
                           notifier_.heard_from(name);
                           notifier_.run();
                       },
                       [this](const std::string& name, const std::string& unique_name) {
                           model_.note(fmt::format("{} belongs to '{}' now", name, unique_name));
                           notifier_.owner_changed(name, unique_name);
                           notifier_.run();
                       }};
        bus_.on_end = [this](const FakeBus::Ended& call) { model_.ended(call); };
        bus_.on_second_call = [this](const std::string& receiver) { model_.second_call(receiver); };
        sender_.schedule = this;
    }

    [[nodiscard]] const std::deque<std::string>& trace() const { return model_.trace; }
    /// The faults that were found.
    std::vector<std::string> run(int steps) {
        for (const auto& name : Services)
            bus_.services[name];
        for (int i = 0; i < steps && model_.faults.empty(); ++i) {
            act();
            notifier_.run();
            advance(some_time());
        }
        if (model_.faults.empty()) make_peace();
        return model_.faults;
    }

    // ---- the daemon around the notifier ----

    void acknowledged(int64_t row) override { model_.acknowledged(row); }
    void launches_changed(uint32_t, const job::NotifyService&, uint32_t) override {}
    [[nodiscard]] BootTime now() const override { return bus_.now; }
    void wake_at(BootTime when) override { wake_ = when; }
    [[nodiscard]] Content content_of(const job::Id& id,
                                     const job::Notification& notification) const override {
        model_.check_truth(id, notification);
        switch (notification.kind) {
        case NotificationKind::Transferred: break;
        case NotificationKind::Error: return JobFailed{};
        case NotificationKind::FileTransferred: return FileTransferred{notification.file, {}, {}};
        case NotificationKind::RemoteNameExpired: return RemoteNameExpired{notification.file, {}};
        }
        return JobTransferred{};
    }
    void object_changed(const job::Id&) override {}
    void answered(const job::Id&, int64_t, uint32_t, const std::string&) override {}
    void delivery_failed(const Delivery&, CallOutcome) override {}
    void check_connection(const std::string& name) override {
        if (!bus_.programs.contains(name))
            bus_.later(Usec{500}, [this, name] { bus_.daemon.connection_lost(name); });
    }
    void find_owner(const std::string& name) override {
        bus_.later(Usec{500}, [this, name] {
            model_.note(fmt::format("{} belongs to '{}'", name, bus_.owner_of(name)));
            notifier_.owner_found(name, bus_.owner_of(name));
            notifier_.run();
        });
    }
    void watch_new_owners(bool watch) override { bus_.owners_are_watched = watch; }

private:
    struct CheckedSender final : Sender {
        Schedule* schedule = nullptr;
        void send(const Delivery& delivery, std::function<void(const DeliveryResult&)> done) override {
            schedule->model_.begun(delivery);
            schedule->bus_.send(delivery, std::move(done));
        }
    };

    // ---- time ----

    Usec some_time() {
        constexpr int64_t Longest[] = {2'000, 200'000, 4'000'000, 40'000'000, 400'000'000};
        return Usec{pick_below(Longest[static_cast<size_t>(pick_below(5))])};
    }
    void advance(Usec span) {
        auto end = bus_.now + span;
        while (model_.faults.empty()) {
            auto next = std::min(bus_.next_event(), std::max(wake_, bus_.now));
            if (next > end) break;
            bus_.now = std::max(bus_.now, next);
            if (wake_ <= bus_.now) {
                wake_ = Never;
                notifier_.run();
            }
            bus_.happen();
            model_.check_delays();
        }
        bus_.now = end;
        model_.check_delays();
    }
    /// From now on all is well: whatever is owed must be told.
    void make_peace() {
        for (const auto& name : Services) {
            bus_.services[name].launch = Launch::Works;
            bus_.services[name].manner = Manner::Accepts;
        }
        for (const auto& name : programs())
            bus_.set_manner(name, Manner::Accepts);
        advance(std::chrono::hours{49});
        model_.check_all_told();
    }

    // ---- what happens ----

    int64_t pick_below(int64_t end) { return std::uniform_int_distribution<int64_t>{0, end - 1}(random_); }
    bool maybe(int percent) { return pick_below(100) < percent; }
    template <class List>
    const auto& any_of(const List& list) {
        return *std::next(std::begin(list), pick_below(static_cast<int64_t>(std::size(list))));
    }
    Manner some_manner() {
        constexpr Manner All[] = {
            Manner::Accepts,        Manner::Accepts,     Manner::Refuses, Manner::PassesOnAnError,
            Manner::LacksTheMethod, Manner::KeepsSilent, Manner::Dies};
        return any_of(All);
    }
    std::vector<std::string> programs() const {
        std::vector<std::string> names;
        for (const auto& [name, program] : bus_.programs)
            names.push_back(name);
        return names;
    }

    void act() {
        if (model_.jobs.size() < 2 || (model_.jobs.size() < 6 && maybe(10))) return create();
        if (maybe(35)) return change_world();
        auto id = any_of(model_.jobs).first;
        maybe(55) ? move_job(id) : change_registration(id);
    }

    void change_world() {
        auto& service = bus_.services[any_of(Services)];
        auto all = programs();
        switch (pick_below(6)) {
        case 0: bus_.connect(some_manner()); return;
        case 1:
            if (!all.empty()) bus_.leave(any_of(all));
            return;
        case 2:
            if (!all.empty()) bus_.set_manner(any_of(all), some_manner());
            return;
        case 3:
            service.launch = any_of(std::array{Launch::Works, Launch::EndsAtOnce, Launch::Impossible});
            return;
        case 4: service.manner = some_manner(); return;
        case 5: return exchange_name(any_of(Services));
        }
    }
    /// A program that runs takes the name, or the one that has it gives it up.
    void exchange_name(const std::string& name) {
        const auto& service = bus_.services[name];
        auto all = programs();
        if (!service.owner.empty())
            bus_.give_up_name(name);
        else if (!service.is_starting && !all.empty())
            bus_.take_name(any_of(all), name);
    }

    void change_registration(const job::Id& id) {
        auto all = programs();
        switch (pick_below(4)) {
        case 0:
            if (!all.empty()) register_object(id, Target{any_of(all), any_of(Paths), Target::Kind::Object});
            return;
        case 1: return register_object(id, std::nullopt);
        case 2:
            return change(id, [&](job::SettingsPatch& patch) {
                patch.set<&job::Settings::notify_service>(some_service());
            });
        case 3:
            return change(id, [&](job::SettingsPatch& patch) {
                patch.set<&job::Settings::notify_flags>(some_flags());
            });
        }
    }
    job::NotifyService some_service() {
        if (maybe(20)) return {};
        return {any_of(Services), any_of(Paths), job::ServiceBus::Own};
    }
    job::NotifyFlags some_flags() {
        job::NotifyFlags flags;
        flags.transferred = maybe(80);
        flags.error = maybe(80);
        flags.file_transferred = maybe(60);
        flags.disable = maybe(15);
        return flags;
    }
    void register_object(const job::Id& id, const std::optional<Target>& object) {
        auto decided = job::renotify(model_.jobs.at(id).job, time());
        if (!decided) return;
        if (!object) *decided = untouched(*decided);
        take(*decided);
        model_.registered(id, object);
        notifier_.set_object(id, object);
    }
    static job::Decision untouched(job::Decision decision) {
        decision.notifications.clear();
        decision.revoked = {};
        return decision;
    }
    template <class Fill>
    void change(const job::Id& id, Fill fill) {
        job::SettingsPatch patch;
        fill(patch);
        auto& job = model_.jobs.at(id);
        auto decided = job::change(job.job, job.files, patch, time());
        if (!decided) return;
        take(*decided);
        if (!patch.has<&job::Settings::notify_service>()) return;
        auto service = patch.get<&job::Settings::notify_service>();
        model_.registered(id, service);
        notifier_.set_service(id, service);
    }

    void create() {
        auto number = std::to_string(++last_job_);
        job::Id id{std::string(32 - number.size(), '0') + number};
        job::Request request;
        request.resume = true;
        request.settings.set<&job::Settings::display_name>("job");
        request.settings.set<&job::Settings::notify_flags>(some_flags());
        request.settings.set<&job::Settings::notify_service>(some_service());
        request.settings.set<&job::Settings::auto_complete>(maybe(30));
        for (const auto* name : {"a", "b"}) {
            job::FileSpec file;
            file.remote = "https://example.org/" + std::string{name};
            file.local = "/srv/" + std::string{name};
            request.files.push_back(file);
        }
        auto decided = job::create(id, Owner, request, {}, time());
        ASSERT_TRUE(decided) << decided.error().message;
        auto& job = model_.jobs[id];
        job.service = decided->job.notify_service;
        notifier_.add_job(id, Owner, job.service);
        take(*decided);
    }

    /// One step of the job: a file arrives, fails, is rejected or gets its name, or a verb is called.
    void move_job(const job::Id& id) {
        auto& [job, files, rows, object, service, changed, passed, receiver, number, call, about] =
            model_.jobs.at(id);
        if (job.state == job::State::Publishing) return publish(id);
        if (job.state == job::State::Acknowledged) {
            if (rows.empty() || maybe(10)) forget(id);
            return;
        }
        auto index = static_cast<uint32_t>(pick_below(2));
        switch (pick_below(5)) {
        case 0:
        case 1: {
            job::Fetched all;
            all.report = {100, {}, 100};
            all.inode = {1, index};
            return take(
                job::fetched(job, index, files, all, job::segments_of(files[index], false), {}, time()));
        }
        case 2: {
            if (auto running = job::granted(job, time())) take(*running);
            job::Failure failure;
            failure.error = {job::Cause::HttpStatus, 404, "the server answered 404", index};
            failure.fatal = true;
            return take(job::failed(job, index, files, failure, {}, {}, no_random_, time()));
        }
        case 3: return take(job::set_validation(job, index, files[index], false, time()));
        case 4:
            if (maybe(10)) return forget(id);
            return take(job::resume(job, files, time()));
        }
    }
    void publish(const job::Id& id) {
        auto& job = model_.jobs.at(id);
        for (uint32_t i = 0; i < job.files.size(); ++i)
            if (!job.files[i].completed) {
                if (maybe(20))
                    return take(job::publish_failed(job.job, {Errc::LocalFile, "no such folder"}, time()));
                return take(job::published(job.job, i, job.files[i]));
            }
        take(job::publish_succeeded(job.job, time()));
    }
    void forget(const job::Id& id) {
        auto service = model_.jobs.at(id).service;
        model_.registered(id, job::NotifyService{});
        model_.jobs.erase(id);
        model_.works(service.name);
        notifier_.forget(id);
        notifier_.service_works(Owner, service);
    }

    /// Commits a decision as the daemon does.
    void take(const job::Decision& decision) {
        const auto& id = decision.job.id;
        auto& job = model_.jobs.at(id);
        job.job = decision.job;
        for (const auto& [index, file] : decision.files) {
            if (index >= job.files.size()) job.files.resize(index + 1);
            job.files[index] = file;
        }
        auto first = job.rows.empty() ? 0 : job.rows.front().number;
        std::erase_if(job.rows, [&](const auto& row) { return decision.revoked.covers(row.notification); });
        notifier_.revoke(id, decision.revoked);
        for (const auto& notification : decision.notifications) {
            job.rows.push_back({++last_row_, notification, bus_.now});
            notifier_.add(id, last_row_, notification);
        }
        if (!job.rows.empty() && job.rows.front().number != first) job.changed = bus_.now;
    }
    template <class Maybe>
    void take(const Maybe& decision) {
        if (decision) take(*decision);
    }

    [[nodiscard]] Now time() const { return {bus_.now, {bus_.now.since_boot}}; }

    struct NoRandom final : job::Random {
        double fraction() override { return 0; }
    };

    std::mt19937_64 random_;
    FakeBus bus_{random_};
    mutable DeliveryModel model_{bus_};
    CheckedSender sender_;
    Notifier notifier_{{sender_, sender_}, *this, *this, Policy{}};
    BootTime wake_ = Never;
    NoRandom no_random_;
    int last_job_ = 0;
    int64_t last_row_ = 0;
};

TEST(Schedules, KeepEveryPromise) {
    auto first = test::seed();
    auto count = test::rounds().value_or(200);
    fmt::print("seed {}, {} schedules\n", first, count);
    for (auto seed = first; seed < first + count; ++seed) {
        Schedule schedule{seed};
        auto faults = schedule.run(120);
        for (const auto& fault : faults)
            ADD_FAILURE() << fault << "; repeat with HAULIER_TEST_SEED=" << seed << " HAULIER_TEST_ROUNDS=1";
        if (faults.empty()) continue;
        for (const auto& event : schedule.trace())
            fmt::print("{}\n", event);
        return;
    }
}

} // namespace

} // namespace haulier::notify
