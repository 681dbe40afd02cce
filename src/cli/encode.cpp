// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/encode.hpp"

#include <variant>

namespace haulier::cli {

namespace {

using FileArgument = sdbus::Struct<std::string, std::string, compat::Options>;
using NameAndPath = sdbus::Struct<std::string, sdbus::ObjectPath>;

FileArgument encode(const NewFile& file) {
    compat::Options options;
    if (!file.checksum.empty()) options["Checksum"] = sdbus::Variant{file.checksum};
    if (!file.mirrors.empty()) options["Mirrors"] = sdbus::Variant{file.mirrors};
    if (file.size) options["Size"] = sdbus::Variant{*file.size};
    if (!file.existing.empty()) options["Existing"] = sdbus::Variant{file.existing};
    if (file.server_name) options["ServerName"] = sdbus::Variant{true};
    if (!file.ranges.empty()) options["Ranges"] = sdbus::Variant{encode(file.ranges)};
    return {file.remote, file.local, options};
}

using CredentialsArgument = sdbus::Struct<std::string, std::string, std::string, std::string>;

std::vector<CredentialsArgument> encode(const std::vector<Credentials>& credentials) {
    std::vector<CredentialsArgument> encoded;
    for (const auto& c : credentials)
        encoded.emplace_back(c.target, c.scheme, c.user, c.password);
    return encoded;
}

} // namespace

sdbus::Variant encode(const Value& value) {
    return std::visit([](const auto& v) { return sdbus::Variant{v}; }, value);
}

std::vector<BusRange> encode(const std::vector<Range>& ranges) {
    std::vector<BusRange> encoded;
    for (const auto& range : ranges)
        encoded.emplace_back(range.offset, range.length);
    return encoded;
}

compat::Options options_of(const NewJob& job) {
    compat::Options options;
    for (const auto& [name, value] : job.properties)
        options[name] = encode(value);
    std::vector<FileArgument> files;
    for (const auto& file : job.files)
        files.push_back(encode(file));
    options["Files"] = sdbus::Variant{files};
    if (job.resume) options["Resume"] = sdbus::Variant{true};
    if (!job.key.empty()) options["Key"] = sdbus::Variant{job.key};
    if (!job.headers.empty()) options["CustomHeaders"] = sdbus::Variant{job.headers};
    if (!job.credentials.empty()) options["Credentials"] = sdbus::Variant{encode(job.credentials)};
    if (job.notify_service)
        options["NotifyService"] = sdbus::Variant{
            NameAndPath{job.notify_service->name, sdbus::ObjectPath{job.notify_service->path}}};
    return options;
}

} // namespace haulier::cli
