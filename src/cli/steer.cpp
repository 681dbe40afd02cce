// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the client that changes one thing of a job, or asks for one.
#include "cli/attempt.hpp"
#include "cli/client.hpp"
#include "cli/encode.hpp"
#include "cli/proxies.hpp"

namespace haulier::cli {

Outcome<Done> Client::set(const std::string& id, const std::string& property, const Value& value) {
    return attempt_order(*bus_, [&] { JobProxy{bus_->connection(), id}.set(property, encode(value)); });
}

Outcome<Done> Client::set_credentials(const std::string& id, const Credentials& c) {
    return attempt_order(*bus_, [&] {
        JobProxy{bus_->connection(), id}.SetCredentials(c.target, c.scheme, c.user, c.password);
    });
}

Outcome<bool> Client::remove_credentials(const std::string& id, const std::string& target,
                                         const std::string& scheme) {
    return attempt(*bus_, [&] { return JobProxy{bus_->connection(), id}.RemoveCredentials(target, scheme); });
}

Outcome<Done> Client::set_headers(const std::string& id, const std::vector<std::string>& lines,
                                  bool write_only) {
    return attempt_order(*bus_, [&] {
        JobProxy{bus_->connection(), id}.SetCustomHeaders(lines, write_only);
    });
}

Outcome<Done> Client::rename(const std::string& id, uint32_t index, const std::string& url) {
    return attempt_order(*bus_, [&] { JobProxy{bus_->connection(), id}.SetRemoteName(index, url); });
}

Outcome<uint32_t> Client::rename_all(const std::string& id, const std::string& from, const std::string& to) {
    return attempt(*bus_, [&] { return JobProxy{bus_->connection(), id}.ReplaceRemotePrefix(from, to); });
}

Outcome<Done> Client::validate(const std::string& id, uint32_t index, bool valid) {
    return attempt_order(*bus_, [&] { JobProxy{bus_->connection(), id}.SetValidationState(index, valid); });
}

Outcome<std::vector<Piece>> Client::filled(const std::string& id, uint32_t index) {
    return attempt(*bus_, [&] {
        std::vector<Piece> pieces;
        for (const auto& range : JobProxy{bus_->connection(), id}.GetFilledFileRanges(index))
            pieces.push_back({std::get<0>(range), std::get<1>(range)});
        return pieces;
    });
}

Outcome<Done> Client::request(const std::string& id, uint32_t index, const std::vector<Piece>& pieces) {
    return attempt_order(*bus_, [&] {
        JobProxy{bus_->connection(), id}.RequestFileRanges(index, encode(pieces));
    });
}

Outcome<Done> Client::seek(const std::string& id, uint32_t index, uint64_t offset) {
    return attempt_order(*bus_, [&] {
        JobProxy{bus_->connection(), id}.UpdateDownloadPosition(index, offset);
    });
}

Outcome<std::string> Client::reply(const std::string& id) {
    return attempt(*bus_, [&] {
        auto data = JobProxy{bus_->connection(), id}.GetReplyData();
        return std::string{data.begin(), data.end()};
    });
}

Outcome<std::string> Client::describe(const std::string& name, int32_t code) {
    auto proxy = manager();
    if (!proxy) return proxy.error();
    return attempt(*bus_, [&] { return (*proxy)->DescribeError(name, code); });
}

} // namespace haulier::cli
