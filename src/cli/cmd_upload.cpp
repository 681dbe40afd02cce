// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl upload: one file to a server, and reply: what the server had to say.
#include "cli/carry_out.hpp"
#include "cli/create.hpp"
#include "cli/output.hpp"

namespace haulier::cli {

Outcome<Exit> upload(const Common& common, const UploadOptions& options) {
    auto local = from_here(options.file);
    if (!local) return local.error();
    auto job = new_job(options.job, {NewFile{options.url, *local, {}, {}, {}}});
    if (!job) return job.error();
    job->type = "upload";
    job->resume = true;
    if (options.reply.empty()) return carry_out(common, {*job, options.no_wait, "Url", options.url});
    auto reply_file = from_here(options.reply);
    if (!reply_file) return reply_file.error();
    job->type = "upload-reply";
    job->properties["ReplyFileName"] = *reply_file;
    return carry_out(common, {*job, options.no_wait, "ReplyFile", *reply_file});
}

Outcome<Exit> reply(const Common& common, const std::string& job) {
    auto client = Client::connect(common.access);
    if (!client) return client.error();
    auto id = (*client)->resolve(job);
    if (!id) return id.error();
    auto data = (*client)->reply(*id);
    if (!data) return data.error();
    if (common.json)
        print_json({{"Id", *id}, {"Size", data->size()}, {"Text", *data}});
    else
        print(*data);
    return Exit::Ok;
}

} // namespace haulier::cli
