// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/publish.hpp"

#include "transfer/convert.hpp"
#include "transfer/free_name.hpp"
#include "transfer/group_sync.hpp"
#include "transfer/metadata.hpp"
#include "transfer/part_file.hpp"

#include <cerrno>
#include <climits>
#include <cstdio>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>
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

std::string name_of(const wire::Publish& request, uint32_t number) {
    return number == 0 ? request.name() : numbered_name(request.name(), number, NAME_MAX);
}

int error_of(int result) {
    return result < 0 ? errno : 0;
}

/// Returns 0, EEXIST if the name is taken, or another errno. On file systems such as NFS, only a second link
/// replaces nothing for certain, and some have no links either.
int rename_if_free(int source, const std::string& from, int target, const std::string& to) {
    int error = error_of(renameat2(source, from.c_str(), target, to.c_str(), RENAME_NOREPLACE));
    if (error != EINVAL && error != ENOSYS) return error;
    error = error_of(linkat(source, from.c_str(), target, to.c_str(), 0));
    if (error == 0) return error_of(unlinkat(source, from.c_str(), 0));
    if (error != EPERM && error != EOPNOTSUPP && error != ENOSYS) return error;
    struct stat st {};
    if (fstatat(target, to.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0) return EEXIST;
    return error_of(renameat(source, from.c_str(), target, to.c_str()));
}

/// Gives files of one directory their names. Their temporary names may be in another directory.
class Publication {
public:
    Publication(const Directory& source, const Directory& directory,
                const std::vector<wire::Publish>& requests)
        : source_(source), directory_(directory), requests_(requests), files_(requests.size()),
          is_waiting_(requests.size()), results_(requests.size(), Done{}) {
        for (const auto& request : requests)
            names_.push_back(request.name());
    }

    /// Permissions and dates are made durable before the names are.
    std::vector<Published> run(mode_t umask) {
        for_each_sound([&](size_t i) { return prepare(i, umask); });
        sync_changed();
        for_each_sound([&](size_t i) { return rename(i); });
        sync_names();
        std::vector<Published> published;
        for (size_t i = 0; i < requests_.size(); ++i)
            published.push_back(results_[i] ? Published{names_[i]} : Published{results_[i].error()});
        return published;
    }

private:
    template <class Step>
    void for_each_sound(Step step) {
        for (size_t i = 0; i < requests_.size(); ++i)
            if (results_[i]) results_[i] = step(i);
    }

    Status prepare(size_t i, mode_t umask) {
        const auto& request = requests_[i];
        if (!is_temporary_name(request.temporary()))
            return refused("the name of the temporary file is invalid");
        if (request.existing() != wire::REPLACE && is_linked(request) && find_name(i)) {
            unlinkat(source_.fd(), request.temporary().c_str(), 0);
            return Done{};
        }
        auto found = find_own_file(source_, request.temporary());
        if (!found) return found.error();
        if (!*found) return check_renamed_before(i);
        if (auto same = check_downloaded(request, **found); !same) return same;
        is_waiting_[i] = true;
        auto metadata = metadata_of(permissions_in(request), request.last_modified(), umask);
        return differs(metadata, **found) ? change(i, metadata) : Status{Done{}};
    }

    [[nodiscard]] Status check_downloaded(const wire::Publish& request, const struct stat& st) const {
        if (!inode_of(st).matches(from_wire(request.inode())))
            return refused(
                fmt::format("the temporary file in '{}' is not the one that was downloaded", source_.path()));
        if (request.size_known() && static_cast<uint64_t>(st.st_size) != request.size())
            return refused(fmt::format("the temporary file in '{}' has {} bytes, but {} were downloaded",
                                       source_.path(), st.st_size, request.size()));
        return Done{};
    }

    Status change(size_t i, const Metadata& metadata) {
        const auto& request = requests_[i];
        struct stat st {};
        auto file = open_own_file(source_, request.temporary(), O_RDONLY, st);
        if (!file) return file.error();
        if (!*file) return check_renamed_before(i);
        if (auto same = check_downloaded(request, st); !same) return same;
        files_[i] = std::move(**file);
        auto changed = apply(metadata, files_[i].get(), st);
        if (!changed) return changed.error();
        if (*changed) changed_.push_back(i);
        return Done{};
    }

    /// We died between the two steps of rename_if_free().
    bool is_linked(const wire::Publish& request) const {
        struct stat st {};
        return fstatat(source_.fd(), request.temporary().c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0 &&
               st.st_nlink > 1 && inode_of(st).matches(from_wire(request.inode()));
    }

    /// Does the file have one of the names that it may have been given?
    bool find_name(size_t i) {
        const auto& request = requests_[i];
        uint32_t last = request.existing() == wire::RENAME ? MaxFreeName : 0;
        for (uint32_t number = 0; number <= last; ++number) {
            auto name = name_of(request, number);
            if (!is_named(directory_, name, from_wire(request.inode()))) continue;
            names_[i] = std::move(name);
            return true;
        }
        return false;
    }

    /// The temporary file is missing, which is correct if it was renamed before. Then only a sync remains.
    Status check_renamed_before(size_t i) {
        if (find_name(i)) return Done{};
        return refused(fmt::format("the downloaded file for '{}' has disappeared from '{}'",
                                   requests_[i].name(), source_.path()));
    }

    void sync_changed() {
        if (changed_.empty()) return;
        std::vector<int> files;
        for (auto i : changed_)
            files.push_back(files_[i].get());
        auto synced = sync_group(files);
        for (size_t n = 0; n < changed_.size(); ++n)
            if (int error = synced.errors[n]; error != 0)
                results_[changed_[n]] = local_failure(error, "cannot sync the file");
    }

    Status rename(size_t i) {
        if (!is_waiting_[i]) return Done{};
        const auto& request = requests_[i];
        return request.existing() == wire::REPLACE ? replace(i) : spare(i);
    }

    /// Most names are free.
    Status replace(size_t i) {
        const auto& request = requests_[i];
        if (renameat2(source_.fd(), request.temporary().c_str(), directory_.fd(), request.name().c_str(),
                      RENAME_NOREPLACE) == 0)
            return Done{};
        if (auto what = irreplaceable(directory_, request.name()); !what.empty())
            return refused(fmt::format("'{}' in '{}' is {}, the file cannot replace it", request.name(),
                                       directory_.path(), what));
        if (renameat(source_.fd(), request.temporary().c_str(), directory_.fd(), request.name().c_str()) < 0)
            return rename_failed(i, errno);
        return Done{};
    }

    /// The first name that is free, which with KEEP must be its own.
    Status spare(size_t i) {
        const auto& request = requests_[i];
        uint32_t last = request.existing() == wire::RENAME ? MaxFreeName : 0;
        for (uint32_t number = 0; number <= last; ++number) {
            auto name = name_of(request, number);
            int error = rename_if_free(source_.fd(), request.temporary(), directory_.fd(), name);
            if (error == EEXIST) continue;
            if (error != 0) return rename_failed(i, error);
            names_[i] = std::move(name);
            return Done{};
        }
        return name_taken(directory_, request.name());
    }

    Status rename_failed(size_t i, int error) {
        if (error == ENOENT) return check_renamed_before(i);
        return local_failure(error, fmt::format("cannot rename the file to '{}' in '{}'", requests_[i].name(),
                                                directory_.path()));
    }

    /// If a file cannot be opened, its owner has changed it since, which is fine.
    void sync_names() {
        auto synced = sync_directory();
        for_each_sound([&](size_t) { return synced; });
    }

    Status sync_directory() {
        for (size_t i = 0; i < requests_.size(); ++i) {
            if (!results_[i]) continue;
            if (!files_[i])
                if (auto file = open_own_file(directory_, names_[i], O_RDONLY); file && *file)
                    files_[i] = std::move(**file);
            if (!files_[i]) continue;
            return directory_.sync(files_[i].get());
        }
        return directory_.sync_names();
    }

    const Directory& source_; ///< of the temporary files
    const Directory& directory_;
    const std::vector<wire::Publish>& requests_;
    std::vector<Fd> files_;          ///< those that had to be opened
    std::vector<bool> is_waiting_;   ///< to be renamed
    std::vector<size_t> changed_;    ///< those whose permissions or dates are not durable yet
    std::vector<std::string> names_; ///< that the files have in the end
    std::vector<Status> results_;
};

} // namespace

std::vector<Published> publish(const Place& place, const std::vector<wire::Publish>& requests, mode_t umask) {
    auto directory = Directory::open(place);
    if (!directory) return {requests.size(), directory.error()};
    auto source = Directory::open(part_place(requests.front()));
    if (!source) return {requests.size(), source.error()};
    return Publication{*source, *directory, requests}.run(umask);
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

std::vector<Status> discard(const Place& place, const std::vector<wire::Discard>& requests) {
    std::vector<Status> results(requests.size(), Done{});
    auto directory = Directory::open(place);
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
