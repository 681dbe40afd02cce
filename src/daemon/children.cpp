// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/children.hpp"

#include "base/log.hpp"
#include "daemon/spawn.hpp"

#include <csignal>
#include <fmt/core.h>
#include <utility>

namespace haulier::daemon {

void Children::hire(uint32_t owner, Hired hired) {
    hires_[owner] = {std::move(hired), loop_.defer([this, owner] { start(owner); })};
}

void Children::start(uint32_t owner) {
    auto hired = std::move(hires_.extract(owner).mapped().hired);
    auto worker = spawn_worker(program_);
    if (!worker) return hired(worker.error());
    newest_[owner] = worker->pid;
    reap(worker->pid);
    hired(Hand{std::move(worker->socket), fmt::format("worker {}", worker->pid)});
}

void Children::reap(pid_t pid) {
    children_[pid] = loop_.on_child_exit(pid, [this, pid](int code, int value) {
        if (code != CLD_EXITED || value != 0)
            log::warning(fmt::format("worker {} died: {}", pid, describe_exit(code, value)));
        std::erase_if(newest_, [pid](const auto& entry) { return entry.second == pid; });
        children_.erase(pid);
    });
}

/// One that the kernel holds may stay for long.
void Children::dismiss(uint32_t owner) {
    hires_.erase(owner);
    if (auto found = newest_.find(owner); found != newest_.end()) kill(found->second, SIGKILL);
}

} // namespace haulier::daemon
