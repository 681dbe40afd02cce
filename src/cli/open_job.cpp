// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/commands.hpp"

#include <utility>

namespace haulier::cli {

namespace {

Result<OpenedJob, Failure> open(const Common& common, const std::string& job, Resolve resolve) {
    auto client = common.connect(common.access);
    if (!client) return client.error();
    auto id = resolve(**client, job, common.access.all_users);
    if (!id) return id.error();
    return OpenedJob{std::move(*client), *id};
}

} // namespace

Result<OpenedJob, Failure> open_job(const Common& common, const std::string& job) {
    return open(common, job, resolve);
}

Result<OpenedJob, Failure> open_unfinished(const Common& common, const std::string& job) {
    return open(common, job, resolve_unfinished);
}

} // namespace haulier::cli
