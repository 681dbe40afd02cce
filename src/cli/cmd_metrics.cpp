// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl metrics.
#include "cli/commands.hpp"
#include "cli/create.hpp"
#include "cli/i18n.hpp"
#include "cli/metrics_text.hpp"
#include "cli/output.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <system_error>

namespace haulier::cli {

namespace {

/// Replaces by a rename, so that a reader never sees a part of the text. A rename over a device would replace
/// the device for all programs.
Result<Exit, Failure> replace_file(const std::string& file, const std::string& text) {
    std::error_code unknown;
    auto there = std::filesystem::status(file, unknown);
    if (std::filesystem::is_other(there))
        return usage_error(translate("'{}' is not a regular file and would be replaced by one", file));
    auto temporary = file + ".new";
    errno = 0;
    bool written = [&] {
        std::ofstream out{temporary, std::ios::trunc};
        return static_cast<bool>(out << text << std::flush);
    }();
    if (written && std::rename(temporary.c_str(), file.c_str()) == 0) return Exit::Ok;
    std::string why = std::strerror(errno);
    std::remove(temporary.c_str());
    return Failure{Exit::Failed, translate("'{}' cannot be written: {}", file, why)};
}

} // namespace

Result<Exit, Failure> metrics(const Common& common, const MetricsOptions& options) {
    if (common.json) return usage_error(_("metrics are printed in the text format of Prometheus only"));
    auto client = common.connect(common.access);
    if (!client) return client.error();
    auto jobs = (*client)->list({}, common.access.all_users);
    if (!jobs) return jobs.error();
    auto statistics = (*client)->statistics(common.access.all_users);
    if (!statistics) return statistics.error();
    auto text = metrics_text(*jobs, *statistics, now_usec());
    if (!options.file.empty()) return replace_file(options.file, text);
    print(text);
    return Exit::Ok;
}

} // namespace haulier::cli
