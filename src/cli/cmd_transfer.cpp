// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl get, upload, add and wait.
#include "cli/create.hpp"
#include "cli/output.hpp"
#include "cli/run_transfer.hpp"
#include "cli/wait_for_end.hpp"

#include <utility>

namespace haulier::cli {

namespace {

Result<Exit, Failure> run(const Common& common, const TransferPlan& plan) {
    auto client = common.connect(common.access);
    if (!client) return client.error();
    return run_transfer(**client, common, plan);
}

/// The file must get its name even if this command no longer runs when it has arrived.
void start_by_itself(NewJob& job, bool no_complete) {
    job.resume = true;
    if (!no_complete) job.properties.try_emplace("AutoComplete", true);
}

Result<std::vector<NewFile>, Failure> files_of(const AddOptions& options) {
    if (options.words.size() % 2 != 0)
        return usage_error("a FILE is missing: add takes pairs of URL and FILE");
    if (options.file_options.any() && options.words.size() > 2)
        return usage_error("--checksum, --mirror and --range are for a job of one file");
    std::vector<NewFile> files;
    for (size_t i = 0; i < options.words.size(); i += 2) {
        auto file = new_file(options.words[i], options.words[i + 1], options.file_options);
        if (!file) return file.error();
        files.push_back(*file);
    }
    return files;
}

} // namespace

Result<Exit, Failure> get(const Common& common, const GetOptions& options) {
    auto file = new_file(options.url, options.file, options.file_options);
    if (!file) return file.error();
    auto job = new_download(options.job, {*file});
    if (!job) return job.error();
    start_by_itself(*job, options.no_complete);
    return run(common, {*job, options.no_wait, "File", file->local});
}

Result<Exit, Failure> upload(const Common& common, const UploadOptions& options) {
    auto local = absolute_path(options.file);
    if (!local) return local.error();
    auto job = new_job(options.job, {NewFile{options.url, *local, {}, {}, {}}});
    if (!job) return job.error();
    job->type = "upload";
    start_by_itself(*job, options.no_complete);
    if (options.reply.empty()) return run(common, {*job, options.no_wait, "Url", options.url});
    auto reply_file = absolute_path(options.reply);
    if (!reply_file) return reply_file.error();
    job->type = "upload-reply";
    job->properties["ReplyFileName"] = *reply_file;
    return run(common, {*job, options.no_wait, "ReplyFile", *reply_file});
}

Result<Exit, Failure> add(const Common& common, const AddOptions& options) {
    auto files = files_of(options);
    if (!files) return files.error();
    auto job = new_download(options.job, std::move(*files));
    if (!job) return job.error();
    job->resume = options.start;
    if (options.on_demand) job->properties["OnDemand"] = true;
    auto client = common.connect(common.access);
    if (!client) return client.error();
    auto made = (*client)->create(*job);
    if (!made) return made.error();
    return print_created(common, *made);
}

Result<Exit, Failure> wait(const Common& common, const WaitOptions& options) {
    auto opened = open_job(common, options.job);
    if (!opened) return opened.error();
    auto& client = *opened->client;
    // Subscribing never asks for a password. Reading the job does.
    if (common.access.all_users)
        if (auto allowed = client.properties(opened->id); !allowed) return allowed.error();
    auto ended = options.complete ? wait_and_complete(client, common, opened->id)
                                  : wait_for_end(client, common, opened->id);
    if (!ended) return ended.error();
    if (common.json) print_json(to_json(opened->id, *ended));
    return report(common, opened->id, *ended);
}

} // namespace haulier::cli
