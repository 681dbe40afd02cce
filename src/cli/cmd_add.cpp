// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl add: makes a job and leaves.
#include "cli/create.hpp"
#include "cli/output.hpp"

namespace haulier::cli {

Outcome<Exit> add(const Common& common, const AddOptions& options) {
    if (options.words.size() % 2 != 0)
        return Failure{Exit::Usage, "a FILE is missing: add takes pairs of URL and FILE"};
    if (options.about.any() && options.words.size() > 2)
        return Failure{Exit::Usage, "--checksum, --mirror and --range are for a job of one file"};
    std::vector<NewFile> files;
    for (size_t i = 0; i < options.words.size(); i += 2) {
        auto file = new_file(options.words[i], options.words[i + 1], options.about);
        if (!file) return file.error();
        files.push_back(*file);
    }
    auto job = new_job(options.job, std::move(files));
    if (!job) return job.error();
    job->resume = options.start;
    if (options.on_demand) job->properties["OnDemand"] = true;

    auto client = Client::connect(common.access);
    if (!client) return client.error();
    auto made = (*client)->create(*job);
    if (!made) return made.error();
    if (common.json)
        print_json({{"Id", made->id}, {"Created", made->created}});
    else
        print(made->id + "\n");
    return Exit::Ok;
}

} // namespace haulier::cli
