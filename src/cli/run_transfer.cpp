// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/run_transfer.hpp"

#include "cli/i18n.hpp"
#include "cli/names.hpp"
#include "cli/output.hpp"
#include "cli/text.hpp"
#include "cli/wait_for_end.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fmt/core.h>
#include <variant>

namespace haulier::cli {

namespace {

constexpr const char* KeyPrefix = "get:";

/// The daemon removes a user name from the URL.
bool has_url(const Json& file, const NewFile& wanted) {
    return file["RemoteName"] == without_user(wanted.remote);
}

std::string directory_part(const std::string& path) {
    return path.substr(0, path.rfind('/') + 1);
}

bool has_targets(const std::vector<Json>& files, const NewJob& wanted) {
    return std::equal(files.begin(), files.end(), wanted.files.begin(), wanted.files.end(),
                      [](const Json& file, const NewFile& other) {
                          auto local = file.value("LocalName", "");
                          return other.server_name ? directory_part(local) == directory_part(other.local)
                                                   : local == other.local;
                      });
}

/// Whether an existing job does what is wanted. The URLs of a download may differ, because links expire.
bool is_same(const Json& properties, const std::vector<Json>& files, const NewJob& wanted) {
    return properties.value("Type", "") == wanted.type && has_targets(files, wanted) &&
           (wanted.type == "download" || has_url(files.front(), wanted.files.front()));
}

bool rests(const JobView& job) {
    return job.state == "suspended" || job.state == "error" || job.state == "transient-error";
}

Json json_value(const Value& value) {
    return std::visit([](const auto& v) { return Json(v); }, value);
}

/// Gives the job those of the wanted properties that it does not have, the headers, and the password that was
/// asked for.
Result<Done, Failure> adapt(Client& client, const std::string& id, const Json& properties,
                            const TransferPlan& plan) {
    for (const auto& name : plan.named) {
        const auto& value = plan.job.properties.at(name);
        if (properties.contains(name) && properties[name] == json_value(value)) continue;
        if (auto set = client.set(id, name, value); !set) return set;
    }
    if (!plan.job.headers.empty())
        if (auto set = client.set_headers(id, plan.job.headers, false); !set) return set;
    for (const auto& credentials : plan.job.credentials)
        if (credentials.target == "server")
            if (auto set = client.set_credentials(id, credentials); !set) return set;
    return Done{};
}

/// Returns whether a file has a new URL, or a new user name in it.
Result<bool, Failure> renew(Client& client, const std::string& id, const JobView& job,
                            const std::vector<Json>& files, const NewJob& wanted) {
    bool renewed = false;
    for (uint32_t i = 0; i < files.size(); ++i) {
        const auto& url = wanted.files[i].remote;
        bool new_login = without_user(url) != url && wanted.type == "download" && rests(job);
        if (!new_login && has_url(files[i], wanted.files[i])) continue;
        if (auto renamed = client.rename(id, i, url); !renamed) return renamed.error();
        renewed = true;
    }
    return renewed;
}

/// A job that ends by itself meanwhile refuses every change, and needs none.
Result<Done, Failure> unless_ended(Client& client, const std::string& id, const Failure& refusal) {
    auto properties = client.properties(id);
    if (!properties) return refusal;
    auto job = view_of(*properties);
    return has_ended(job) || job.wait_reason == "completing" ? Result<Done, Failure>{Done{}} : refusal;
}

/// Continues the unfinished job that has the key, if it does the same.
Result<Done, Failure> continue_existing(Client& client, const Common& common, const std::string& id,
                                        const TransferPlan& plan) {
    auto files = client.files(id);
    if (!files) return files.error();
    auto properties = client.properties(id);
    if (!properties) return properties.error();
    if (!is_same(*properties, *files, plan.job))
        return Failure{Exit::Failed, translate("job {} has this key, but does something else", short_id(id))};
    auto job = view_of(*properties);
    if (auto adapted = adapt(client, id, *properties, plan); !adapted)
        return unless_ended(client, id, adapted.error());
    auto renewed = renew(client, id, job, *files, plan.job);
    if (!renewed) return unless_ended(client, id, renewed.error());
    if (!common.quiet && !plan.no_wait) print_error(translate("continuing job {}", short_id(id)));
    bool waits = job.state == "transient-error" && !*renewed;
    return rests(job) && !waits ? client.command(id, Verb::Resume) : Done{};
}

constexpr uint64_t FnvOffset = 0xcbf29ce484222325;
constexpr uint64_t FnvPrime = 0x100000001b3;

/// With a separator that no text contains.
void add_to_hash(uint64_t& hash, const std::string& text) {
    for (unsigned char c : text)
        hash = (hash ^ c) * FnvPrime;
    hash = (hash ^ 0xffU) * FnvPrime;
}

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds NamingPause{100};
constexpr std::chrono::seconds MaxNaming{10};

bool has_name_left(const std::vector<Json>& files) {
    return std::any_of(files.begin(), files.end(),
                       [](const Json& file) { return file_view_of(file).stage == "transferred"; });
}

/// If some files of a job that completes itself have failed, the others get their names right after the job
/// has failed. A script expects them to be there when the command ends.
void wait_for_names(Client& client, const std::string& id, const JobView& job) {
    if (!job.auto_complete || job.files < 2) return;
    auto end = steady_clock::now() + MaxNaming;
    for (auto next = steady_clock::now() + NamingPause; next < end; next += NamingPause) {
        auto files = client.files(id);
        if (!files || !has_name_left(*files)) return;
        for (auto wakeup = client.run_once(nullptr, next); wakeup && *wakeup != Wakeup::Deadline;)
            wakeup = client.run_once(nullptr, next);
    }
}

bool is_there(const std::string& path) {
    std::error_code unknown;
    return std::filesystem::exists(std::filesystem::symlink_status(path, unknown));
}

/// The plan without the files that are there already. Their names are printed.
TransferPlan without_existing(const Common& common, const TransferPlan& plan) {
    auto rest = plan;
    rest.no_clobber = false;
    rest.job.files.clear();
    rest.results.clear();
    for (size_t i = 0; i < plan.job.files.size(); ++i) {
        const auto& file = plan.job.files[i];
        if (file.server_name || !is_there(file.local)) {
            rest.job.files.push_back(file);
            rest.results.push_back(plan.results[i]);
        } else if (!common.quiet) {
            print_error(translate("'{}' is there already", sanitize(file.local)));
        }
    }
    if (is_made_up(rest.job.key)) rest.job.key = key_of(rest.job);
    return rest;
}

void print_results(Json out, const std::string& name, const std::vector<std::string>& results) {
    if (results.size() == 1)
        out[name] = results.front();
    else
        out[name + "s"] = results;
    print_json(out);
}

/// All files are there already, so there is no job.
Exit report_existing(const Common& common, const TransferPlan& plan) {
    if (common.json && plan.no_wait)
        print_json({{"Id", nullptr}, {"Created", false}});
    else if (common.json)
        print_results({{"Id", nullptr}, {"Result", "complete"}}, plan.result_name, plan.results);
    return Exit::Ok;
}

/// Where files may get other names, those that they have now.
std::vector<std::string> results_of(Client& client, const std::string& id, const TransferPlan& plan) {
    bool may_differ = std::any_of(plan.job.files.begin(), plan.job.files.end(),
                                  [](const NewFile& file) { return file.server_name; });
    if (!may_differ) return plan.results;
    auto files = client.files(id);
    if (!files || files->size() != plan.results.size()) return plan.results;
    std::vector<std::string> names;
    for (const auto& file : *files)
        names.push_back(file.value("LocalName", ""));
    return names;
}

/// Why each of several files has failed.
void print_failed_files(Client& client, const std::string& id) {
    constexpr size_t MaxPrinted = 10;
    auto files = client.files(id);
    if (!files || files->size() < 2) return;
    size_t failed = 0;
    for (const auto& properties : *files) {
        auto file = file_view_of(properties);
        if (file.stage != "error" && file.stage != "invalid") continue;
        if (++failed <= MaxPrinted)
            print_error(fmt::format("{}: {}", sanitize(file.local), sanitize(file.error_message)));
    }
    if (failed > MaxPrinted)
        print_error(translate("and {} more, see 'haulierctl files {}'", failed - MaxPrinted, short_id(id)));
}

} // namespace

std::string key_of(const NewJob& job) {
    uint64_t hash = FnvOffset;
    for (const auto& file : job.files) {
        add_to_hash(hash, without_user(file.remote));
        add_to_hash(hash, file.local);
        add_to_hash(hash, file.checksum);
        for (const auto& range : file.ranges)
            add_to_hash(hash, to_text(range));
        add_to_hash(hash, "");
    }
    return fmt::format("{}{:016x}", KeyPrefix, hash);
}

bool is_made_up(const std::string& key) {
    return key.starts_with(KeyPrefix);
}

Result<Exit, Failure> run_transfer(Client& client, const Common& common, const TransferPlan& plan) {
    auto made = client.create(plan.job);
    // An unfinished job of the same command may have its own files there, and is continued.
    if (!made && plan.no_clobber) {
        auto rest = without_existing(common, plan);
        if (rest.job.files.empty()) return report_existing(common, plan);
        if (rest.job.files.size() < plan.job.files.size()) return run_transfer(client, common, rest);
    }
    if (!made) return made.error();
    if (!made->created)
        if (auto continued = continue_existing(client, common, made->id, plan); !continued)
            return continued.error();
    if (plan.no_wait) return print_created(common, *made);

    auto ended = wait_and_complete(client, common, made->id);
    if (!ended) return ended.error();
    if (ended->end == End::Failed) wait_for_names(client, made->id, ended->job);
    auto results = results_of(client, made->id, plan);
    if (common.json) {
        print_results(to_json(made->id, *ended), plan.result_name, results);
    } else if (ended->end == End::Completed) {
        for (const auto& result : results)
            print(result + "\n");
    }
    if (ended->end == End::Failed) print_failed_files(client, made->id);
    return report(common, made->id, *ended);
}

Exit print_created(const Common& common, const Created& made) {
    if (common.json)
        print_json({{"Id", made.id}, {"Created", made.created}});
    else
        print(made.id + "\n");
    return Exit::Ok;
}

} // namespace haulier::cli
