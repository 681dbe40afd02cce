// SPDX-License-Identifier: LGPL-2.1-or-later
// What clients ask about files.
#include "daemon/manager/manager.hpp"

#include "daemon/manager/transfer_orders.hpp"

#include <fmt/core.h>

namespace haulier::daemon {

namespace {

/// What is handed over in memory (BITS: GetReplyData).
constexpr uint64_t MaxReply = 1024 * 1024;

/// A file whose name alone is new: its place was checked when it was added.
CheckItem check_of_name(const job::FileSpec& spec, job::Type) {
    CheckItem item;
    item.url = spec.remote;
    return item;
}

/// Can a file be made where the reply to a new upload goes? Nothing of other jobs.
std::vector<CheckItem> check_of_reply(const job::Decision& trial) {
    if (trial.job.type != job::Type::UploadReply || trial.files.empty()) return {};
    auto path = job::reply_file(trial.job, trial.files.begin()->second.spec.local);
    CheckItem item;
    item.directory = job::directory_of(path);
    item.name = job::name_of(path);
    return {item};
}

/// Has an upload a reply that can be read?
Status readable_reply(const job::Job& job) {
    if (job.type != job::Type::UploadReply)
        return Error{Errc::NotSupported, fmt::format("job {} is no upload-reply job", job.id.hex)};
    if (job::shown_as(job.state) != job::State::Transferred && job.state != job::State::Acknowledged)
        return Error{Errc::InvalidState, fmt::format("job {} is not transferred ({}), there is no reply yet",
                                                     job.id.hex, job::to_string(job.state))};
    return Done{};
}

Error changed_hands(const job::Job& job) {
    return {Errc::AccessDenied, fmt::format("job {} has another owner now", job.id.hex)};
}

} // namespace

/// The worker's word on the files of a decision, and on where their reply would go. It may be long in coming,
/// and what waits for it takes up room as well.
void Manager::validate_with_worker(const job::Decision& trial, uint32_t more_jobs, ItemOf item,
                                   const Callback<Done>& then) {
    auto owner = trial.job.owner;
    auto more = growth_by(trial, more_jobs);
    if (auto ok = check_usage(owner, usage_.all(), more); !ok) return then(ok);
    std::vector<CheckItem> items;
    for (const auto& [index, file] : trial.files)
        items.push_back(item(file.spec, trial.job.type));
    auto done = [=, this, text = more.text](const Status& status) {
        usage_.release_pending(owner, text);
        --questions_;
        on_activity_();
        then(status);
    };
    usage_.reserve_pending(owner, more.text);
    ++questions_;
    workers_.check(owner, std::move(items), [=, this, reply = check_of_reply(trial)](const Status& status) {
        if (!status) return done(status);
        workers_.check(owner, reply, done);
    });
}

/// Decides for a trial, has the worker check the files that are touched, and decides again with what is true
/// by then.
void Manager::decide_after_validation(const Decide& decide, ItemOf item, const Callback<Touched>& reply) {
    auto trial = decide();
    if (!trial) return reply(trial.error());
    validate_with_worker(*trial, 0, item, [=, this, owner = trial->job.owner](const Status& status) {
        if (!status) return reply(status.error());
        auto decision = decide();
        if (!decision) return reply(decision.error());
        // The word was another worker's, and the wish perhaps of somebody who has no say any more.
        if (decision->job.owner != owner) return reply(changed_hands(decision->job));
        if (auto ok = admit(*decision); !ok) return reply(ok.error());
        Touched touched;
        if (!decision->files.empty()) touched.first = decision->files.begin()->first;
        touched.count = static_cast<uint32_t>(decision->files.size());
        commits_.stage(std::move(*decision), [=](const Status& stored) {
            if (stored) return reply(touched);
            reply(stored.error());
        });
    });
}

void Manager::add_files(const job::Id& id, std::vector<job::FileSpec> specs,
                        const Callback<uint32_t>& reply) {
    auto asked = std::make_shared<const std::vector<job::FileSpec>>(std::move(specs));
    auto decide = [=, this]() -> Result<job::Decision> {
        auto job = latest(id);
        if (!job) return job.error();
        return job::add_files(*job, *asked, limits_of(job->owner), clock_.now());
    };
    decide_after_validation(decide, check_of, [=](const Result<Touched>& touched) {
        if (touched) return reply(touched->first);
        reply(touched.error());
    });
}

void Manager::set_remote_name(const job::Id& id, uint32_t index, const std::string& remote,
                              const Callback<Done>& reply) {
    auto decide = [=, this]() -> Result<job::Decision> {
        auto job = latest(id);
        if (!job) return job.error();
        auto number = job::file_to_change(*job, index);
        if (!number) return number.error();
        return job::set_remote_name(*job, index, latest_file(*find(id), index), remote, clock_.now());
    };
    decide_after_validation(decide, check_of_name, [=](const Result<Touched>& touched) {
        if (touched) return reply(Done{});
        reply(touched.error());
    });
}

void Manager::replace_remote_prefix(const job::Id& id, const std::string& from, const std::string& to,
                                    const Callback<uint32_t>& reply) {
    auto decide = [=, this]() -> Result<job::Decision> {
        // So that the files in memory are the latest.
        if (auto status = commits_.flush(); !status) return status.error();
        auto job = latest(id);
        if (!job) return job.error();
        return job::replace_remote_prefix(*job, find(id)->files, from, to, clock_.now());
    };
    decide_after_validation(decide, check_of_name, [=](const Result<Touched>& touched) {
        if (touched) return reply(touched->count);
        reply(touched.error());
    });
}

/// What is about one file, and for the daemon alone to decide.
void Manager::file_verb(
    const job::Id& id, uint32_t index,
    const std::function<Result<job::Decision>(const job::Job&, const job::File&, Now)>& decide,
    const Callback<Done>& reply) {
    verb(
        id,
        [&](const job::Job& job, Now now) -> Result<job::Decision> {
            auto number = job::file_to_change(job, index);
            if (!number) return number.error();
            return decide(job, latest_file(*find(id), index), now);
        },
        reply);
}

void Manager::set_validation(const job::Id& id, uint32_t index, bool valid, const Callback<Done>& reply) {
    file_verb(
        id, index,
        [&](const job::Job& job, const job::File& file, Now now) {
            return job::set_validation(job, index, file, valid, now);
        },
        reply);
}

void Manager::request_ranges(const job::Id& id, uint32_t index, const std::vector<job::Range>& ranges,
                             const Callback<Done>& reply) {
    file_verb(
        id, index,
        [&](const job::Job& job, const job::File& file, Now now) {
            return job::request_ranges(job, index, file, ranges, config_.limits, now);
        },
        reply);
}

void Manager::update_position(const job::Id& id, uint32_t index, uint64_t offset,
                              const Callback<Done>& reply) {
    file_verb(
        id, index,
        [&](const job::Job& job, const job::File& file, Now now) {
            return job::update_position(job, index, file, offset, now);
        },
        reply);
}

/// Before Complete the reply is in its temporary file, and afterwards in its own.
void Manager::read_reply(const job::Id& id, const Callback<std::string>& reply) {
    auto job = latest(id);
    if (!job) return reply(job.error());
    if (auto ok = readable_reply(*job); !ok) return reply(ok.error());
    const auto& entry = *find(id);
    if (!has_reply(entry)) return reply(std::string{});
    auto path = job::reply_file(*job, entry.files);
    bool named = entry.files.front().completed;
    auto done = [=, this](const Result<std::string>& content) {
        --questions_;
        on_activity_();
        reply(content);
    };
    ++questions_;
    workers_.read(job->owner, job::directory_of(path),
                  named ? job::name_of(path) : job::temporary_name(id, job::ReplyIndex), MaxReply, done);
}

} // namespace haulier::daemon
