// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/trusted_path.hpp"

#include "base/fd.hpp"

#include <array>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace haulier::transfer {

namespace {

/// The kernel's limit.
constexpr int MaxLinks = 40;

Failure untrusted(const std::string& path, const std::string& why) {
    return {.cause = wire::LOCAL_FILE,
            .message = fmt::format("'{}' {}, so the new owner of the job could be redirected", path, why)};
}

bool is_owned_by_us_or_root(const struct stat& st) {
    return st.st_uid == 0 || st.st_uid == geteuid();
}

/// In a sticky directory only the owner of a file may rename it.
bool can_others_rename_in(const struct stat& st) {
    return (st.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (st.st_mode & S_ISVTX) == 0;
}

Status check_component(const std::string& path, const struct stat& st) {
    if (!is_owned_by_us_or_root(st)) return untrusted(path, fmt::format("belongs to user {}", st.st_uid));
    if (S_ISDIR(st.st_mode) && can_others_rename_in(st))
        return untrusted(path, "can be changed by other users");
    return Done{};
}

/// Resolves a path component by component, as the kernel does.
class PathWalk {
public:
    explicit PathWalk(const std::string& path) : path_(path), rest_(path) {}

    Status run() {
        if (auto ok = begin_at_root(); !ok) return ok;
        while (!rest_.empty()) {
            auto name = rest_.substr(0, rest_.find('/'));
            rest_.erase(0, name.size() + 1);
            if (name.empty()) continue;
            if (auto ok = step(name); !ok) return ok;
        }
        return Done{};
    }
    [[nodiscard]] int directory() const { return here_.get(); }
    [[nodiscard]] const std::string& where() const { return where_; }

private:
    [[nodiscard]] Failure cannot_open() const {
        return local_failure(errno, fmt::format("cannot open '{}'", path_));
    }

    Status begin_at_root() {
        where_.clear();
        here_ = Fd{open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)};
        struct stat st {};
        if (!here_ || fstat(here_.get(), &st) < 0) return cannot_open();
        return check_component("/", st);
    }

    Status step(const std::string& name) {
        Fd next{openat(here_.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC)};
        struct stat st {};
        if (!next || fstat(next.get(), &st) < 0) return cannot_open();
        if (auto ok = check_component(where_ + "/" + name, st); !ok) return ok;
        if (S_ISLNK(st.st_mode)) return follow(next);
        where_ += "/" + name;
        here_ = std::move(next);
        return Done{};
    }

    Status follow(const Fd& link) {
        std::array<char, PATH_MAX> target{};
        auto length = readlinkat(link.get(), "", target.data(), target.size());
        if (length > 0 && ++links_ > MaxLinks) errno = ELOOP;
        if (length <= 0 || links_ > MaxLinks) return cannot_open();
        rest_ = std::string{target.data(), static_cast<size_t>(length)} + "/" + rest_;
        return rest_.front() == '/' ? begin_at_root() : Status{Done{}};
    }

    const std::string& path_;
    std::string rest_;
    std::string where_;
    Fd here_;
    int links_ = 0;
};

} // namespace

Status check_trusted_directory(const std::string& path) {
    return PathWalk{path}.run();
}

Status check_trusted_file(const std::string& directory, const std::string& name) {
    PathWalk walk{directory};
    if (auto ok = walk.run(); !ok) return ok;
    struct stat st {};
    if (fstatat(walk.directory(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) < 0)
        return local_failure(errno, fmt::format("cannot examine '{}'", name));
    auto path = walk.where() + "/" + name;
    if (auto ok = check_component(path, st); !ok) return ok;
    // A user who may not read a file can give it another name with a hard link.
    if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
        return untrusted(path, "is not a regular file with one name");
    return Done{};
}

} // namespace haulier::transfer
