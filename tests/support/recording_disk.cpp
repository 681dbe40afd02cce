// SPDX-License-Identifier: LGPL-2.1-or-later
// A file system (FUSE) whose files are disks for loop devices. Each write, flush and mark is appended to a
// record in the order in which it was carried out, so that a test can make the disks as a power cut would
// have left them.
//
//     recording-disk FOLDER RECORD IMAGE...
//
// FOLDER then has the files 0, 1, ... with the content of the images, and the file `marks`: what is written
// to it is only appended to the record. The process stays in the foreground and ends when FOLDER is
// unmounted.
#define FUSE_USE_VERSION 31
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fuse.h>
#include <string_view>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <vector>

namespace {

enum class Kind : uint32_t { Write, Flush, Mark };

/// Before each entry, in the byte order of the machine. The data of writes and marks follows it.
struct Head {
    Kind kind;
    uint32_t disk;
    uint64_t offset;
    uint64_t size;
};

constexpr uint64_t Marks = UINT64_MAX; // handle of the file `marks`

int record_fd = -1;
std::vector<int> disks; // descriptors of the images

/// A record with a gap is useless, so a failure ends the process.
void append(Kind kind, uint64_t disk, off_t offset, const char* data, size_t size) {
    Head head{kind, static_cast<uint32_t>(disk), static_cast<uint64_t>(offset), size};
    const std::array pieces{iovec{&head, sizeof head}, iovec{const_cast<char*>(data), size}};
    if (writev(record_fd, pieces.data(), pieces.size()) == static_cast<ssize_t>(sizeof head + size)) return;
    perror("recording-disk: the record cannot be written");
    abort();
}

int on_getattr(const char* path, struct stat* found, fuse_file_info*) {
    const std::string_view name = path + 1;
    *found = {};
    found->st_mode = S_IFREG | 0600;
    found->st_nlink = 1;
    if (name.empty()) {
        found->st_mode = S_IFDIR | 0700;
        return 0;
    }
    if (name == "marks") return 0;
    size_t number = 0;
    const auto parsed = std::from_chars(name.begin(), name.end(), number);
    if (parsed.ptr != name.end() || number >= disks.size()) return -ENOENT;
    struct stat image {};
    if (fstat(disks[number], &image) != 0) return -errno;
    found->st_size = image.st_size;
    return 0;
}

int on_open(const char* path, fuse_file_info* file) {
    struct stat found {};
    if (const int failure = on_getattr(path, &found, nullptr); failure != 0) return failure;
    file->fh = std::string_view(path) == "/marks" ? Marks : strtoull(path + 1, nullptr, 10);
    file->direct_io = 1; // each write comes here at once
    return 0;
}

int on_read(const char*, char* buffer, size_t size, off_t offset, fuse_file_info* file) {
    if (file->fh == Marks) return 0;
    const ssize_t count = pread(disks[file->fh], buffer, size, offset);
    return count < 0 ? -errno : static_cast<int>(count);
}

int on_write(const char*, const char* data, size_t size, off_t offset, fuse_file_info* file) {
    append(file->fh == Marks ? Kind::Mark : Kind::Write, file->fh == Marks ? 0 : file->fh, offset, data,
           size);
    if (file->fh == Marks) return static_cast<int>(size);
    const ssize_t count = pwrite(disks[file->fh], data, size, offset);
    return count < 0 ? -errno : static_cast<int>(count);
}

int on_fsync(const char*, int, fuse_file_info* file) {
    if (file->fh != Marks) append(Kind::Flush, file->fh, 0, nullptr, 0);
    return 0;
}

fuse_operations operations() {
    fuse_operations all{};
    all.getattr = on_getattr;
    all.open = on_open;
    all.read = on_read;
    all.write = on_write;
    all.fsync = on_fsync;
    return all;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        fputs("usage: recording-disk FOLDER RECORD IMAGE...\n", stderr);
        return EXIT_FAILURE;
    }
    record_fd = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    bool sound = record_fd >= 0;
    for (int i = 3; i < argc; ++i) {
        disks.push_back(open(argv[i], O_RDWR | O_CLOEXEC));
        sound = sound && disks.back() >= 0;
    }
    if (!sound) {
        perror("recording-disk");
        return EXIT_FAILURE;
    }
    char foreground[] = "-f", one_thread[] = "-s";
    std::array arguments{argv[0], foreground, one_thread, argv[1]};
    const fuse_operations all = operations();
    return fuse_main(static_cast<int>(arguments.size()), arguments.data(), &all, nullptr);
}
