// SPDX-License-Identifier: LGPL-2.1-or-later
// A descriptor that another process has opened, or of a file on a file system that may not respond. Closing
// it can block for ever, as on a FUSE file system whose program hangs, so that is done in a thread of its
// own.
#pragma once

#include "base/fd.hpp"

#include <memory>

namespace haulier {

class ForeignFd {
public:
    /// Exists as long as a descriptor is not closed; it is destroyed afterwards.
    using Token = std::shared_ptr<void>;

    explicit ForeignFd(Fd fd, Token token = {});
    ForeignFd(const ForeignFd&) = delete;
    ForeignFd& operator=(const ForeignFd&) = delete;
    ~ForeignFd();

    [[nodiscard]] int get() const { return fd_.get(); }
    [[nodiscard]] const Token& token() const { return token_; }

private:
    Fd fd_;
    Token token_;
};
using SharedFd = std::shared_ptr<const ForeignFd>;

/// For a descriptor of the same kind that other code will close: replaces it, in a thread, by one of
/// /dev/null, which can be closed without blocking. Then the token is destroyed.
void replace_with_null(int fd, ForeignFd::Token token);

} // namespace haulier
