// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/check.hpp"

#include "transfer/part_file.hpp"
#include "transfer/source_file.hpp"
#include "transfer/trusted_path.hpp"
#include "transfer/url.hpp"

#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <fmt/core.h>
#include <optional>
#include <string>
#include <system_error>

namespace haulier::transfer {

namespace {

struct Fault {
    wire::Answer::Fault kind;
    std::string message;
};

Fault invalid(std::string message) {
    return {wire::Answer::INVALID_ARGUMENT, std::move(message)};
}
Fault local(std::string message) {
    return {wire::Answer::LOCAL_FILE, std::move(message)};
}

std::optional<Fault> check_url(const std::string& text) {
    auto url = parse_url(text);
    if (auto* fault = std::get_if<UrlFault>(&url))
        return Fault{fault->unsupported ? wire::Answer::NOT_SUPPORTED : wire::Answer::INVALID_ARGUMENT,
                     std::move(fault->message)};
    return {};
}

std::optional<Fault> check_name(const std::string& name) {
    if (name.empty() || name == "." || name == ".." ||
        name.find_first_of(std::string_view{"/\0", 2}) != std::string::npos)
        return invalid(
            fmt::format("“{}” is not the name of a file. Give the path of the file itself.", name));
    if (name.size() > NAME_MAX)
        return invalid(
            fmt::format("The name of the file has {} bytes; at most {} are allowed.", name.size(), NAME_MAX));
    return {};
}

std::optional<Fault> check_path(const std::string& path) {
    if (path.starts_with('/')) return {};
    return invalid(fmt::format("The local name must be an absolute path; “{}” is not.", path));
}

/// May files be created there?
std::optional<Fault> check_directory(const std::string& path) {
    auto opened = Directory::open(path);
    if (auto* failure = std::get_if<Failure>(&opened)) {
        if (failure->code == ENOENT)
            return local(fmt::format("The directory “{}” does not exist. Create it first.", path));
        return local(std::move(failure->message));
    }
    if (faccessat(std::get<Directory>(opened).fd(), ".", W_OK | X_OK, AT_EACCESS) < 0)
        return local(fmt::format("The directory “{}” does not let you create files: {}.", path,
                                 std::generic_category().message(errno)));
    return {};
}

std::optional<Fault> check_target(const std::string& path, const std::string& name) {
    auto opened = Directory::open(path);
    auto* directory = std::get_if<Directory>(&opened);
    auto what = directory ? irreplaceable(*directory, name) : std::string_view{};
    if (what.empty()) return {};
    return local(fmt::format("“{}” in “{}” is {}; a file cannot replace it.", name, path, what));
}

std::optional<Fault> check_source(const std::string& path, const std::string& name) {
    auto source = SourceFile::open(path, name);
    if (auto* failure = std::get_if<Failure>(&source)) return local(std::move(failure->message));
    return {};
}

std::optional<Fault> check_trust(const wire::Check::Item& item) {
    auto trouble = item.upload() ? check_trusted_file(item.directory(), item.name())
                                 : check_trusted_directory(item.directory());
    if (trouble) return local(std::move(trouble->message));
    return {};
}

std::optional<Fault> check_urls(const wire::Check::Item& item) {
    if (!item.url().empty())
        if (auto fault = check_url(item.url())) return fault;
    for (const auto& mirror : item.mirrors())
        if (auto fault = check_url(mirror)) return fault;
    return {};
}

std::optional<Fault> check_item(const wire::Check::Item& item) {
    if (auto fault = check_urls(item)) return fault;
    if (item.directory().empty()) return {};
    if (auto fault = check_path(item.directory())) return fault;
    if (auto fault = check_name(item.name())) return fault;
    if (item.foreign())
        if (auto fault = check_trust(item)) return fault;
    if (item.upload()) return check_source(item.directory(), item.name());
    if (auto fault = check_directory(item.directory())) return fault;
    return check_target(item.directory(), item.name());
}

} // namespace

wire::Answer check(const wire::Check& request) {
    wire::Answer answer;
    answer.set_request(request.request());
    for (int i = 0; i < request.items_size(); ++i) {
        auto fault = check_item(request.items(i));
        if (!fault) continue;
        answer.set_fault(fault->kind);
        answer.set_item(static_cast<uint32_t>(i));
        answer.set_message(fault->message);
        break;
    }
    return answer;
}

} // namespace haulier::transfer
