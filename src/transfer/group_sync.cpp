// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/group_sync.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef XFS_SUPER_MAGIC
#define XFS_SUPER_MAGIC 0x58465342
#endif

namespace haulier::transfer {

namespace {

using std::chrono::steady_clock;

/// For fewer, syncing each is as fast.
constexpr size_t WorthSyncingAll = 4;
/// A sync of the whole file system also writes what other programs have not written yet. If that takes so
/// long, files are synced one by one for a while.
constexpr auto LongSync = std::chrono::seconds{1};
constexpr auto PauseAfterLongSync = std::chrono::seconds{30};

std::atomic<steady_clock::rep> next_sync_of_all{0};

/// syncfs() has these wait for their journal and flush the disk. Of others that is not known: FUSE does not
/// pass it on, and FAT does not flush.
bool syncs_as_a_whole(int file) {
    struct statfs st {};
    if (fstatfs(file, &st) < 0) return false;
    switch (static_cast<unsigned long>(st.f_type)) {
    case EXT4_SUPER_MAGIC:
    case XFS_SUPER_MAGIC:
    case BTRFS_SUPER_MAGIC:
    case F2FS_SUPER_MAGIC: return true;
    default: return false;
    }
}

bool is_worth_syncing_all(std::span<const int> files) {
    return files.size() >= WorthSyncingAll &&
           steady_clock::now().time_since_epoch().count() >= next_sync_of_all && syncs_as_a_whole(files[0]);
}

bool sync_file_system(int file) {
    auto begin = steady_clock::now();
    bool done = syncfs(file) == 0;
    auto end = steady_clock::now();
    if (end - begin > LongSync) next_sync_of_all = (end + PauseAfterLongSync).time_since_epoch().count();
    return done;
}

/// The kernel reports an error once, to whichever call asks first.
void note_error(int& error, int result) {
    if (result < 0 && error == 0) error = errno;
}

} // namespace

/// syncfs() also writes what is in the files. It does not say which of them could not be written, but the
/// files themselves do.
GroupSync sync_group(std::span<const int> files) {
    GroupSync done{.errors = std::vector<int>(files.size())};
    if (is_worth_syncing_all(files)) {
        done.names_are_durable = sync_file_system(files[0]);
        for (size_t i = 0; i < files.size(); ++i)
            note_error(done.errors[i], sync_file_range(files[i], 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE));
        if (done.names_are_durable) return done;
    }
    // The file system begins to write all files before the first one is waited for.
    for (int file : files)
        sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE);
    for (size_t i = 0; i < files.size(); ++i)
        note_error(done.errors[i], fsync(files[i]));
    return done;
}

} // namespace haulier::transfer
