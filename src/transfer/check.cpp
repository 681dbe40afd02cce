// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/check.hpp"

#include "transfer/file_system_check.hpp"
#include "transfer/part_file.hpp"
#include "transfer/source_file.hpp"
#include "transfer/trusted_path.hpp"
#include "transfer/url.hpp"

#include <atomic>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <fmt/core.h>
#include <string>
#include <system_error>
#include <unistd.h>

namespace haulier::transfer {

namespace {

struct Fault {
    wire::Reply::Fault kind;
    std::string message;
};
using Checked = Result<Done, Fault>;

Fault invalid_argument(std::string message) {
    return {wire::Reply::INVALID_ARGUMENT, std::move(message)};
}
Fault local_file(std::string message) {
    return {wire::Reply::LOCAL_FILE, std::move(message)};
}

Checked check_url(const std::string& text) {
    auto url = parse_url(text);
    if (url) return Done{};
    return Fault{url.error().unsupported ? wire::Reply::NOT_SUPPORTED : wire::Reply::INVALID_ARGUMENT,
                 url.error().message};
}

Checked check_name(const std::string& name) {
    if (name.empty() || name == "." || name == ".." ||
        name.find_first_of(std::string_view{"/\0", 2}) != std::string::npos)
        return invalid_argument(
            fmt::format("'{}' is not a file name, the path of the file itself is needed", name));
    if (name.size() > NAME_MAX)
        return invalid_argument(
            fmt::format("the file name has {} bytes, at most {} are allowed", name.size(), NAME_MAX));
    return Done{};
}

Checked check_path(const std::string& path) {
    if (path.starts_with('/')) return Done{};
    return invalid_argument(fmt::format("local name '{}' is not an absolute path", path));
}

Place checked_place(const wire::Check::Item& item) {
    return {item.directory(), item.root()};
}

WantedFile wanted_file(const wire::Check::Item& item) {
    WantedFile wanted{.name = item.name()};
    if (item.mode_known()) wanted.mode = item.mode();
    if (item.size_known()) wanted.size = item.size();
    return wanted;
}

/// Whether such a file can be created in the directory.
Checked check_directory(const wire::Check::Item& item) {
    const auto& path = item.directory();
    auto directory = Directory::open(checked_place(item));
    if (!directory) {
        if (directory.error().code == ENOENT)
            return local_file(fmt::format("the directory '{}' does not exist, create it first", path));
        return local_file(directory.error().message);
    }
    if (faccessat(directory->fd(), ".", W_OK | X_OK, AT_EACCESS) < 0)
        return local_file(fmt::format("files cannot be created in the directory '{}': {}", path,
                                      std::generic_category().message(errno)));
    if (auto ok = check_file_system(*directory, wanted_file(item)); !ok)
        return local_file(ok.error().message);
    return Done{};
}

/// Tests whether a file can be moved from one directory to the other.
Checked try_rename(const Directory& from, const Directory& to) {
    static std::atomic<unsigned> number{0};
    auto name = fmt::format(".haulier-{}-{}.part", getpid(), ++number);
    Fd file{openat(from.fd(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
    if (!file)
        return local_file(fmt::format("files cannot be created in the directory '{}': {}", from.path(),
                                      std::generic_category().message(errno)));
    int error = renameat(from.fd(), name.c_str(), to.fd(), name.c_str()) < 0 ? errno : 0;
    unlinkat((error == 0 ? to : from).fd(), name.c_str(), 0);
    if (error == 0) return Done{};
    if (error == EXDEV)
        return local_file(fmt::format("'{}' is on another file system than '{}'", from.path(), to.path()));
    return local_file(fmt::format("files cannot be moved from '{}' to '{}': {}", from.path(), to.path(),
                                  std::generic_category().message(error)));
}

/// Many files usually have the same two directories.
bool has_same_directories(const wire::Check::Item& a, const wire::Check::Item& b) {
    return a.directory() == b.directory() && a.root() == b.root() &&
           a.temporary_directory() == b.temporary_directory() && a.temporary_root() == b.temporary_root();
}

Checked check_temporary_directory(const wire::Check::Item& item) {
    if (auto ok = check_path(item.temporary_directory()); !ok) return ok;
    auto from = Directory::open({item.temporary_directory(), item.temporary_root()});
    if (!from) return local_file(from.error().message);
    auto to = Directory::open(checked_place(item));
    if (!to) return local_file(to.error().message);
    return try_rename(*from, *to);
}

Checked check_target(const wire::Check::Item& item) {
    const auto& path = item.directory();
    const auto& name = item.name();
    auto directory = Directory::open(checked_place(item));
    bool is_final = !item.server_name();
    if (is_final && item.existing() == wire::KEEP && directory && is_taken(*directory, name))
        return Fault{wire::Reply::FILE_EXISTS, name_taken(*directory, name).message};
    if (!is_final || item.existing() == wire::RENAME) return Done{};
    auto what = directory ? irreplaceable(*directory, name) : std::string_view{};
    if (what.empty()) return Done{};
    return local_file(fmt::format("'{}' in '{}' is {}, a file cannot replace it", name, path, what));
}

Checked check_source(const wire::Check::Item& item) {
    auto source = SourceFile::open(checked_place(item), item.name());
    if (!source) return local_file(source.error().message);
    return Done{};
}

Checked check_trust(const wire::Check::Item& item) {
    auto status = item.upload() ? check_trusted_file(item.directory(), item.name())
                                : check_trusted_directory(item.directory());
    if (status && !item.temporary_directory().empty())
        status = check_trusted_directory(item.temporary_directory());
    if (!status) return local_file(status.error().message);
    return Done{};
}

Checked check_urls(const wire::Check::Item& item) {
    if (!item.url().empty())
        if (auto ok = check_url(item.url()); !ok) return ok;
    for (const auto& mirror : item.mirrors())
        if (auto ok = check_url(mirror); !ok) return ok;
    return Done{};
}

Checked check_item(const wire::Check::Item& item, const wire::Check::Item& previous) {
    if (auto ok = check_urls(item); !ok) return ok;
    if (item.directory().empty()) return Done{};
    if (auto ok = check_path(item.directory()); !ok) return ok;
    if (auto ok = check_name(item.name()); !ok) return ok;
    if (item.untrusted_path())
        if (auto ok = check_trust(item); !ok) return ok;
    if (item.upload()) return check_source(item);
    if (auto ok = check_directory(item); !ok) return ok;
    if (!item.temporary_directory().empty() && !has_same_directories(item, previous))
        if (auto ok = check_temporary_directory(item); !ok) return ok;
    return check_target(item);
}

} // namespace

wire::Reply check(const wire::Check& request) {
    wire::Reply reply;
    for (int i = 0; i < request.items_size(); ++i) {
        auto checked = check_item(request.items(i), i == 0 ? wire::Check::Item{} : request.items(i - 1));
        if (checked) continue;
        reply.set_fault(checked.error().kind);
        reply.set_item(static_cast<uint32_t>(i));
        reply.set_message(checked.error().message);
        break;
    }
    return reply;
}

} // namespace haulier::transfer
