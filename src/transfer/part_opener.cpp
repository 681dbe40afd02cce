// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/part_opener.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <unistd.h>
#include <utility>

namespace haulier::transfer {

namespace {

using SharedDirectory = std::shared_ptr<const Directory>;

Lane lane_of(const std::string& path) {
    return {.path = path, .name = "open"};
}

/// A part that was in another directory is not lost: that directory may be on a disk that is not mounted.
Failure missing_directory(const PartRequest& request, Failure failure) {
    if (request.folder != Inode{})
        failure.storage = failure.storage || failure.code == ENOENT || failure.code == ENOTDIR;
    return failure;
}

Status check_part_folder(const PartRequest& request, const Directory& directory) {
    if (directory.is_same(request.folder)) return Done{};
    if (request.other_folder && directory.inode().device == request.folder.device) return Done{};
    if (faccessat(directory.fd(), request.temporary.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0) return Done{};
    return directory.not_mounted();
}

/// If the directory cannot be opened, that is reported when the file is published.
Status check_final_name(const PartRequest& request) {
    if (request.name.empty()) return Done{};
    auto target = Directory::open(request.target);
    return target && is_taken(*target, request.name) ? Status{name_taken(*target, request.name)} : Done{};
}

OpenedPart open_and_lock(const PartRequest& request, const SharedDirectory& directory) {
    if (auto ok = check_part_folder(request, *directory); !ok) return ok.error();
    if (auto free = check_final_name(request); !free) return free.error();
    auto opened = PartFile::open(directory, request.temporary, request.keep_free);
    if (!opened) return opened.error();
    auto part = std::make_shared<PartFile>(*std::move(opened));
    return part->lock() ? part : nullptr;
}

} // namespace

std::vector<OpenedPart> open_parts(const std::vector<PartRequest>& requests) {
    std::vector<OpenedPart> parts;
    auto opened = Directory::open(requests.front().place);
    SharedDirectory directory;
    if (opened) directory = std::make_shared<const Directory>(*std::move(opened));
    for (const auto& request : requests)
        parts.push_back(directory ? open_and_lock(request, directory)
                                  : missing_directory(request, opened.error()));
    return parts;
}

void PartOpener::open(PartRequest request, OnOpened done) {
    auto group = std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& waiting) {
        return waiting.requests.front().place == request.place;
    });
    if (group == waiting_.end()) group = waiting_.insert(group, Group{});
    group->requests.push_back(std::move(request));
    group->done.push_back(std::move(done));
    if (!start_) start_ = loop_.defer([this] { start(); });
}

void PartOpener::start() {
    start_.reset();
    for (auto& group : std::exchange(waiting_, {}))
        start(std::move(group));
}

void PartOpener::start(Group group) {
    auto path = group.requests.front().place.path;
    disk_.run_within(
        FileServerLimit, lane_of(path),
        [requests = std::move(group.requests)] { return open_parts(requests); },
        [path, done = std::move(group.done)](std::optional<std::vector<OpenedPart>> parts) {
            for (size_t i = 0; i < done.size(); ++i)
                done[i](parts ? std::move((*parts)[i]) : not_responding(path));
        });
}

void PartOpener::when_opened(const std::string& path, std::function<void()> done) {
    start();
    disk_.run(
        lane_of(path), [] { return Done{}; }, [done = std::move(done)](Done) { done(); });
}

} // namespace haulier::transfer
