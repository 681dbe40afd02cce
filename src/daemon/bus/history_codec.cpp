// SPDX-License-Identifier: LGPL-2.1-or-later
// Ended jobs, and which of them are meant.
#include "daemon/bus/encoding.hpp"
#include "daemon/bus/option_table.hpp"
#include "daemon/bus/sdbus/append.hpp"
#include "job/describe.hpp"

namespace haulier::bus {

namespace {

std::optional<job::JobError> error_of(const job::EndedJob& job) {
    if (!job.cause) return std::nullopt;
    return job::JobError{*job.cause, job.code, job::describe(*job.cause, job.code)};
}

Status take_results(HistoryFilter& filter, const std::vector<std::string>& words) {
    for (const auto& word : words) {
        auto outcome = job::parse<job::Outcome>(word);
        if (!outcome) return outcome.error();
        filter.ended.outcomes.push_back(*outcome);
    }
    if (words.empty()) filter.ended.limit = 0;
    return Done{};
}

Status take_since(HistoryFilter& filter, uint64_t date) {
    return keep(Encoding<WallTime>::decode(date), filter.ended.since);
}

template <class Value>
Taker<HistoryFilter> into_ended(Value job::EndedFilter::*place) {
    return taking<Value, HistoryFilter>([place](HistoryFilter& filter, const Value& value) -> Status {
        filter.ended.*place = value;
        return Done{};
    });
}

Takers<HistoryFilter> takers(bool lists) {
    Takers<HistoryFilter> all{
        {"Since", taking<uint64_t, HistoryFilter>(take_since)},
        {"Results", taking<std::vector<std::string>, HistoryFilter>(take_results)},
        {"AllUsers", keeping<bool>(&HistoryFilter::all_users)},
    };
    if (!lists) return all;
    all.emplace("Offset", into_ended(&job::EndedFilter::offset));
    all.emplace("Limit", into_ended(&job::EndedFilter::limit));
    all.emplace("Hidden", into_ended(&job::EndedFilter::hidden));
    return all;
}

} // namespace

Result<HistoryFilter> decode_history_filter(const Options& filter, bool lists) {
    HistoryFilter out;
    out.ended.hidden = !lists;
    if (auto ok = take_all(out, filter, takers(lists), "filter"); !ok) return ok.error();
    return out;
}

Result<bool> decode_statistics_filter(const Options& filter) {
    HistoryFilter out;
    static const Takers<HistoryFilter> all{{"AllUsers", keeping<bool>(&HistoryFilter::all_users)}};
    if (auto ok = take_all(out, filter, all, "filter"); !ok) return ok.error();
    return out.all_users;
}

OwnerStatistics encode(const job::Statistics& statistics) {
    std::map<std::string, uint64_t> values{{"Since", encode(statistics.since)}};
    for (const auto& counter : job::AllCounters)
        values.emplace(counter.name, statistics.counters.*counter.value);
    return {statistics.owner, values};
}

namespace {

void append_end(sd_bus_message* to, const job::EndedJob& job, job::Visibility usual_visibility) {
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(job.active_for).count();
    append_entry(to, "Id", job.id.hex);
    append_entry(to, "Type", std::string{job::to_string(job.type)});
    append_entry(to, "Owner", job.owner);
    append_entry(to, "AppId", job.app_id);
    append_entry(to, "AppIdSource", std::string{job::to_string(job.app_id_source)});
    append_entry(to, "Visibility", std::string{job::to_string(job.visibility.value_or(usual_visibility))});
    append_entry(to, "DisplayName", job.display_name);
    append_entry(to, "Result", std::string{job::to_string(job.outcome)});
    append_entry(to, "CreationTime", encode(job.created));
    append_entry(to, "EndTime", encode(job.ended));
    append_entry(to, "ActiveSeconds", static_cast<uint32_t>(seconds));
    append_entry(to, "BytesTransferred", job.bytes);
    append_entry(to, "FilesTotal", job.files_total);
    append_entry(to, "FilesTransferred", job.files_transferred);
    append_entry(to, "Error", encode_file_error(error_of(job)));
    append_entry(to, "Target", job.target);
}

} // namespace

void append_ends(sd_bus_message* to, const std::vector<job::EndedJob>& jobs,
                 job::Visibility usual_visibility) {
    append_container(to, SD_BUS_TYPE_ARRAY, "(sa{sv})", [&] {
        for (const auto& job : jobs)
            append_container(to, SD_BUS_TYPE_STRUCT, "sa{sv}", [&] {
                append(to, job.id.hex);
                append_container(to, SD_BUS_TYPE_ARRAY, "{sv}",
                                 [&] { append_end(to, job, usual_visibility); });
            });
    });
}

} // namespace haulier::bus
