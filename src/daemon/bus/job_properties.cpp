// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/job_properties.hpp"

#include "daemon/bus/encoding.hpp"
#include "daemon/bus/sdbus/append.hpp"
#include "job/decide.hpp"
#include "job/validation.hpp"

#include <algorithm>
#include <utility>

namespace haulier::bus {

namespace {

constexpr auto Constant = sdbus::Flags::CONST_PROPERTY_VALUE;
constexpr auto Silent = sdbus::Flags::EMITS_NO_SIGNAL;

/// A property that `read` makes of a view.
template <class Read>
JobProperty property(std::string_view name, Read read) {
    using Type = decltype(read(std::declval<const JobView&>()));
    JobProperty p;
    p.name = name;
    p.signature = signature_of<Type>();
    p.value = [read](const JobView& view) { return sdbus::Variant{read(view)}; };
    p.append = [read, name = p.name](sd_bus_message* to, const JobView& view) {
        append_entry(to, name.c_str(), read(view));
    };
    p.answer = [read](sdbus::PropertyGetReply& reply, const JobView& view) { reply << read(view); };
    p.differs = [read](const JobView& before, const JobView& after) { return read(before) != read(after); };
    return p;
}

// ---- what became of the job ----

JobProperty listed(JobProperty p) {
    p.listed = true;
    return p;
}

JobProperty emitting(Emits emits, JobProperty p) {
    p.emits = emits;
    return p;
}

/// What depends on more than the job itself is announced on these occasions.
JobProperty announced(JobProperty p, bool (*differs)(const job::Job&, const job::Job&)) {
    p.differs = [differs](const JobView& before, const JobView& after) {
        return differs(before.job, after.job);
    };
    return p;
}

/// The final numbers go out with the state that they led to, not half a second later.
bool state_differs(const job::Job& before, const job::Job& after) {
    return job::shown_as(before.state) != job::shown_as(after.state);
}

bool files_differ(const job::Job& before, const job::Job& after) {
    return before.files_total != after.files_total || before.files_removed != after.files_removed;
}

bool total_may_differ(const job::Job& before, const job::Job& after) {
    return files_differ(before, after) || state_differs(before, after);
}

/// Its rate is 0 from now on.
bool stops(const job::Job& before, const job::Job& after) {
    return job::is_running(before.state) && !job::is_running(after.state);
}

bool never(const job::Job& /*before*/, const job::Job& /*after*/) {
    return false;
}

/// A name that is chosen later is known when a server has answered, or at the end.
bool may_get_other_name(const job::File& file) {
    return file.spec.server_name || file.spec.existing == job::Existing::Rename;
}

JobProperty target() {
    auto p = property("Target", [](const JobView& view) { return job::target_of(view.files()); });
    p.differs = [](const JobView& before, const JobView& after) {
        if (files_differ(before.job, after.job)) return true;
        auto files = after.files();
        return state_differs(before.job, after.job) &&
               std::any_of(files.begin(), files.end(), may_get_other_name);
    };
    return p;
}

/// In the order of the contract, as far as there is one.
std::vector<JobProperty> facts() {
    using V = const JobView&;
    return {
        listed(emitting(Constant, property("Id", [](V v) { return v.job.id.hex; }))),
        listed(emitting(Constant,
                        property("Type", [](V v) { return std::string{job::to_string(v.job.type)}; }))),
        listed(property("Owner", [](V v) { return v.job.owner; })),
        listed(property("Key", [](V v) { return v.job.key; })),
        listed(emitting(Constant, property("AppId", [](V v) { return v.job.app_id; }))),
        emitting(Constant, property("AppIdSource",
                                    [](V v) { return std::string{job::to_string(v.job.app_id_source)}; })),
        listed(target()),
        listed(property("State", [](V v) { return std::string{job::to_string(v.job.state)}; })),
        listed(property(WaitReasonProperty,
                        [](V v) { return encode(job::wait_reason(v.job, v.today, v.storable)); })),
        announced(property(NotifyObjectProperty, [](V v) { return encode(v.object); }), never),
        listed(announced(property(BytesTotalProperty, [](V v) { return daemon::tally_of(v.record).total; }),
                         total_may_differ)),
        listed(announced(
            property(BytesTransferredProperty, [](V v) { return daemon::tally_of(v.record).transferred; }),
            state_differs)),
        listed(announced(property(BytesKnownProperty, [](V v) { return v.record.sums().known; }),
                         total_may_differ)),
        listed(announced(property(FilesUnsizedProperty, [](V v) { return v.record.sums().unsized; }),
                         total_may_differ)),
        listed(
            announced(property(RateProperty, [](V v) { return daemon::rate_of(v.record, v.job); }), stops)),
        listed(announced(property(YieldsProperty, [](V v) { return daemon::yields_of(v.record, v.job); }),
                         stops)),
        listed(property("FilesTotal", [](V v) { return job::listed_files(v.job); })),
        listed(property("FilesTransferred", [](V v) { return job::arrived_files(v.job); })),
        listed(property("FilesFailed", [](V v) { return v.job.files_failed; })),
        listed(emitting(Constant, property("CreationTime", [](V v) { return encode(v.job.created); }))),
        emitting(Silent, property("ModificationTime", [](V v) { return encode(v.job.modified); })),
        property("TransferCompletionTime", [](V v) { return encode(v.job.transferred_at); }),
        listed(property("Error", [](V v) { return encode(v.job.error); })),
        property("ErrorCount", [](V v) { return v.job.error_count; }),
        property("ReplyProgress",
                 [](V v) {
                     return RangeTuple{v.job.reply_total, v.job.reply_transferred};
                 }),
    };
}

// ---- what its client chose ----

template <class Row>
Status take_value(job::SettingsPatch& patch, const Row& row,
                  const typename Encoding<typename Row::Value>::Type& raw) {
    auto value = Encoding<typename Row::Value>::decode(raw);
    if (!value) return value.error();
    patch.set(row, std::move(*value));
    return Done{};
}

template <class Row>
JobProperty setting_property(const Row& row) {
    using Encoded = Encoding<typename Row::Value>;
    auto p = property(row.name, [row](const JobView& view) {
        return Encoded::encode(row.shown ? row.shown(view.job, view.surroundings()) : row.in(view.job));
    });
    if (!row.shown)
        p.differs = [row](const JobView& before, const JobView& after) {
            return !(row.in(before.job) == row.in(after.job));
        };
    p.listed = row.listed;
    if (row.access == job::Access::ReadWrite)
        p.take = [row](job::SettingsPatch& patch, sdbus::PropertySetCall& call) {
            typename Encoded::Type raw;
            call >> raw;
            return take_value(patch, row, raw);
        };
    return p;
}

std::vector<JobProperty> make_properties() {
    auto all = facts();
    job::for_each_setting([&](const auto& row) {
        if (row.access == job::Access::ReadWrite || row.access == job::Access::ReadOnly)
            all.push_back(setting_property(row));
    });
    return all;
}

} // namespace

std::span<const job::File> JobView::files() const {
    const auto& files = record.working_files();
    return std::span{files}.first(std::min<size_t>(job.files_total, files.size()));
}

const std::vector<JobProperty>& job_properties() {
    static const auto all = make_properties();
    return all;
}

Values changed_values(const JobView& before, const JobView& after) {
    Values values;
    for (const auto& p : job_properties())
        if (p.emits == sdbus::Flags::EMITS_CHANGE_SIGNAL && p.differs(before, after))
            values.emplace(p.name, p.value(after));
    return values;
}

Values values_of(const JobView& view, std::initializer_list<std::string_view> names) {
    Values values;
    for (const auto& p : job_properties())
        if (std::find(names.begin(), names.end(), p.name) != names.end())
            values.emplace(p.name, p.value(view));
    return values;
}

namespace {

template <class Wanted>
std::vector<const JobProperty*> properties_that(Wanted is_wanted) {
    std::vector<const JobProperty*> all;
    for (const auto& p : job_properties())
        if (is_wanted(p)) all.push_back(&p);
    return all;
}

} // namespace

std::vector<const JobProperty*> all_properties() {
    return properties_that([](const JobProperty&) { return true; });
}

std::vector<const JobProperty*> listed_properties() {
    return properties_that([](const JobProperty& p) { return p.listed; });
}

std::vector<const JobProperty*> properties_named(const std::vector<std::string>& names) {
    return properties_that(
        [&](const JobProperty& p) { return std::find(names.begin(), names.end(), p.name) != names.end(); });
}

void append_values(sd_bus_message* to, const JobView& view,
                   const std::vector<const JobProperty*>& properties) {
    append_container(to, SD_BUS_TYPE_ARRAY, "{sv}", [&] {
        for (const auto* p : properties)
            p->append(to, view);
    });
}

Options listed_values(const JobView& view) {
    Options values;
    for (const auto* p : listed_properties())
        values.emplace(p->name, p->value(view));
    return values;
}

/// The last change of a job is its end.
Options end_values(const JobView& view) {
    auto values =
        values_of(view, {"Type", "Owner", "Key", "DisplayName", "AppId", "AppIdSource", "Visibility", "Icon",
                         "Target", "CreationTime", "TransferCompletionTime", BytesTransferredProperty,
                         "FilesTotal", "FilesTransferred", "FilesFailed", "Error", "ErrorCount"});
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(view.job.active_for).count();
    values.emplace("EndTime", sdbus::Variant{encode(view.job.modified)});
    values.emplace("ActiveSeconds", sdbus::Variant{static_cast<uint32_t>(seconds)});
    return values;
}

const Takers<job::SettingsPatch>& setting_takers() {
    static const auto all = [] {
        Takers<job::SettingsPatch> takers;
        job::for_each_setting([&](const auto& row) {
            using Type = typename Encoding<typename std::remove_cvref_t<decltype(row)>::Value>::Type;
            if (row.access == job::Access::Internal) return;
            takers.emplace(row.name, taking<Type, job::SettingsPatch>([row](auto& patch, const Type& raw) {
                               return take_value(patch, row, raw);
                           }));
        });
        return takers;
    }();
    return all;
}

} // namespace haulier::bus
