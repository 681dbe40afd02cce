// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/job_properties.hpp"
#include "daemon/bus/option_table.hpp"
#include "job/memory_usage.hpp"
#include "job/validation.hpp"

#include <algorithm>

namespace haulier::bus {

namespace {

using job::FileSpec;
using Words = std::vector<std::string>;

/// Languages without 64-bit integers can write this one.
constexpr uint64_t LengthToEnd = uint64_t{1} << 63;

Status take_date(FileSpec& spec, const uint64_t& date) {
    spec.if_modified_since = WallTime{Usec{static_cast<int64_t>(std::min<uint64_t>(date, INT64_MAX))}};
    return Done{};
}

const Takers<FileSpec>& file_takers() {
    static const Takers<FileSpec> all{
        {"Checksum", taking<std::string, FileSpec>([](FileSpec& f, const std::string& text) {
             return keep(job::parse_checksum(text), f.checksum);
         })},
        {"Size", keeping<uint64_t>(&FileSpec::size)},
        {"Mode", keeping<uint32_t>(&FileSpec::mode)},
        {"Ranges",
         taking<std::vector<RangeTuple>, FileSpec>([](FileSpec& f, const std::vector<RangeTuple>& ranges) {
             f.ranges = decode_ranges(ranges);
             return Status{Done{}};
         })},
        {"Mirrors", keeping<Words>(&FileSpec::mirrors)},
        {"Peers", keeping<Words>(&FileSpec::peers)},
        {"Existing", taking<std::string, FileSpec>([](FileSpec& f, const std::string& word) {
             return keep(job::parse<job::Existing>(word), f.existing);
         })},
        {"ServerName", keeping<bool>(&FileSpec::server_name)},
        {"IfModifiedSince", taking<uint64_t, FileSpec>(take_date)},
        {"IfNoneMatch", keeping<std::string>(&FileSpec::if_none_match)},
    };
    return all;
}

/// The taker of a setting, as one of CreateJob's options.
Taker<CreateCommand> within(const Taker<job::SettingsPatch>& taker) {
    return [taker](CreateCommand& c, const std::string& name, const sdbus::Variant& value) {
        return taker(c.request.settings, name, value);
    };
}

/// Options that are not settings.
Takers<CreateCommand> own_takers() {
    using C = CreateCommand;
    using std::string;
    return {
        {"Files", taking<std::vector<FileArgument>, C>([](C& c, const std::vector<FileArgument>& files) {
             return keep(decode_files(files, c.limits), c.request.files);
         })},
        {"Resume", taking<bool, C>([](C& c, bool v) { return c.request.resume = v, Status{Done{}}; })},
        {"Key", taking<string, C>([](C& c, const string& v) { return c.request.key = v, Status{Done{}}; })},
        {"NotifyObject", keeping<sdbus::ObjectPath>(&C::notify_object)},
        {"AppId", taking<string, C>([](C& c, const string& v) {
             c.request.app_id = v;
             if (!v.empty()) c.request.app_id_source = job::AppIdSource::Client;
             return job::check_app_id(v);
         })},
    };
}

const Takers<CreateCommand>& create_takers() {
    static const Takers<CreateCommand> all = [] {
        auto takers = own_takers();
        for (const auto& [name, taker] : setting_takers())
            if (name != "DisplayName") takers[name] = within(taker);
        return takers;
    }();
    return all;
}

Status take_states(Filter& filter, const Words& words) {
    filter.states.emplace();
    for (const auto& word : words) {
        auto state = job::parse_state(word);
        if (!state) return Error{Errc::NotSupported, fmt::format("'{}' is not a state of a job", word)};
        filter.states->push_back(*state);
    }
    return Done{};
}

Status take_properties(Filter& filter, const Words& names) {
    const auto& all = job_properties();
    for (const auto& name : names)
        if (std::none_of(all.begin(), all.end(), [&](const auto& p) { return p.name == name; }))
            return Error{Errc::NotSupported, fmt::format("'{}' is not a property of a job", name)};
    filter.properties = names;
    return Done{};
}

const Takers<Filter>& filter_takers() {
    static const Takers<Filter> all{
        {"States", taking<Words, Filter>(take_states)},
        {"Key", keeping<std::string>(&Filter::key)},
        {"Offset", keeping<uint32_t>(&Filter::offset)},
        {"Limit", keeping<uint32_t>(&Filter::limit)},
        {"AllUsers", keeping<bool>(&Filter::all_users)},
        {"Properties", taking<Words, Filter>(take_properties)},
    };
    return all;
}

} // namespace

Result<std::vector<FileSpec>> decode_files(const std::vector<FileArgument>& files,
                                           const job::Limits& limits) {
    if (auto ok = job::check_files(0, files.size(), limits); !ok) return ok.error();
    std::vector<FileSpec> specs;
    uint64_t text = 0;
    for (const auto& file : files) {
        const auto& [remote, local, options] = members_of(file);
        FileSpec spec;
        spec.remote = remote;
        spec.local = local;
        if (auto ok = take_all(spec, options, file_takers(), "file option"); !ok)
            return job::about_file(ok.error(), specs.size(), files.size());
        text += job::memory_size(spec);
        if (auto ok = job::check_usage({}, {}, {0, text}, limits); !ok) return ok.error();
        specs.push_back(std::move(spec));
    }
    return specs;
}

std::vector<job::Range> decode_ranges(const std::vector<RangeTuple>& ranges) {
    std::vector<job::Range> out;
    for (const auto& range : ranges) {
        auto length = std::get<1>(range);
        out.push_back({std::get<0>(range), length >= LengthToEnd ? job::ToEnd : length});
    }
    return out;
}

Result<job::Credentials> decode_credentials(const std::string& target, const std::string& scheme) {
    job::Credentials credentials;
    if (auto ok = keep(job::parse<job::Credentials::Target>(target), credentials.target); !ok)
        return ok.error();
    if (auto ok = keep(job::parse<job::Credentials::Scheme>(scheme), credentials.scheme); !ok)
        return ok.error();
    return credentials;
}

Result<std::vector<job::Credentials>> decode_credentials(const std::vector<CredentialsTuple>& all) {
    std::vector<job::Credentials> decoded;
    for (const auto& one : all) {
        const auto& [target, scheme, user, password] = members_of(one);
        auto credentials = decode_credentials(target, scheme);
        if (!credentials) return credentials.error();
        credentials->user = user;
        credentials->password = password;
        decoded.push_back(std::move(*credentials));
    }
    return decoded;
}

Result<CreateCommand> decode_create(const std::string& display_name, const std::string& type,
                                    const Options& options, const job::Limits& limits) {
    CreateCommand command;
    command.limits = limits;
    command.request.settings.set<&job::Settings::display_name>(display_name);
    if (auto ok = keep(job::parse<job::Type>(type), command.request.type); !ok) return ok.error();
    if (auto ok = take_all(command, options, create_takers(), "option"); !ok) return ok.error();
    return command;
}

Result<Subscription> decode_subscription(const Options& options) {
    static const Takers<Subscription> takers{
        {"KeepAlive", keeping<bool>(&Subscription::keep_alive)},
        {"AllUsers", keeping<bool>(&Subscription::all_users)},
        {"Progress", keeping<bool>(&Subscription::progress)},
    };
    Subscription out;
    if (auto ok = take_all(out, options, takers, "option"); !ok) return ok.error();
    return out;
}

Result<Filter> decode_filter(const Options& filter) {
    Filter out;
    if (auto ok = take_all(out, filter, filter_takers(), "filter"); !ok) return ok.error();
    return out;
}

} // namespace haulier::bus
