// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/publish.hpp"

#include "transfer/convert.hpp"
#include "transfer/http_date.hpp"
#include "transfer/part_file.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <utility>

namespace haulier::transfer {

namespace {

Failure refused(std::string message) {
    return {.cause = wire::LOCAL_FILE, .message = std::move(message)};
}

bool is_named(const Directory& directory, const std::string& name, Inode inode) {
    struct stat st {};
    return fstatat(directory.fd(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0 &&
           inode_of(st).matches(inode);
}

Status apply_metadata(int file, const wire::Publish& request, mode_t umask) {
    if (request.umask_known()) umask = request.umask();
    mode_t mode = request.mode_known() ? request.mode() & 0777 : 0666 & ~umask;
    // A file system without permissions, such as that of a memory stick, is no reason to fail.
    if (fchmod(file, mode) < 0 && (request.mode_known() || (errno != EPERM && errno != EOPNOTSUPP)))
        return local_failure(errno, "cannot set the permissions of the file");
    if (auto date = parse_http_date(request.last_modified())) {
        // A date that the file system cannot store is no reason to fail.
        const std::array<timespec, 2> times{timespec{.tv_nsec = UTIME_OMIT}, timespec{.tv_sec = *date}};
        futimens(file, times.data());
    }
    return Done{};
}

/// Files of one directory, from temporary names to their own.
class Publication {
public:
    Publication(const Directory& directory, const std::vector<wire::Publish>& requests)
        : directory_(directory), requests_(requests), files_(requests.size()),
          results_(requests.size(), Done{}) {}

    /// Mode, date and content are made durable before the names are. When the file system makes the first
    /// file durable, it does most of the work for the others.
    std::vector<Status> run(mode_t umask) {
        for_each_sound([&](size_t i) { return prepare(i, umask); });
        for_each_sound([&](size_t i) { return sync(i); });
        for_each_sound([&](size_t i) { return rename(i); });
        sync_names();
        return std::move(results_);
    }

private:
    template <class Step>
    void for_each_sound(Step step) {
        for (size_t i = 0; i < requests_.size(); ++i)
            if (results_[i]) results_[i] = step(i);
    }

    Status prepare(size_t i, mode_t umask) {
        const auto& request = requests_[i];
        const auto inode = from_wire(request.inode());
        if (!is_temporary_name(request.temporary()))
            return refused("the name of the temporary file is invalid");
        auto found = open_own_file(directory_, request.temporary(), O_RDONLY);
        if (!found) return found.error();
        if (!*found) return check_renamed_before(request, inode);
        int file = (*found)->get();
        struct stat st {};
        if (fstat(file, &st) < 0 || !inode_of(st).matches(inode))
            return refused(fmt::format("the temporary file in '{}' is not the one that was downloaded",
                                       directory_.path()));
        if (request.size_known() && static_cast<uint64_t>(st.st_size) != request.size())
            return refused(fmt::format("the temporary file in '{}' has {} bytes, but {} were downloaded",
                                       directory_.path(), st.st_size, request.size()));
        files_[i] = std::move(**found);
        return apply_metadata(file, request, umask);
    }

    /// The temporary file is missing, which is correct if it was renamed before. Then only a sync remains.
    Status check_renamed_before(const wire::Publish& request, Inode inode) {
        if (!is_named(directory_, request.name(), inode))
            return refused(fmt::format("the downloaded file for '{}' has disappeared from '{}'",
                                       request.name(), directory_.path()));
        return Done{};
    }

    Status sync(size_t i) {
        if (files_[i] && fsync(files_[i].get()) < 0) return local_failure(errno, "cannot sync the file");
        return Done{};
    }

    Status rename(size_t i) {
        if (!files_[i]) return Done{};
        const auto& request = requests_[i];
        if (auto what = irreplaceable(directory_, request.name()); !what.empty())
            return refused(fmt::format("'{}' in '{}' is {}, the file cannot replace it", request.name(),
                                       directory_.path(), what));
        if (renameat(directory_.fd(), request.temporary().c_str(), directory_.fd(), request.name().c_str()) <
            0)
            return errno == ENOENT
                       ? check_renamed_before(request, from_wire(request.inode()))
                       : local_failure(errno, fmt::format("cannot rename the file to '{}' in '{}'",
                                                          request.name(), directory_.path()));
        return Done{};
    }

    /// If a file that was renamed before cannot be opened, its owner has changed it since, which is fine.
    void sync_names() {
        for (size_t i = 0; i < requests_.size(); ++i) {
            if (!results_[i]) continue;
            if (!files_[i])
                if (auto file = open_own_file(directory_, requests_[i].name(), O_RDONLY); file && *file)
                    files_[i] = std::move(**file);
            if (!files_[i]) continue;
            auto synced = directory_.sync(files_[i].get());
            for_each_sound([&](size_t) { return synced; });
            return;
        }
    }

    const Directory& directory_;
    const std::vector<wire::Publish>& requests_;
    std::vector<Fd> files_; ///< those that are to be renamed
    std::vector<Status> results_;
};

} // namespace

std::vector<Status> publish(const std::string& path, const std::vector<wire::Publish>& requests,
                            mode_t umask) {
    auto directory = Directory::open(path);
    if (!directory) return {requests.size(), directory.error()};
    return Publication{*directory, requests}.run(umask);
}

namespace {

Status remove(const Directory& directory, const std::string& name) {
    struct stat st {};
    if (fstatat(directory.fd(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) < 0) {
        if (errno == ENOENT) return Done{};
        return local_failure(errno,
                             fmt::format("cannot examine the temporary file in '{}'", directory.path()));
    }
    if (!S_ISREG(st.st_mode))
        return refused(
            fmt::format("'{}' in '{}' is not a regular file and was not deleted", name, directory.path()));
    if (unlinkat(directory.fd(), name.c_str(), 0) < 0 && errno != ENOENT)
        return local_failure(errno,
                             fmt::format("cannot delete the temporary file in '{}'", directory.path()));
    return Done{};
}

Status discard_one(const Directory& directory, const wire::Discard& request) {
    if (!is_temporary_name(request.temporary())) return refused("the name of the temporary file is invalid");
    if (!directory.is_same(from_wire(request.folder()))) return directory.not_mounted();
    return remove(directory, request.temporary());
}

} // namespace

std::vector<Status> discard(const std::string& path, const std::vector<wire::Discard>& requests) {
    std::vector<Status> results(requests.size(), Done{});
    auto directory = Directory::open(path);
    if (!directory) {
        bool is_gone = directory.error().code == ENOENT || directory.error().code == ENOTDIR;
        for (size_t i = 0; i < requests.size(); ++i)
            if (!is_gone || requests[i].has_folder()) results[i] = directory.error();
        return results;
    }
    for (size_t i = 0; i < requests.size(); ++i)
        results[i] = discard_one(*directory, requests[i]);
    // A power failure must not bring back what was deleted, also by an earlier request.
    if (auto synced = directory->sync_names(); !synced)
        for (auto& result : results)
            if (result) result = synced;
    return results;
}

} // namespace haulier::transfer
