// SPDX-License-Identifier: LGPL-2.1-or-later
#include "desktop/daemon_watch.hpp"

#include "base/log.hpp"
#include "base/must.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <map>
#include <systemd/sd-bus.h>
#include <utility>

namespace haulier::desktop {

namespace {

constexpr const char* DaemonName = "org.haulier.Haulier1";
constexpr const char* ManagerPath = "/org/haulier/Haulier1";
constexpr const char* ManagerInterface = "org.haulier.Haulier1.Manager";
constexpr const char* JobInterface = "org.haulier.Haulier1.Job";
constexpr const char* PropertiesName = "org.freedesktop.DBus.Properties";
/// A list with fewer jobs is complete.
constexpr uint32_t LeastOfList = 256;
/// After a subscription or a list that has failed.
constexpr Usec FirstRetryDelay{10'000'000};
constexpr Usec LongestRetryDelay{3'600'000'000};

std::string job_path(const std::string& id) {
    return std::string{ManagerPath} + "/job/" + id;
}

std::string id_in(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

Job job_from(const Properties& properties) {
    Job job;
    merge(job, properties);
    return job;
}

const std::vector<std::string>& wanted_properties() {
    static const std::vector<std::string> names{
        "Id",   "Type",       "DisplayName", "Visibility",       "AppId",       "AppIdSource",
        "Icon", "Target",     "State",       "WaitReason",       "Error",       "BytesTransferred",
        "Rate", "BytesKnown", "FilesTotal",  "FilesTransferred", "FilesUnsized"};
    return names;
}

void log_refusal(sd_bus_message* reply, const char* what) {
    if (auto error = error_of(reply); !error.empty()) log::debug(fmt::format("{}: {}", what, error));
}

} // namespace

DaemonWatch::DaemonWatch(Loop& loop, BusLink& bus, Events events)
    : loop_(loop), bus_(bus), events_(std::move(events)) {
    auto rule = fmt::format("type='signal',sender='{}',path_namespace='{}'", DaemonName, ManagerPath);
    bus_.listen(rule, [this](sd_bus_message* signal) {
        if (!owner_.empty() && sender_of(signal) == owner_) on_signal(signal);
    });
    bus_.watch_owner(DaemonName, [this](const std::string& owner) { on_owner(owner); });
}

void DaemonWatch::on_owner(const std::string& owner) {
    if (owner == owner_) return;
    owner_ = owner;
    ++round_;
    retry_.reset();
    retry_delay_ = FirstRetryDelay;
    events_.present(!owner.empty());
    if (!owner.empty()) begin();
}

void DaemonWatch::begin() {
    retry_.reset();
    subscribe();
    list(0, {});
}

/// On a machine that has much to do, calls may fail although the daemon is there.
void DaemonWatch::begin_later() {
    if (retry_) return;
    retry_ = loop_.after(retry_delay_, [this] { begin(); });
    retry_delay_ = std::min(2 * retry_delay_, LongestRetryDelay);
}

void DaemonWatch::want_progress(bool wanted) {
    if (std::exchange(wants_progress_, wanted) == wanted || owner_.empty()) return;
    subscribe();
}

void DaemonWatch::subscribe() {
    auto call = bus_.new_call(DaemonName, ManagerPath, ManagerInterface, "SubscribeWith");
    append(call, Properties{{"KeepAlive", false}, {"Progress", wants_progress_}, {"AllUsers", false}});
    bus_.call(call, MayStart::No, [this, daemon = owner_](sd_bus_message* reply) {
        log_refusal(reply, "no subscription");
        if (!error_of(reply).empty() && daemon == owner_) begin_later();
    });
}

// ---- lists ----

void DaemonWatch::list(uint32_t offset, std::set<std::string> ids) {
    if (offset == 0) {
        ++round_;
        appeared_.emplace();
    }
    removed_ = 0;
    auto call = bus_.new_call(DaemonName, ManagerPath, ManagerInterface, "ListJobs");
    auto* m = call.get();
    must(sd_bus_message_open_container(m, SD_BUS_TYPE_ARRAY, "{sv}"), "sd_bus_message_open_container");
    must(sd_bus_message_append(m, "{sv}", "Offset", "u", offset), "sd_bus_message_append");
    must(sd_bus_message_open_container(m, SD_BUS_TYPE_DICT_ENTRY, "sv"), "sd_bus_message_open_container");
    append(call, "Properties");
    must(sd_bus_message_open_container(m, SD_BUS_TYPE_VARIANT, "as"), "sd_bus_message_open_container");
    append_list(call, wanted_properties());
    for (int i = 0; i < 3; ++i)
        must(sd_bus_message_close_container(m), "sd_bus_message_close_container");
    bus_.call(call, MayStart::No,
              [this, offset, round = round_, ids = std::move(ids)](sd_bus_message* reply) {
                  if (!is_current(round)) return;
                  if (error_of(reply).empty()) return on_list(reply, offset, ids);
                  log_refusal(reply, "no list of jobs");
                  appeared_.reset();
                  begin_later();
              });
}

void DaemonWatch::on_list(sd_bus_message* reply, uint32_t offset, std::set<std::string> ids) {
    uint32_t count = 0;
    must(sd_bus_message_enter_container(reply, SD_BUS_TYPE_ARRAY, "(oa{sv})"), "a list of jobs");
    for (; sd_bus_message_at_end(reply, 0) == 0; ++count) {
        must(sd_bus_message_enter_container(reply, SD_BUS_TYPE_STRUCT, "oa{sv}"), "a job");
        auto id = id_in(read_text(reply));
        events_.job(id, job_from(read_properties(reply)), false);
        must(sd_bus_message_exit_container(reply), "sd_bus_message_exit_container");
        ids.insert(id);
    }
    // Those that follow a removed job have moved up.
    uint32_t next = offset + count;
    if (count >= LeastOfList) return list(next - std::min(next, removed_), std::move(ids));
    if (appeared_) ids.merge(*appeared_);
    appeared_.reset();
    events_.listed(ids);
}

void DaemonWatch::read_all(const std::string& id) {
    auto call = bus_.new_call(DaemonName, job_path(id), PropertiesName, "GetAll");
    append(call, std::string{JobInterface});
    bus_.call(call, MayStart::No, [this, id](sd_bus_message* reply) {
        if (error_of(reply).empty()) events_.job(id, job_from(read_properties(reply)), true);
    });
}

// ---- signals ----

void DaemonWatch::on_signal(sd_bus_message* signal) {
    using Handler = void (DaemonWatch::*)(sd_bus_message*);
    static const std::map<std::string, Handler> handlers{
        {"PropertiesChanged", &DaemonWatch::on_changed},
        {"JobAppeared", &DaemonWatch::on_appeared},
        {"JobEnded", &DaemonWatch::on_ended},
        {"JobRemoved", &DaemonWatch::on_removed},
        {"SignalsLost", &DaemonWatch::on_signals_lost},
    };
    auto handler = handlers.find(sd_bus_message_get_member(signal));
    if (handler != handlers.end()) (this->*handler->second)(signal);
}

void DaemonWatch::on_changed(sd_bus_message* signal) {
    if (read_text(signal) != JobInterface) return;
    auto id = id_in(sd_bus_message_get_path(signal));
    auto properties = read_properties(signal);
    events_.changed(id, properties);
    // Of a hidden job not all is known.
    if (properties.contains("Visibility")) read_all(id);
}

void DaemonWatch::on_appeared(sd_bus_message* signal) {
    auto id = id_in(read_text(signal));
    read_text(signal);
    auto job = job_from(read_properties(signal));
    if (appeared_) appeared_->insert(id);
    if (job.visibility == Visibility::Hidden)
        events_.job(id, job, true);
    else
        read_all(id);
}

void DaemonWatch::on_ended(sd_bus_message* signal) {
    auto id = id_in(read_text(signal));
    read_text(signal);
    auto result = read_text(signal);
    events_.ended(id, result, read_properties(signal));
}

void DaemonWatch::on_removed(sd_bus_message* signal) {
    ++removed_;
    auto id = id_in(read_text(signal));
    read_text(signal);
    if (read_text(signal) == "taken") events_.taken(id);
}

void DaemonWatch::on_signals_lost(sd_bus_message* /*signal*/) {
    list(0, {});
}

// ---- what people ask for ----

void DaemonWatch::call_job(const std::string& id, const std::string& method) {
    auto call = bus_.new_call(DaemonName, job_path(id), JobInterface, method);
    bus_.call(call, MayStart::Yes, [](sd_bus_message* reply) { log_refusal(reply, "refused"); });
}

void DaemonWatch::set_property(const std::string& id, const std::string& name, const std::string& value) {
    auto call = bus_.new_call(DaemonName, job_path(id), PropertiesName, "Set");
    append(call, std::string{JobInterface});
    append(call, name);
    must(sd_bus_message_append(call.get(), "v", "s", value.c_str()), "sd_bus_message_append");
    bus_.call(call, MayStart::Yes, [](sd_bus_message* reply) { log_refusal(reply, "refused"); });
}

} // namespace haulier::desktop
