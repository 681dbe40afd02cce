// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/job_object.hpp"

#include <algorithm>

namespace haulier::bus {

namespace {

constexpr uint32_t FilesInOneList = 1000;

} // namespace

void JobObject::add(sdbus::Result<uint32_t>&& result,
                    const std::function<Result<std::vector<job::FileSpec>>()>& decode) {
    later(std::move(result), [&](auto owed) {
        auto specs = decode();
        if (!specs) return owed->refuse(specs.error());
        context_.manager.add_files(id_, *specs, answering(owed));
    });
}

void JobObject::AddFile(sdbus::Result<uint32_t>&& result, std::string remote, std::string local) {
    add(std::move(result), [&] {
        job::FileSpec spec;
        spec.remote = remote;
        spec.local = local;
        return Result<std::vector<job::FileSpec>>{{spec}};
    });
}

void JobObject::AddFiles(sdbus::Result<uint32_t>&& result, std::vector<FileArgument> files) {
    add(std::move(result), [&] { return decode_files(files); });
}

std::vector<ListedFile> JobObject::ListFiles(const uint32_t& offset, const uint32_t& limit) {
    return read([&](const daemon::Entry& e) {
        std::vector<ListedFile> files;
        uint64_t wanted = limit == 0 ? FilesInOneList : std::min(limit, FilesInOneList);
        uint64_t end = std::min<uint64_t>(e.files.size(), offset + wanted);
        for (uint64_t i = offset; i < end; ++i) {
            auto index = static_cast<uint32_t>(i);
            files.emplace_back(index, encode_file(e, index));
        }
        return files;
    });
}

void JobObject::SetRemoteName(sdbus::Result<>&& result, uint32_t index, std::string remote) {
    later(std::move(result),
          [&](auto owed) { context_.manager.set_remote_name(id_, index, remote, answering(owed)); });
}

void JobObject::ReplaceRemotePrefix(sdbus::Result<uint32_t>&& result, std::string from, std::string to) {
    later(std::move(result),
          [&](auto owed) { context_.manager.replace_remote_prefix(id_, from, to, answering(owed)); });
}

void JobObject::SetValidationState(sdbus::Result<>&& result, uint32_t index, bool valid) {
    later(std::move(result),
          [&](auto owed) { context_.manager.set_validation(id_, index, valid, answering(owed)); });
}

void JobObject::RequestFileRanges(sdbus::Result<>&& result, uint32_t index, std::vector<RangeTuple> ranges) {
    later(std::move(result), [&](auto owed) {
        context_.manager.request_ranges(id_, index, decode_ranges(ranges), answering(owed));
    });
}

std::vector<RangeTuple> JobObject::GetFilledFileRanges(const uint32_t& index) {
    return read(
        [&](const daemon::Entry&) { return encode(unwrap(context_.manager.filled_ranges(id_, index))); });
}

void JobObject::UpdateDownloadPosition(sdbus::Result<>&& result, uint32_t index, uint64_t offset) {
    later(std::move(result),
          [&](auto owed) { context_.manager.update_position(id_, index, offset, answering(owed)); });
}

void JobObject::GetReplyData(sdbus::Result<std::vector<uint8_t>>&& result) {
    later(std::move(result), [&](auto owed) {
        context_.manager.read_reply(id_, [owed](const Result<std::string>& data) {
            if (!data) return owed->refuse(data.error());
            owed->give(std::vector<uint8_t>(data->begin(), data->end()));
        });
    });
}

} // namespace haulier::bus
