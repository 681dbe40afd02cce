// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl get, upload and add.
#include "base/text.hpp"
#include "cli/create.hpp"
#include "cli/downloads.hpp"
#include "cli/i18n.hpp"
#include "cli/names.hpp"
#include "cli/output.hpp"
#include "cli/patience.hpp"
#include "cli/run_transfer.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <iterator>
#include <utility>

namespace haulier::cli {

namespace {

Result<Exit, Failure> run(const Common& common, const TransferPlan& plan) {
    auto client = common.connect(common.access);
    if (!client) return client.error();
    return run_transfer(**client, common, plan);
}

/// Names of the properties that the command line sets, to which an unfinished job of the same command is
/// adapted. Those that the command would set by itself, such as the proxy, stay as they are.
std::vector<std::string> named_properties(const JobOptions& options, const NewJob& job) {
    std::vector<std::string> names;
    if (auto set = parse_assignments(options.properties, now_usec()))
        for (const auto& [name, value] : *set)
            if (job.properties.count(name) != 0) names.push_back(name);
    if (!options.priority.empty()) names.emplace_back("Priority");
    if (!options.limit_rate.empty()) names.emplace_back("BandwidthLimit");
    if (options.connections) names.emplace_back("Connections");
    if (!options.authority.empty()) names.emplace_back("CertificateAuthority");
    if (!options.proxy.empty()) names.insert(names.end(), {"ProxyMode", "ProxyList", "ProxyBypass"});
    return names;
}

/// The file must get its name even if this command no longer runs when it has arrived.
Result<TransferPlan, Failure> plan_for(const Common& common, NewJob job, const JobOptions& options,
                                       const EndOptions& end) {
    TransferPlan plan;
    plan.named = named_properties(options, job);
    job.resume = true;
    if (!end.no_complete) job.properties.try_emplace("AutoComplete", true);
    bool had_limit = job.properties.count("NoProgressTimeout") != 0;
    if (auto set = set_patience(job, end, common.on_terminal); !set) return set.error();
    if (!had_limit && job.properties.count("NoProgressTimeout") != 0)
        plan.named.emplace_back("NoProgressTimeout");
    plan.job = std::move(job);
    plan.no_wait = end.no_wait;
    return plan;
}

/// "film.iso and 2 more".
std::string name_for(const std::vector<NewFile>& files) {
    const auto& first = files.front().local;
    auto name = first.substr(first.rfind('/') + 1);
    return files.size() == 1 ? name : translate("{} and {} more", name, files.size() - 1);
}

bool has_name(const JobOptions& options) {
    return !options.name.empty() ||
           std::any_of(options.properties.begin(), options.properties.end(),
                       [](const std::string& assignment) {
                           return ascii_lower(assignment).starts_with("displayname=");
                       });
}

/// What a person waits for should not wait for other jobs, and is found again by the same command.
void make_interactive(const Common& common, const EndOptions& end, NewJob& job) {
    if (end.no_wait) return;
    if (common.on_terminal) job.properties.try_emplace("Priority", std::string{"foreground"});
    if (job.key.empty()) job.key = key_of(job);
}

Result<std::vector<NewFile>, Failure> files_of(const AddOptions& options) {
    if (!options.metalink.empty()) {
        if (!options.words.empty() || options.file_options.any())
            return usage_error(_("--metalink has the URLs and the checksums already; name no others"));
        if (options.file_options.server_name)
            return usage_error(_("--metalink has the names of the files already; -J is for URLs"));
        auto files = files_of_metalink(options.metalink, options.directory);
        if (files)
            for (auto& file : *files)
                choose_names(file, options.file_options);
        return files;
    }
    if (options.words.empty() || !options.directory.empty())
        return usage_error(_("add takes pairs of URL and FILE, or --metalink with --directory"));
    if (options.words.size() % 2 != 0)
        return usage_error(_("a FILE is missing: add takes pairs of URL and FILE"));
    if (options.file_options.any() && options.words.size() > 2)
        return usage_error(_("--checksum, --mirror and --range are for a job of one file"));
    std::vector<NewFile> files;
    for (size_t i = 0; i < options.words.size(); i += 2) {
        auto file = new_file(options.words[i], options.words[i + 1], options.file_options);
        if (!file) return file.error();
        files.push_back(*file);
    }
    if (auto distinct = check_distinct(files); !distinct && !options.file_options.server_name)
        return distinct.error();
    return files;
}

} // namespace

Result<Exit, Failure> get(const Common& common, const GetOptions& options) {
    auto files = files_to_get(options);
    if (!files) return files.error();
    auto job = new_download(options.job, *files);
    if (!job) return job.error();
    if (!has_name(options.job)) job->name = name_for(*files);
    make_interactive(common, options.end, *job);
    auto plan = plan_for(common, std::move(*job), options.job, options.end);
    if (!plan) return plan.error();
    plan->result_name = "File";
    plan->no_clobber = options.file_options.no_clobber;
    std::transform(files->begin(), files->end(), std::back_inserter(plan->results),
                   [](const NewFile& file) { return file.local; });
    return run(common, *plan);
}

Result<Exit, Failure> upload(const Common& common, const UploadOptions& options) {
    if (auto valid = check_url(options.url); !valid) return valid.error();
    auto local = absolute_path(options.file);
    if (!local) return local.error();
    auto job = new_job(options.job, {NewFile{options.url, *local, {}, {}, {}}});
    if (!job) return job.error();
    job->type = "upload";
    auto plan = plan_for(common, std::move(*job), options.job, options.end);
    if (!plan) return plan.error();
    plan->result_name = "Url";
    plan->results = {without_user(options.url)};
    if (options.reply.empty()) return run(common, *plan);
    if (auto possible = check_target(options.reply); !possible) return possible.error();
    auto reply_file = absolute_path(options.reply);
    if (!reply_file) return reply_file.error();
    plan->job.type = "upload-reply";
    plan->job.properties["ReplyFileName"] = *reply_file;
    plan->result_name = "ReplyFile";
    plan->results = {*reply_file};
    return run(common, *plan);
}

Result<Exit, Failure> add(const Common& common, const AddOptions& options) {
    auto files = files_of(options);
    if (!files) return files.error();
    auto job = new_download(options.job, *files);
    if (!job) return job.error();
    if (!options.metalink.empty() && !has_name(options.job)) job->name = name_for(*files);
    job->resume = options.start;
    if (options.on_demand) job->properties["OnDemand"] = true;
    auto client = common.connect(common.access);
    if (!client) return client.error();
    auto made = (*client)->create(*job);
    if (!made) return made.error();
    return print_created(common, *made);
}

} // namespace haulier::cli
