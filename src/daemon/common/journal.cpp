// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/common/journal.hpp"

#include "base/log.hpp"
#include "job/decide.hpp"
#include "job/history.hpp"

#include <fmt/core.h>
#include <string_view>

namespace haulier::daemon::journal {

namespace {

enum class LogEvent {
    JobCreated,
    JobTransferred,
    JobFailed,
    JobCompleted,
    JobCancelled,
    JobExpired,
    JobTaken,
    ClientNotTold,
    NoWorker,
    DatabaseSetAside,
    BadSetting,
};

std::string_view id_of(LogEvent event) {
    switch (event) {
    case LogEvent::JobCreated: return "374883e2a5224ae9ace8df61e58442d3";
    case LogEvent::JobTransferred: return "8a5c69a8949a4d928a08d449a57035b6";
    case LogEvent::JobFailed: return "4b8750733afc4522a5e096efb295bc7a";
    case LogEvent::JobCompleted: return "0a04560480d84c92832f0c43197c6387";
    case LogEvent::JobCancelled: return "775cf696cc7d49a0976cd04ef2b2044c";
    case LogEvent::JobExpired: return "897ee4365f4f478bb1e29240fd3be858";
    case LogEvent::JobTaken: return "37aafc74cc064639a674bcc30989d221";
    case LogEvent::ClientNotTold: return "eefa09015b7c4915b75e20e3be5df5fc";
    case LogEvent::NoWorker: return "e27a4842d56b45ac955695b5b916503f";
    case LogEvent::DatabaseSetAside: return "44670d6ffefd46679268c0319edb756d";
    case LogEvent::BadSetting: return "92bdbd7f4d894c2bab6f0c3f0aa34be5";
    }
    return {};
}

using log::field::Job;
using log::field::MessageId;
using log::field::Owner;
using log::field::Result;

void failed(const job::Job& job, const std::string& owner) {
    const auto& error = *job.error;
    log::warning("job failed: " + error.message, {{MessageId, id_of(LogEvent::JobFailed)},
                                                  {Job, job.id.hex},
                                                  {Owner, owner},
                                                  {log::field::Error, job::to_string(error.cause)}});
}

struct End {
    LogEvent event;
    std::string_view text;
};

End end_of(const job::Job& job) {
    switch (job::outcome_of(job)) {
    case job::Outcome::Expired: return {LogEvent::JobExpired, "job expired: no client used it for too long"};
    case job::Outcome::Cancelled: return {LogEvent::JobCancelled, "job cancelled"};
    case job::Outcome::Complete:
    case job::Outcome::Partial: break;
    }
    return {LogEvent::JobCompleted, "job completed"};
}

void ended(const job::Job& job, const std::string& owner, uint64_t bytes) {
    auto [event, text] = end_of(job);
    auto write = event == LogEvent::JobExpired ? log::warning : log::info;
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(job.active_for).count();
    write(text, {{MessageId, id_of(event)},
                 {Job, job.id.hex},
                 {Owner, owner},
                 {Result, job::removal_result(job)},
                 {log::field::Bytes, std::to_string(bytes)},
                 {log::field::Files, std::to_string(job::arrived_files(job))},
                 {log::field::Seconds, std::to_string(seconds)},
                 {log::field::Error, job.error ? job::to_string(job.error->cause) : std::string_view{}}});
}

void moved(const job::Job& job, const std::string& owner, uint64_t bytes) {
    if (job::is_final(job.state)) return ended(job, owner, bytes);
    if (job.state == job::State::Error && job.error) return failed(job, owner);
    if (job.state == job::State::Transferred)
        log::info("job transferred",
                  {{MessageId, id_of(LogEvent::JobTransferred)}, {Job, job.id.hex}, {Owner, owner}});
    else if (job::shown_as(job.state) == job::State::TransientError && job.error)
        log::info("job waits: " + job.error->message, {{Job, job.id.hex}, {Owner, owner}});
}

} // namespace

void created(const job::Job& job) {
    log::info(
        "job created",
        {{MessageId, id_of(LogEvent::JobCreated)}, {Job, job.id.hex}, {Owner, std::to_string(job.owner)}});
}

void changed(const job::Job& before, const job::Job& after, uint64_t bytes) {
    auto owner = std::to_string(after.owner);
    if (before.owner != after.owner)
        log::warning("job taken by another user", {{MessageId, id_of(LogEvent::JobTaken)},
                                                   {Job, after.id.hex},
                                                   {Owner, owner},
                                                   {log::field::FormerOwner, std::to_string(before.owner)}});
    if (job::shown_as(before.state) != job::shown_as(after.state)) moved(after, owner, bytes);
}

void delivery_failed(const job::Id& job, uint32_t owner, const std::string& client, const std::string& why) {
    log::warning(fmt::format("{} is not told of its job: {}", client, why),
                 {{MessageId, id_of(LogEvent::ClientNotTold)},
                  {Job, job.hex},
                  {Owner, std::to_string(owner)},
                  {log::field::Client, client}});
}

void no_worker(uint32_t owner, const std::string& why) {
    log::error(why, {{MessageId, id_of(LogEvent::NoWorker)}, {Owner, std::to_string(owner)}});
}

void set_aside(const std::string& database) {
    log::error("the job database is unusable and was set aside: " + database,
               {{MessageId, id_of(LogEvent::DatabaseSetAside)}, {log::field::Database, database}});
}

void bad_setting(const std::string& warning) {
    log::warning(warning, {{MessageId, id_of(LogEvent::BadSetting)}});
}

std::vector<std::string_view> message_ids() {
    std::vector<std::string_view> ids;
    for (int i = 0; i <= static_cast<int>(LogEvent::BadSetting); ++i)
        ids.push_back(id_of(static_cast<LogEvent>(i)));
    return ids;
}

} // namespace haulier::daemon::journal
