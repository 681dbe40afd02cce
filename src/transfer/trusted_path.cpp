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

/// As many as the kernel follows.
constexpr int MaxLinks = 40;

Failure distrusted(const std::string& path, const std::string& why) {
    return {.cause = wire::LOCAL_FILE,
            .message = fmt::format("“{}” {}; who takes the job could be led elsewhere.", path, why)};
}

bool is_ours_or_roots(const struct stat& st) {
    return st.st_uid == 0 || st.st_uid == geteuid();
}

/// In a sticky directory names belong to the owners of what they name.
bool may_others_rename_in(const struct stat& st) {
    return (st.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (st.st_mode & S_ISVTX) == 0;
}

Trouble judge(const std::string& path, const struct stat& st) {
    if (!is_ours_or_roots(st)) return distrusted(path, fmt::format("belongs to user {}", st.st_uid));
    if (S_ISDIR(st.st_mode) && may_others_rename_in(st)) return distrusted(path, "can be changed by others");
    return {};
}

/// Goes from directory to directory, as the kernel does.
class Walk {
public:
    explicit Walk(const std::string& path) : path_(path), rest_(path) {}

    Trouble go() {
        if (auto trouble = begin_at_root()) return trouble;
        while (!rest_.empty()) {
            auto name = rest_.substr(0, rest_.find('/'));
            rest_.erase(0, name.size() + 1);
            if (name.empty()) continue;
            if (auto trouble = step(name)) return trouble;
        }
        return {};
    }
    [[nodiscard]] int directory() const { return here_.get(); }
    [[nodiscard]] const std::string& where() const { return where_; }

private:
    [[nodiscard]] Trouble cannot_open() const {
        return local_failure(errno, fmt::format("Cannot open “{}”", path_));
    }

    Trouble begin_at_root() {
        where_.clear();
        here_ = Fd{open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)};
        struct stat st {};
        if (!here_ || fstat(here_.get(), &st) < 0) return cannot_open();
        return judge("/", st);
    }

    Trouble step(const std::string& name) {
        Fd next{openat(here_.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC)};
        struct stat st {};
        if (!next || fstat(next.get(), &st) < 0) return cannot_open();
        if (auto trouble = judge(where_ + "/" + name, st)) return trouble;
        if (S_ISLNK(st.st_mode)) return follow(next);
        where_ += "/" + name;
        here_ = std::move(next);
        return {};
    }

    Trouble follow(const Fd& link) {
        std::array<char, PATH_MAX> target{};
        auto length = readlinkat(link.get(), "", target.data(), target.size());
        if (length > 0 && ++links_ > MaxLinks) errno = ELOOP;
        if (length <= 0 || links_ > MaxLinks) return cannot_open();
        rest_ = std::string{target.data(), static_cast<size_t>(length)} + "/" + rest_;
        return rest_.front() == '/' ? begin_at_root() : Trouble{};
    }

    const std::string& path_;
    std::string rest_;
    std::string where_;
    Fd here_;
    int links_ = 0;
};

} // namespace

Trouble check_trusted_directory(const std::string& path) {
    return Walk{path}.go();
}

Trouble check_trusted_file(const std::string& directory, const std::string& name) {
    Walk walk{directory};
    if (auto trouble = walk.go()) return trouble;
    struct stat st {};
    if (fstatat(walk.directory(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) < 0)
        return local_failure(errno, fmt::format("Cannot examine “{}”", name));
    auto path = walk.where() + "/" + name;
    if (auto trouble = judge(path, st)) return trouble;
    // It may have been given this name by somebody who has no right to read it.
    if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
        return distrusted(path, "is not a plain file with one name");
    return {};
}

} // namespace haulier::transfer
