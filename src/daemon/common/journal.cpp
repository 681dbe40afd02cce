// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/common/journal.hpp"

#include "base/log.hpp"
#include "job/decide.hpp"

#include <fmt/core.h>
#include <string_view>

namespace haulier::daemon::journal {

namespace {

// The catalogue, haulierd(8) and tests/lint know them, too.
namespace id {
constexpr std::string_view JobCreated = "374883e2a5224ae9ace8df61e58442d3";
constexpr std::string_view JobTransferred = "8a5c69a8949a4d928a08d449a57035b6";
constexpr std::string_view JobFailed = "4b8750733afc4522a5e096efb295bc7a";
constexpr std::string_view JobCompleted = "0a04560480d84c92832f0c43197c6387";
constexpr std::string_view JobCancelled = "775cf696cc7d49a0976cd04ef2b2044c";
constexpr std::string_view JobExpired = "897ee4365f4f478bb1e29240fd3be858";
constexpr std::string_view JobTaken = "37aafc74cc064639a674bcc30989d221";
constexpr std::string_view ClientNotTold = "eefa09015b7c4915b75e20e3be5df5fc";
constexpr std::string_view NoWorker = "e27a4842d56b45ac955695b5b916503f";
constexpr std::string_view DatabaseSetAside = "44670d6ffefd46679268c0319edb756d";
constexpr std::string_view BadSetting = "92bdbd7f4d894c2bab6f0c3f0aa34be5";
} // namespace id

using log::field::Job;
using log::field::MessageId;
using log::field::Owner;
using log::field::Result;

void failed(const job::Job& job, const std::string& owner) {
    const auto& error = *job.error;
    log::warning("job failed: " + error.message, {{MessageId, id::JobFailed},
                                                  {Job, job.id.hex},
                                                  {Owner, owner},
                                                  {log::field::Error, job::to_string(error.cause)}});
}

void ended(const job::Job& job, const std::string& owner) {
    auto result = job::removal_result(job);
    if (job.expired)
        log::warning("job expired: nobody touched it for too long",
                     {{MessageId, id::JobExpired}, {Job, job.id.hex}, {Owner, owner}, {Result, result}});
    else if (job.state == job::State::Cancelled)
        log::info("job cancelled",
                  {{MessageId, id::JobCancelled}, {Job, job.id.hex}, {Owner, owner}, {Result, result}});
    else
        log::info("job completed",
                  {{MessageId, id::JobCompleted}, {Job, job.id.hex}, {Owner, owner}, {Result, result}});
}

void moved(const job::Job& job, const std::string& owner) {
    if (job::is_final(job.state)) return ended(job, owner);
    if (job.state == job::State::Error && job.error) return failed(job, owner);
    if (job.state == job::State::Transferred && !job.completing)
        log::info("job transferred", {{MessageId, id::JobTransferred}, {Job, job.id.hex}, {Owner, owner}});
    else if (job.state == job::State::TransientError && job.error)
        log::info("job waits: " + job.error->message, {{Job, job.id.hex}, {Owner, owner}});
}

} // namespace

void created(const job::Job& job) {
    log::info("job created",
              {{MessageId, id::JobCreated}, {Job, job.id.hex}, {Owner, std::to_string(job.owner)}});
}

void changed(const job::Job& before, const job::Job& after) {
    auto owner = std::to_string(after.owner);
    if (before.owner != after.owner)
        log::warning("job taken by another user", {{MessageId, id::JobTaken},
                                                   {Job, after.id.hex},
                                                   {Owner, owner},
                                                   {log::field::FormerOwner, std::to_string(before.owner)}});
    if (before.state != after.state) moved(after, owner);
}

void delivery_failed(const job::Job& job, const std::string& whom, const std::string& why) {
    log::warning(fmt::format("{} is not told of its job: {}", whom, why), {{MessageId, id::ClientNotTold},
                                                                           {Job, job.id.hex},
                                                                           {Owner, std::to_string(job.owner)},
                                                                           {log::field::Client, whom}});
}

void no_worker(uint32_t owner, const std::string& why) {
    log::error(why, {{MessageId, id::NoWorker}, {Owner, std::to_string(owner)}});
}

void set_aside(const std::string& database) {
    log::error("the job database is unusable and was set aside: " + database,
               {{MessageId, id::DatabaseSetAside}, {log::field::Database, database}});
}

void bad_setting(const std::string& warning) {
    log::warning(warning, {{MessageId, id::BadSetting}});
}

} // namespace haulier::daemon::journal
