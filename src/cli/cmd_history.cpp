// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl history.
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/create.hpp"
#include "cli/history_table.hpp"
#include "cli/i18n.hpp"
#include "cli/measures.hpp"
#include "cli/output.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <unistd.h>

namespace haulier::cli {

namespace {

constexpr std::array EndWords{"complete", "partial", "cancelled", "expired"};

Result<HistoryQuery, Failure> query_of(const Common& common, const HistoryOptions& options) {
    HistoryQuery query{0, options.results, common.access.all_users};
    for (const auto& word : options.results)
        if (std::find(EndWords.begin(), EndWords.end(), word) == EndWords.end())
            return usage_error(translate("'{}' is not a result; there are {}", word,
                                         fmt::format("{}", fmt::join(EndWords, ", "))));
    if (options.since.empty()) return query;
    auto since = parse_since(options.since, now_usec());
    if (!since) return since.error();
    query.since = *since;
    return query;
}

bool is_meant(const Json& job, const std::string& text) {
    return job.value("Id", "").starts_with(text) ||
           ascii_lower(job.value("DisplayName", "")).find(ascii_lower(text)) != std::string::npos;
}

Result<Exit, Failure> forget_history(Client& client, const Common& common, const HistoryQuery& query) {
    auto count = client.forget_history(query);
    if (!count) return count.error();
    if (common.json)
        print_json(Json{{"Forgotten", *count}});
    else if (!common.quiet)
        print(translate("Ended jobs that were forgotten: {}", *count) + "\n");
    return Exit::Ok;
}

} // namespace

Result<Exit, Failure> history(const Common& common, const HistoryOptions& options) {
    auto query = query_of(common, options);
    if (!query) return query.error();
    auto client = common.connect(common.access);
    if (!client) return client.error();
    if (options.forget) return forget_history(**client, common, *query);
    auto jobs = (*client)->history(*query);
    if (!jobs) return jobs.error();
    std::erase_if(*jobs, [&](const Json& job) { return !is_meant(job, options.job); });
    if (jobs->empty() && !options.job.empty())
        return Failure{Exit::NoSuchJob,
                       translate("no job '{}' is remembered among those that have ended", options.job)};
    if (common.json) {
        Json all = Json::array();
        for (const auto& job : *jobs)
            all.push_back(to_public_json(job));
        print_json(all);
    } else if (!jobs->empty()) {
        auto columns = common.prints_on_terminal ? terminal_size(STDOUT_FILENO).columns : SIZE_MAX;
        print(history_table(*jobs, {columns, common.access.all_users}));
    } else if (common.prints_on_terminal && !common.quiet) {
        print_stderr(std::string{_("No ended job is remembered.")} + "\n");
    }
    return Exit::Ok;
}

} // namespace haulier::cli
