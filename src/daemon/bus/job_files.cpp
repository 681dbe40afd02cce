// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/job_object.hpp"

#include "job/memory_usage.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace haulier::bus {

namespace {

// Longer lists are cut: a bus disconnects a sender of a message that is too long, in most cases over 32 MiB.
constexpr uint32_t FilesInOneList = 1000;
constexpr uint64_t TextInFileList = 4ULL << 20;
constexpr size_t RangesInOneList = 1U << 20;

std::string too_many(size_t ranges) {
    return fmt::format("{} ranges are here, more than the {} that are handed over", ranges, RangesInOneList);
}

} // namespace

void JobObject::add(sdbus::Result<uint32_t>&& result,
                    const std::function<Result<std::vector<job::FileSpec>>()>& decode) {
    later(std::move(result), [&](auto owed) {
        auto specs = decode();
        if (!specs) return owed->refuse(specs.error());
        context_.manager.add_files(id_, std::move(*specs), answering(owed));
    });
}

void JobObject::add_file(sdbus::Result<uint32_t>&& result, std::string remote, std::string local) {
    add(std::move(result), [&] {
        job::FileSpec spec;
        spec.remote = remote;
        spec.local = local;
        return Result<std::vector<job::FileSpec>>{{spec}};
    });
}

void JobObject::add_files(sdbus::Result<uint32_t>&& result, std::vector<FileArgument> files) {
    add(std::move(result),
        [&] { return decode_files(files, context_.manager.limits_of(entry().durable().owner)); });
}

std::vector<ListedFile> JobObject::list_files(const uint32_t& offset, const uint32_t& limit) {
    return read([&](const daemon::JobRecord& e) {
        std::vector<ListedFile> files;
        uint64_t wanted = limit == 0 ? FilesInOneList : std::min(limit, FilesInOneList);
        uint64_t end = std::min<uint64_t>(e.durable_file_count(), offset + wanted);
        uint64_t text = 0;
        for (uint64_t i = offset; i < end; ++i) {
            auto index = static_cast<uint32_t>(i);
            text += job::memory_size(e.durable_file(index));
            if (text > TextInFileList && !files.empty()) break;
            files.emplace_back(index, encode_file(e, index));
        }
        return files;
    });
}

std::vector<ListedFile> JobObject::list_active_files() {
    return read([&](const daemon::JobRecord& e) {
        std::vector<ListedFile> files;
        auto now = context_.manager.now().boot;
        for (const auto& [index, transfer] : e.transfers)
            if (index < e.durable_file_count())
                files.emplace_back(index, encode_active_file(e, index, transfer, now));
        return files;
    });
}

void JobObject::set_remote_name(sdbus::Result<>&& result, uint32_t index, std::string remote) {
    later(std::move(result),
          [&](auto owed) { context_.manager.set_remote_name(id_, index, remote, answering(owed)); });
}

void JobObject::replace_remote_prefix(sdbus::Result<uint32_t>&& result, std::string from, std::string to) {
    later(std::move(result),
          [&](auto owed) { context_.manager.replace_remote_prefix(id_, from, to, answering(owed)); });
}

void JobObject::complete_files(sdbus::Result<uint32_t>&& result, std::vector<uint32_t> indexes) {
    later(std::move(result),
          [&](auto owed) { context_.manager.complete_files(id_, indexes, answering(owed)); });
}

void JobObject::remove_files(sdbus::Result<>&& result, std::vector<uint32_t> indexes) {
    later(std::move(result),
          [&](auto owed) { context_.manager.remove_files(id_, indexes, answering(owed)); });
}

/// An administrator who is not root may change the jobs of others, but not read their files.
void JobObject::open_file(sdbus::Result<sdbus::UnixFd>&& result, uint32_t index) {
    later(std::move(result), [&](auto owed) {
        auto uid = context_.filter.caller().uid;
        if (uid != 0 && uid != entry().durable().owner)
            return owed->refuse(
                Error{Errc::AccessDenied,
                      fmt::format("only the owner of job {} and root may open its files", id_.hex)});
        context_.manager.open_file(
            id_, index,
            [owed, call = context_.filter.call(), &replies = context_.descriptors](const auto& file) {
                if (!file) return owed->refuse(file.error());
                owed->hand_over(replies, call, *file);
            });
    });
}

void JobObject::set_validation_state(sdbus::Result<>&& result, uint32_t index, bool valid) {
    later(std::move(result),
          [&](auto owed) { context_.manager.set_validation(id_, index, valid, answering(owed)); });
}

void JobObject::request_file_ranges(sdbus::Result<>&& result, uint32_t index,
                                    std::vector<RangeTuple> ranges) {
    later(std::move(result), [&](auto owed) {
        context_.manager.request_ranges(id_, index, decode_ranges(ranges), answering(owed));
    });
}

std::vector<RangeTuple> JobObject::get_filled_file_ranges(const uint32_t& index) {
    return read([&](const daemon::JobRecord&) {
        auto ranges = unwrap(context_.manager.filled_ranges(id_, index));
        if (ranges.size() > RangesInOneList) throw to_bus({Errc::TooLarge, too_many(ranges.size())});
        return encode(ranges);
    });
}

void JobObject::update_download_position(sdbus::Result<>&& result, uint32_t index, uint64_t offset) {
    later(std::move(result),
          [&](auto owed) { context_.manager.update_position(id_, index, offset, answering(owed)); });
}

void JobObject::get_reply_data(sdbus::Result<std::vector<uint8_t>>&& result) {
    later(std::move(result), [&](auto owed) {
        context_.manager.read_reply(id_, [owed](const Result<std::string>& data) {
            if (!data) return owed->refuse(data.error());
            owed->give(std::vector<uint8_t>(data->begin(), data->end()));
        });
    });
}

} // namespace haulier::bus
