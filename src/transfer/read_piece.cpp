// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/read_piece.hpp"

#include "transfer/part_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/core.h>
#include <string>
#include <sys/stat.h>

namespace haulier::transfer {

namespace {

wire::Answer refused(const wire::Read& request, const std::string& message) {
    wire::Answer answer;
    answer.set_request(request.request());
    answer.set_fault(wire::Answer::LOCAL_FILE);
    answer.set_message(message);
    return answer;
}

wire::Answer read_from(int file, const wire::Read& request) {
    wire::Answer answer;
    answer.set_request(request.request());
    auto& data = *answer.mutable_data();
    data.resize(LargestPiece);
    struct stat st {};
    ssize_t n = pread(file, data.data(), data.size(), static_cast<off_t>(request.offset()));
    if (n < 0 || fstat(file, &st) < 0)
        return refused(request,
                       local_failure(errno, fmt::format("Cannot read “{}”", request.name())).message);
    data.resize(static_cast<size_t>(n));
    answer.set_size(static_cast<uint64_t>(st.st_size));
    return answer;
}

} // namespace

wire::Answer read_piece(const wire::Read& request) {
    if (request.name().find('/') != std::string::npos)
        return refused(request, "That is not the name of a file.");
    auto opened = Directory::open(request.directory());
    if (auto* failure = std::get_if<Failure>(&opened)) return refused(request, failure->message);
    const auto& directory = std::get<Directory>(opened);
    auto found = open_own_file(directory, request.name(), O_RDONLY);
    if (auto* failure = std::get_if<Failure>(&found)) return refused(request, failure->message);
    const auto& file = std::get<std::optional<Fd>>(found);
    if (!file)
        return refused(request, fmt::format("There is no “{}” in “{}”.", request.name(), directory.path()));
    return read_from(file->get(), request);
}

} // namespace haulier::transfer
