// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/notifier_host.hpp"

#include "daemon/bus/sdbus/peers.hpp"
#include "daemon/common/journal.hpp"
#include "daemon/manager/manager.hpp"
#include "job/mirrors.hpp"
#include "job/notify_service.hpp"
#include "notify/notifier.hpp"

namespace haulier::daemon {

namespace {

const char* reason_of(CallOutcome outcome) {
    switch (outcome) {
    case CallOutcome::Acknowledged: return "it has been told";
    case CallOutcome::Refused: return "it answered with an error";
    case CallOutcome::NoSuchMethod: return "it has no such method";
    case CallOutcome::Declined: return "it does not want this call";
    case CallOutcome::NoSuchObject: return "it has no such object";
    case CallOutcome::Gone: return "it has left";
    case CallOutcome::NotStarted: return "it cannot be started";
    case CallOutcome::Unanswered: return "it does not answer";
    case CallOutcome::NoBus: return "its user has no bus";
    }
    return "";
}

notify::FileTransferred file_content(const JobRecord& record, uint32_t index) {
    const auto& file = record.durable_file(index);
    const auto& job = record.durable();
    bool is_named = file.completed && !job::is_upload(job.type);
    return {index, file.spec.remote, is_named ? file.spec.local : job::temporary_path(job, file, index)};
}

} // namespace

NotifierHost::NotifierHost(Loop& loop, const Clock& clock, Manager& manager, bus::Peers& peers)
    : loop_(loop), clock_(clock), manager_(manager), peers_(peers) {}

void NotifierHost::wake_at(BootTime when) {
    wake_ = loop_.at(when, [this] { notifier_->run(); });
}

notify::Content NotifierHost::content_of(const job::Id& id, const job::Notification& notification) const {
    const auto& record = *manager_.find(id); // the notifier knows no job that the manager has forgotten
    switch (notification.kind) {
    case job::NotificationKind::Transferred: break;
    case job::NotificationKind::Error:
        return notify::JobFailed{record.durable().error.value_or(job::JobError{})};
    case job::NotificationKind::FileTransferred: return file_content(record, notification.file);
    case job::NotificationKind::RemoteNameExpired:
        return notify::RemoteNameExpired{notification.file,
                                         job::url_of(record.durable_file(notification.file))};
    }
    return notify::JobTransferred{};
}

void NotifierHost::object_changed(const job::Id& id) {
    manager_.object_changed(id);
}

void NotifierHost::answered(const job::Id& id, int64_t row, uint32_t file, const std::string& answer) {
    manager_.renew_remote_name({id, file, row}, answer);
}

void NotifierHost::delivery_failed(const notify::Delivery& delivery, CallOutcome outcome) {
    journal::delivery_failed(delivery.job, delivery.owner, notify::display_name_of(delivery.target),
                             reason_of(outcome));
}

void NotifierHost::check_connection(const std::string& unique_name) {
    peers_.check_connection(unique_name);
}

void NotifierHost::find_owner(const std::string& name) {
    peers_.find_owner(name, [this, name](const std::string& unique_name) {
        notifier_->owner_found(name, unique_name);
        notifier_->run();
    });
}

void NotifierHost::watch_new_owners(bool watch) {
    peers_.watch_new_owners(watch);
}

void NotifierHost::acknowledged(int64_t row) {
    manager_.acknowledged(row);
}

void NotifierHost::launches_changed(uint32_t owner, const job::NotifyService& service, uint32_t count) {
    manager_.launches_changed({owner, job::to_string(service), count});
}

} // namespace haulier::daemon
