// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/workers/child_process_launcher.hpp"

#include "base/log.hpp"
#include "daemon/workers/spawn.hpp"

#include <csignal>
#include <fmt/core.h>
#include <utility>

namespace haulier::daemon {

void ChildProcessLauncher::launch(uint32_t owner, Launched launched) {
    launches_[owner] = {std::move(launched), loop_.defer([this, owner] { start(owner); })};
}

void ChildProcessLauncher::start(uint32_t owner) {
    auto launched = std::move(launches_.extract(owner).mapped().launched);
    auto worker = spawn_worker(program_);
    if (!worker) return launched(worker.error());
    newest_[owner] = worker->pid;
    reap(worker->pid);
    launched(WorkerConnection{std::move(worker->socket), fmt::format("worker {}", worker->pid)});
}

void ChildProcessLauncher::reap(pid_t pid) {
    children_[pid] = loop_.on_child_exit(pid, [this, pid](int code, int value) {
        if (code != CLD_EXITED || value != 0)
            log::warning(fmt::format("worker {} died: {}", pid, describe_exit(code, value)));
        std::erase_if(newest_, [pid](const auto& entry) { return entry.second == pid; });
        children_.erase(pid);
    });
}

/// A process that the kernel holds may stay for long.
void ChildProcessLauncher::kill(uint32_t owner) {
    launches_.erase(owner);
    if (auto found = newest_.find(owner); found != newest_.end()) ::kill(found->second, SIGKILL);
}

} // namespace haulier::daemon
