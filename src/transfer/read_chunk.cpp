// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/read_chunk.hpp"

#include "transfer/part_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/core.h>
#include <string>
#include <sys/stat.h>

namespace haulier::transfer {

namespace {

wire::Reply failed_reply(const std::string& message) {
    wire::Reply reply;
    reply.set_fault(wire::Reply::LOCAL_FILE);
    reply.set_message(message);
    return reply;
}

wire::Reply read_from(int file, const wire::Read& request) {
    wire::Reply reply;
    auto& data = *reply.mutable_data();
    data.resize(MaxChunk);
    struct stat st {};
    ssize_t n = pread(file, data.data(), data.size(), static_cast<off_t>(request.offset()));
    if (n < 0 || fstat(file, &st) < 0)
        return failed_reply(local_failure(errno, fmt::format("cannot read '{}'", request.name())).message);
    data.resize(static_cast<size_t>(n));
    reply.set_size(static_cast<uint64_t>(st.st_size));
    return reply;
}

} // namespace

wire::Reply read_chunk(const wire::Read& request) {
    if (request.name().find('/') != std::string::npos)
        return failed_reply(fmt::format("'{}' is not a file name", request.name()));
    auto directory = Directory::open({request.directory(), request.root()});
    if (!directory) return failed_reply(directory.error().message);
    auto found = open_own_file(*directory, request.name(), O_RDONLY);
    if (!found) return failed_reply(found.error().message);
    if (!*found)
        return failed_reply(fmt::format("there is no file '{}' in '{}'", request.name(), directory->path()));
    return read_from((*found)->get(), request);
}

} // namespace haulier::transfer
