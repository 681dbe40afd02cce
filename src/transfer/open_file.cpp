// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/open_file.hpp"

#include "transfer/convert.hpp"
#include "transfer/part_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>

namespace haulier::transfer {

namespace {

/// Nothing if the name does not belong to that file.
Fd open_inode(const Directory& directory, const std::string& name, const Inode& inode) {
    struct stat st {};
    Fd file = open_regular(directory.fd(), name, O_RDONLY, st);
    if (!file) return {};
    if (inode_of(st).matches(inode)) return file;
    errno = ENOENT;
    return {};
}

Fd open_part(const wire::Open& request, const Inode& inode) {
    auto directory = Directory::open(part_place(request));
    return directory ? open_inode(*directory, request.temporary(), inode) : Fd{};
}

/// The client gets the descriptor without O_NONBLOCK.
SharedFd shared(Fd file) {
    fcntl(file.get(), F_SETFL, 0);
    return std::make_shared<ForeignFd>(std::move(file));
}

} // namespace

Result<SharedFd, Failure> open_fetched(const wire::Open& request) {
    if (!is_temporary_name(request.temporary()) || request.name().find('/') != std::string::npos)
        return Failure{.cause = wire::LOCAL_FILE, .message = "the name of the file is invalid"};
    const auto inode = from_wire(request.inode());
    // The temporary file may be in another directory, and the target's may not be accessible now.
    if (auto file = open_part(request, inode)) return shared(std::move(file));
    auto directory = Directory::open({request.directory(), request.root()});
    if (!directory) return directory.error();
    if (auto file = open_inode(*directory, request.name(), inode)) return shared(std::move(file));
    if (errno == ENOENT)
        return Failure{.cause = wire::LOCAL_FILE,
                       .code = ENOENT,
                       .message = fmt::format("the file that was downloaded as '{}' is not in '{}' any more",
                                              request.name(), directory->path())};
    return local_failure(errno, fmt::format("cannot open '{}' in '{}'", request.name(), directory->path()));
}

} // namespace haulier::transfer
