// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/database_file.hpp"

#include "base/fd.hpp"
#include "base/sync.hpp"
#include "store/database.hpp"
#include "store/migrations.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <fmt/chrono.h>
#include <sys/stat.h>
#include <unistd.h>

namespace haulier::store {

namespace {

/// What SQLite keeps beside a database, and the database itself first: a log without one is noticed at the
/// next start.
constexpr std::array Suffixes{"", "-wal", "-shm", "-journal"};

Error system_error(const std::string& what, const std::string& path) {
    return {Errc::Store, fmt::format("{} {}: {}", what, path, std::strerror(errno))};
}

std::string directory_of(const std::string& path) {
    return std::filesystem::path{path}.parent_path().string();
}

Status keep_names(const std::string& directory) {
    if (!sync_directory(directory)) return system_error("cannot sync directory", directory);
    return Done{};
}

Status make_file(const std::string& path) {
    Fd fd{open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
    if (!fd) return system_error("cannot create", path);
    return Done{};
}

/// The file is not in use yet, and after a crash it is made again, so its journal may be in memory.
Status fill(const std::string& path, std::span<const Step> steps) {
    Connection db;
    if (auto ok = db.open(path); !ok) return ok;
    if (auto ok = db.run("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = FULL"); !ok) return ok;
    return migrate(db, steps);
}

bool is_taken(const std::string& path) {
    return std::any_of(Suffixes.begin(), Suffixes.end(),
                       [&](const char* suffix) { return exists(path + suffix); });
}

std::string free_name(const std::string& path, WallTime now) {
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.since_epoch).count();
    std::string dated =
        fmt::format("{}.corrupt-{:%Y%m%dT%H%M%SZ}", path, fmt::gmtime(static_cast<time_t>(seconds)));
    std::string name = dated;
    for (int i = 2; is_taken(name); ++i)
        name = fmt::format("{}.{}", dated, i);
    return name;
}

} // namespace

bool exists(const std::string& path) {
    return faccessat(AT_FDCWD, path.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

std::optional<FileId> file_at(const std::string& path) {
    struct stat st {};
    if (stat(path.c_str(), &st) < 0) return std::nullopt;
    return FileId{st.st_dev, st.st_ino};
}

Status try_writing(const std::string& path) {
    const std::string trial = path + ".trial";
    if (auto ok = prepare_directory(directory_of(path)); !ok) return ok;
    Fd file{open(trial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600)};
    const std::string block(4096, '\0');
    bool written = file &&
                   write(file.get(), block.data(), block.size()) == static_cast<ssize_t>(block.size()) &&
                   fsync(file.get()) == 0;
    Status result = written ? Status{Done{}} : system_error("cannot write", trial);
    unlink(trial.c_str());
    return result;
}

std::string log_of(const std::string& path) {
    return path + "-wal";
}

Status prepare_directory(const std::string& directory) {
    std::error_code ignored; // mkdir says it better
    std::filesystem::create_directories(directory_of(directory), ignored);
    if (mkdir(directory.c_str(), 0700) < 0 && errno != EEXIST)
        return system_error("cannot create directory", directory);
    if (faccessat(AT_FDCWD, (directory + "/.").c_str(), R_OK | W_OK | X_OK, AT_EACCESS) < 0)
        return system_error("cannot write in directory", directory);
    return Done{};
}

Status restrict_permissions(const std::string& path) {
    if (chmod(path.c_str(), 0600) < 0) return system_error("cannot protect", path);
    return Done{};
}

Status make_empty(const std::string& path, std::span<const Step> steps) {
    std::string unfinished = path + ".new";
    if (unlink(unfinished.c_str()) < 0 && errno != ENOENT) return system_error("cannot remove", unfinished);
    if (auto ok = make_file(unfinished); !ok) return ok;
    if (auto ok = fill(unfinished, steps); !ok) return ok;
    if (rename(unfinished.c_str(), path.c_str()) < 0) return system_error("cannot create", path);
    return keep_names(directory_of(path));
}

Result<std::string> set_aside(const std::string& path, WallTime now) {
    std::string name = free_name(path, now);
    for (const char* suffix : Suffixes)
        if (rename((path + suffix).c_str(), (name + suffix).c_str()) < 0 && errno != ENOENT)
            return system_error("cannot set aside", path + suffix);
    if (auto ok = keep_names(directory_of(path)); !ok) return ok.error();
    return name;
}

} // namespace haulier::store
