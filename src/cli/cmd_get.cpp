// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl get: one file, from the wish to the file in its place.
#include "cli/carry_out.hpp"
#include "cli/create.hpp"

namespace haulier::cli {

Outcome<Exit> get(const Common& common, const GetOptions& options) {
    auto file = new_file(options.url, options.file, options.about);
    if (!file) return file.error();
    auto job = new_job(options.job, {*file});
    if (!job) return job.error();
    job->resume = true;
    return carry_out(common, {*job, options.no_wait, "File", file->local});
}

} // namespace haulier::cli
