// SPDX-License-Identifier: LGPL-2.1-or-later
// How a job gets another owner.
#include "job/decide.hpp"
#include "job/segments.hpp"
#include "job/transitions.hpp"

#include <algorithm>

namespace haulier::job {

namespace {

/// Without what the worker made for it. A file that has its own name already belongs to the former owner and
/// stays.
File without_bytes(File file) {
    discard_progress(file);
    file.transferred = false;
    file.naming = false;
    if (file.wait == Wait::Client) clear_retry(file);
    file.inode = {};
    file.clocks = {};
    file.validation = Validation::None;
    return file;
}

void lose_files(Decision& d, const std::vector<File>& files) {
    for (uint32_t i = 0; i < files.size(); ++i) {
        if (files[i].completed) continue;
        auto empty = without_bytes(files[i]);
        withdraw_question(d, i, files[i]);
        if (files[i].transferred) {
            d.job.files_transferred -= 1;
            d.revoked.files.push_back(i);
        }
        if (empty != files[i]) d.files.emplace(i, std::move(empty));
    }
    bool lacks = std::any_of(d.files.begin(), d.files.end(),
                             [](const auto& file) { return lacks_ranges(file.second); });
    d.job.ranges_wanted = d.job.ranges_wanted || (d.job.on_demand && lacks);
}

/// The file that is sent is the client's own; only the reply is discarded.
void lose_reply(Decision& d, const std::vector<File>& files) {
    d.job.reply_total = UnknownSize;
    d.job.reply_transferred = 0;
    if (files.empty() || files.front().completed || files.front().inode == Inode{}) return;
    auto file = files.front();
    file.inode = {};
    d.files.emplace(0, std::move(file));
}

void forget_owner(Job& job) {
    const Settings defaults;
    for_each_setting([&](const auto& row) {
        if (row.on_take == OnTake::Reset) row.in(job) = row.in(defaults);
    });
    job.key.clear();
}

} // namespace

Result<Decision> release_ownership(const Job& job, const std::vector<File>& files, Now now) {
    if (auto ok = changeable(job); !ok) return ok.error();
    Decision d = touched(job, now);
    if (is_upload(job.type))
        lose_reply(d, files);
    else
        lose_files(d, files);
    if (is_running(job.state)) {
        d.effects = {Effect::StopTransfers};
        if (has_custom_method(job))
            cut_off(d, now);
        else
            apply(d.job, Event::Taken, now);
    }
    bool undone = job.state == State::Transferred && d.job.files_transferred < job.files_transferred;
    if (undone) {
        apply(d.job, Event::Taken, now);
        d.job.transferred_at = {};
        d.revoked.end = true;
    }
    return d;
}

Result<Decision> take_ownership(const Job& job, uint32_t uid, Now now) {
    if (auto ok = changeable(job); !ok) return ok.error();
    Decision d = touched(job, now);
    if (uid == job.owner) return d;
    d.job.owner = uid;
    forget_owner(d.job);
    return d;
}

} // namespace haulier::job
