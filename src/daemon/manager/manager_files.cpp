// SPDX-License-Identifier: LGPL-2.1-or-later
// Commands about files. Each ends in exactly one reply.
#include "daemon/manager/manager.hpp"

#include "base/log.hpp"
#include "daemon/common/batch.hpp"
#include "daemon/manager/transfer_orders.hpp"

#include <fmt/core.h>
#include <set>
#include <utility>

namespace haulier::daemon {

namespace {

/// What is returned in one message (BITS: GetReplyData).
constexpr uint64_t MaxReply = 1024 * 1024;

/// For a file whose remote name alone is new: its path was checked when it was added.
CheckItem check_of_name(const job::FileSpec& spec, const job::Job&) {
    CheckItem item;
    item.url = spec.remote;
    return item;
}

/// Is there a reply that can be read?
Status readable_reply(const job::Job& job) {
    if (job.type != job::Type::UploadReply)
        return Error{Errc::NotSupported, fmt::format("job {} is no upload-reply job", job.id.hex)};
    if (job::shown_as(job.state) != job::State::Transferred && job.state != job::State::Acknowledged)
        return Error{Errc::InvalidState, fmt::format("job {} is not transferred ({}), there is no reply yet",
                                                     job.id.hex, job::to_string(job.state))};
    return Done{};
}

using ChangedFiles = WorkerValidation::ChangedFiles;

} // namespace

void Manager::add_files(const job::Id& id, std::vector<job::FileSpec> specs,
                        const Callback<uint32_t>& reply) {
    auto shared = std::make_shared<const std::vector<job::FileSpec>>(std::move(specs));
    auto decision = [=, this]() -> Result<job::Decision> {
        const auto* record = jobs_.find(id);
        if (!record) return not_found(id);
        const auto& job = record->working();
        return job::add_files(job, *shared, limits_of(job.owner), clock_.now());
    };
    validation_.decide_after_check(decision, check_of, [=](const Result<ChangedFiles>& changed) {
        if (changed) return reply(changed->first);
        reply(changed.error());
    });
}

void Manager::set_remote_name(const job::Id& id, uint32_t index, const std::string& remote,
                              const Callback<Done>& reply) {
    auto decision = [=, this]() -> Result<job::Decision> {
        const auto* record = jobs_.find(id);
        if (!record) return not_found(id);
        auto number = job::file_to_change(record->working(), index);
        if (!number) return number.error();
        return job::set_remote_name(record->working(), index, record->working_files()[index], remote,
                                    clock_.now());
    };
    validation_.decide_after_check(decision, check_of_name, [=](const Result<ChangedFiles>& changed) {
        if (changed) return reply(Done{});
        reply(changed.error());
    });
}

/// The answer is checked as if the client had called SetRemoteName.
void Manager::renew_remote_name(const OpenQuestion& question, const std::string& fresh) {
    if (fresh.empty()) return keep_failure(question);
    auto decision = [=, this]() -> Result<job::Decision> {
        const auto* record = jobs_.find(question.job);
        if (!record) return not_found(question.job);
        auto number = job::file_to_change(record->working(), question.file);
        if (!number) return number.error();
        return job::renew_remote_name(record->working(), *number, record->working_files()[*number], fresh,
                                      clock_.now());
    };
    validation_.decide_after_check(decision, check_of_name, [=, this](const Result<ChangedFiles>& changed) {
        if (changed) return end_question(question, Done{});
        if (changed.error().code == Errc::Store) return end_question(question, changed.error());
        log::warning(
            fmt::format("job {}: the new remote name that the client gave for file {} is refused: {}",
                        question.job.hex, question.file, changed.error().message));
        keep_failure(question);
    });
}

/// If the file does not wait for the answer any more, nothing is changed.
void Manager::keep_failure(const OpenQuestion& question) {
    const auto* record = jobs_.find(question.job);
    bool is_there = record && question.file < record->working_files().size();
    std::optional<job::Decision> decision;
    if (is_there)
        decision =
            job::not_renewed(record->working(), question.file, record->working_files(),
                             {!record->transfers.empty(), runner_.hosts().rests_of(*record)}, clock_.now());
    if (!decision) return acknowledged(question.row);
    commits_.stage(std::move(*decision),
                   [this, question](const Status& stored) { end_question(question, stored); });
}

/// If the effect of the answer could not be stored, the client is asked again when the store works.
void Manager::end_question(const OpenQuestion& question, const Status& stored) {
    if (!stored) unstored_.push_back(question);
    lifecycle_.forget_delivered_soon();
    on_activity_();
}

void Manager::ask_again() {
    for (const auto& question : std::exchange(unstored_, {}))
        announcer_.notifier().add(question.job, question.row,
                                  {job::NotificationKind::RemoteNameExpired, question.file});
    run_notifier_soon();
}

void Manager::replace_remote_prefix(const job::Id& id, const std::string& from, const std::string& to,
                                    const Callback<uint32_t>& reply) {
    auto decision = [=, this]() -> Result<job::Decision> {
        const auto* record = jobs_.find(id);
        if (!record) return not_found(id);
        return job::replace_remote_prefix(record->working(), record->working_files(), from, to, clock_.now());
    };
    validation_.decide_after_check(decision, check_of_name, [=](const Result<ChangedFiles>& changed) {
        if (changed) return reply(changed->count);
        reply(changed.error());
    });
}

/// For commands about one file that need no worker.
void Manager::decide_file(const job::Id& id, uint32_t index, const DecideFile& decision,
                          const Callback<Done>& reply) {
    decide(
        id,
        [&](const JobRecord& record, Now now) -> Result<job::Decision> {
            auto number = job::file_to_change(record.working(), index);
            if (!number) return number.error();
            return decision(record.working(), record.working_files()[index], now);
        },
        reply);
}

void Manager::set_validation(const job::Id& id, uint32_t index, bool valid, const Callback<Done>& reply) {
    decide_file(
        id, index,
        [&](const job::Job& job, const job::File& file, Now now) {
            return job::set_validation(job, index, file, valid, now);
        },
        reply);
}

/// Answered when the files have their names. After a failure, the others still get theirs.
void Manager::complete_files(const job::Id& id, const std::vector<uint32_t>& indexes,
                             const Callback<uint32_t>& reply) {
    const auto* record = jobs_.find(id);
    if (!record) return reply(not_found(id));
    auto decision = job::complete_files(record->working(), record->working_files(), indexes, clock_.now());
    if (!decision) return reply(decision.error());
    std::set<uint32_t> distinct{indexes.begin(), indexes.end()};
    std::vector<uint32_t> files{distinct.begin(), distinct.end()};
    auto answer = requests_.track(reply);
    commits_.stage(std::move(*decision), [=, this](const Status& stored) {
        if (!stored) return answer(stored.error());
        auto step = [=, this](size_t i, const Callback<Done>& done) { namer_.await(id, files[i], done); };
        run_batch(
            files.size(), step,
            [=](const Status& named) {
                if (!named) return answer(named.error());
                answer(static_cast<uint32_t>(files.size()));
            },
            files.size());
    });
}

void Manager::remove_files(const job::Id& id, const std::vector<uint32_t>& indexes,
                           const Callback<Done>& reply) {
    decide(
        id,
        [&](const JobRecord& record, Now now) {
            return job::remove_files(record.working(), record.working_files(), indexes, now);
        },
        reply);
}

void Manager::open_file(const job::Id& id, uint32_t index, const Callback<SharedFd>& reply) {
    const auto* record = jobs_.find(id);
    if (!record) return reply(not_found(id));
    if (auto ok = job::check_open(record->working(), record->working_files(), index); !ok)
        return reply(ok.error());
    workers_.open(record->working().owner, publish_order(*record, index), requests_.track(reply));
}

void Manager::request_ranges(const job::Id& id, uint32_t index, const std::vector<job::Range>& ranges,
                             const Callback<Done>& reply) {
    decide_file(
        id, index,
        [&](const job::Job& job, const job::File& file, Now now) {
            return job::request_ranges(job, index, file, ranges, config_.limits, now);
        },
        reply);
}

void Manager::update_position(const job::Id& id, uint32_t index, uint64_t offset,
                              const Callback<Done>& reply) {
    decide_file(
        id, index,
        [&](const job::Job& job, const job::File& file, Now now) {
            return job::update_position(job, index, file, offset, now);
        },
        reply);
}

/// Before Complete, the reply is in its temporary file, and afterwards in its own.
void Manager::read_reply(const job::Id& id, const Callback<std::string>& reply) {
    const auto* record = jobs_.find(id);
    if (!record) return reply(not_found(id));
    const auto& job = record->working();
    if (auto ok = readable_reply(job); !ok) return reply(ok.error());
    if (!has_reply(*record)) return reply(std::string{});
    auto path = job::reply_file(job, record->working_files());
    bool named = record->working_files().front().completed;
    workers_.read(job.owner, job::place_in(job, job::directory_of(path), job::Use::Read),
                  named ? job::name_of(path) : job::reply_temporary(job, record->working_files()), MaxReply,
                  requests_.track(reply));
}

} // namespace haulier::daemon
