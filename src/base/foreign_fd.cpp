// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/foreign_fd.hpp"

#include "base/log.hpp"

#include <fcntl.h>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace haulier {

namespace {

/// If no thread can be started, the descriptor stays open, because closing it here could block the loop.
template <class Work>
void run_in_thread(Work work) {
    try {
        std::thread{std::move(work)}.detach();
    } catch (const std::system_error& e) {
        log::error(std::string{"no thread could be started, a descriptor stays open: "} + e.what());
    }
}

} // namespace

ForeignFd::ForeignFd(Fd fd, Token token) : fd_(std::move(fd)), token_(std::move(token)) {}

ForeignFd::~ForeignFd() {
    if (!fd_) return;
    run_in_thread([fd = fd_.release(), token = std::move(token_)]() mutable {
        close(fd);
        token.reset();
    });
}

void replace_with_null(int fd, ForeignFd::Token token) {
    run_in_thread([fd, token = std::move(token)]() mutable {
        const Fd null{open("/dev/null", O_RDONLY | O_CLOEXEC)};
        if (null) dup3(null.get(), fd, O_CLOEXEC);
        token.reset();
    });
}

} // namespace haulier
