// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl files, ranges, rename, validate and reply: the files of a job.
#include "cli/commands.hpp"
#include "cli/i18n.hpp"
#include "cli/measures.hpp"
#include "cli/output.hpp"
#include "cli/state_words.hpp"
#include "cli/text.hpp"

#include <charconv>
#include <fmt/core.h>
#include <fstream>
#include <iterator>

namespace haulier::cli {

namespace {

void print_files(const std::vector<Json>& files) {
    std::vector<std::vector<std::string>> rows{{_("INDEX"), _("STAGE"), _("DONE"), _("FILE"), _("URL")}};
    for (const auto& properties : files) {
        auto file = file_view_of(properties);
        rows.push_back({std::to_string(file.index), state_word(file.stage),
                        amount_text(file.done, file.total), sanitize(file.local), sanitize(file.remote)});
    }
    print(table(rows));
}

Result<uint32_t, Failure> parse_index(const std::string& text) {
    uint32_t index = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (error != std::errc{} || end != text.data() + text.size())
        return Failure{Exit::Usage, translate("'{}' is not the number of a file", text)};
    return index;
}

void print_ranges(const Common& common, const std::vector<Range>& ranges) {
    Json all = Json::array();
    std::string lines;
    for (const auto& range : ranges) {
        all.push_back(public_range(range.offset, range.length));
        lines += to_text(range) + "\n";
    }
    if (common.json)
        print_json(all);
    else
        print(lines);
}

/// When a job has ended, the daemon has no reply any more: it is in the file given to --reply.
Result<std::string, Failure> stored_reply(Client& client, const std::string& id, const Failure& refusal) {
    auto properties = client.properties(id);
    if (!properties || properties->value("State", "") != "acknowledged") return refusal;
    std::ifstream file{properties->value("ReplyFileName", ""), std::ios::binary};
    if (!file) return refusal;
    return std::string{std::istreambuf_iterator<char>{file}, {}};
}

Result<Exit, Failure> exit_of(const Result<Done, Failure>& done) {
    if (!done) return done.error();
    return Exit::Ok;
}

} // namespace

Result<Exit, Failure> files(const Common& common, const FilesOptions& options) {
    auto opened = open_job(common, options.job);
    if (!opened) return opened.error();
    auto files = opened->client->files(opened->id);
    if (!files) return files.error();
    Json all = Json::array();
    for (const auto& file : *files)
        all.push_back(to_public_json(file));
    if (common.json)
        print_json(all);
    else if (!files->empty())
        print_files(*files);
    return Exit::Ok;
}

Result<Exit, Failure> ranges(const Common& common, const RangesOptions& options) {
    auto wanted = parse_ranges(options.ranges);
    if (!wanted) return wanted.error();
    auto opened = open_unfinished(common, options.job);
    if (!opened) return opened.error();
    auto& client = *opened->client;
    if (!options.from.empty()) {
        auto offset = parse_size(options.from);
        if (!offset) return offset.error();
        return exit_of(client.request_from(opened->id, options.index, *offset));
    }
    if (!wanted->empty()) return exit_of(client.request_ranges(opened->id, options.index, *wanted));
    auto filled = client.filled_ranges(opened->id, options.index);
    if (!filled) return filled.error();
    print_ranges(common, *filled);
    return Exit::Ok;
}

Result<Exit, Failure> rename(const Common& common, const RenameOptions& options) {
    if (options.words.size() != 2)
        return usage_error(_("rename takes INDEX and URL, or with --prefix OLD and NEW"));
    auto opened = open_unfinished(common, options.job);
    if (!opened) return opened.error();
    const auto& first = options.words[0];
    const auto& second = options.words[1];
    if (!options.prefix) {
        auto index = parse_index(first);
        if (!index) return index.error();
        return exit_of(opened->client->rename(opened->id, *index, second));
    }
    auto changed = opened->client->rename_all(opened->id, first, second);
    if (!changed) return changed.error();
    if (common.json)
        print_json({{"Id", opened->id}, {"Changed", *changed}});
    else if (!common.quiet)
        print(translate("{} changed\n", *changed));
    return Exit::Ok;
}

Result<Exit, Failure> validate(const Common& common, const ValidateOptions& options) {
    auto valid = parse_flag(options.verdict);
    if (!valid) return valid.error();
    auto opened = open_unfinished(common, options.job);
    if (!opened) return opened.error();
    return exit_of(opened->client->validate(opened->id, options.index, *valid));
}

Result<Exit, Failure> reply(const Common& common, const ReplyOptions& options) {
    auto opened = open_job(common, options.job);
    if (!opened) return opened.error();
    auto data = opened->client->reply(opened->id);
    if (!data) data = stored_reply(*opened->client, opened->id, data.error());
    if (!data) return data.error();
    if (common.json)
        print_json({{"Id", opened->id}, {"Size", data->size()}, {"Text", *data}});
    else
        print(*data);
    return Exit::Ok;
}

} // namespace haulier::cli
