// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl cat: the content of a file that has arrived.
#include "cli/commands.hpp"
#include "cli/i18n.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace haulier::cli {

namespace {

constexpr size_t CopiedAtATime = size_t{256} * 1024;

/// Like print(), throws if the result cannot be written.
void write_all(std::string_view bytes) {
    while (!bytes.empty()) {
        auto written = write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0)
            throw std::system_error(errno, std::generic_category(), _("the result cannot be written"));
        bytes.remove_prefix(static_cast<size_t>(written));
    }
}

Result<Exit, Failure> copy_to_output(const Fd& file) {
    std::string buffer(CopiedAtATime, '\0');
    for (;;) {
        auto got = read(file.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            return Failure{Exit::Failed,
                           translate("the file cannot be read: {}", std::generic_category().message(errno))};
        if (got == 0) return Exit::Ok;
        write_all({buffer.data(), static_cast<size_t>(got)});
    }
}

/// Returns the index of the only file, unless one is given.
Result<uint32_t, Failure> wanted_file(Client& client, const std::string& id, const CatOptions& options) {
    if (options.index) return *options.index;
    auto properties = client.properties(id);
    if (!properties) return properties.error();
    auto files = view_of(*properties).files;
    if (files == 1) return 0U;
    return usage_error(translate("the job has {} files; add the INDEX of one (see files)", files));
}

} // namespace

Result<Exit, Failure> cat(const Common& common, const CatOptions& options) {
    if (common.json) return usage_error(_("cat prints the content as it is, and takes no --json"));
    auto opened = open_unfinished(common, options.job);
    if (!opened) return opened.error();
    auto index = wanted_file(*opened->client, opened->id, options);
    if (!index) return index.error();
    auto file = opened->client->open_file(opened->id, *index);
    if (!file) return file.error();
    return copy_to_output(*file);
}

} // namespace haulier::cli
