// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl files, ranges, rename and validate: the files of a job.
#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/text.hpp"

#include <charconv>
#include <fmt/core.h>

namespace haulier::cli {

namespace {

/// Where the file stands, in a word.
std::string stage_of(const Json& file) {
    if (file.value("Completed", false)) return "complete";
    if (file.value("Validation", "none") == "invalid") return "invalid";
    if (file.value("Transferred", false)) return "transferred";
    return "waiting";
}

std::string amount_of(const Json& file) {
    auto total = file.value("BytesTotal", ToEnd);
    return amount_text(file.value("BytesTransferred", uint64_t{0}),
                       total == ToEnd ? std::nullopt : std::optional{total});
}

void print_files(const std::vector<Json>& files) {
    std::vector<std::vector<std::string>> rows{{"INDEX", "STAGE", "DONE", "FILE", "URL"}};
    for (const auto& file : files)
        rows.push_back({in_words("Index", file["Index"]), stage_of(file), amount_of(file),
                        harmless(file.value("LocalName", "")), harmless(file.value("RemoteName", ""))});
    print(table(rows));
}

struct Opened {
    std::unique_ptr<Client> client;
    std::string id;
};

/// To look at, or to change: then it must not have ended.
Outcome<Opened> open(const Common& common, const std::string& job,
                     Outcome<std::string> (Client::*resolve)(const std::string&)) {
    auto client = Client::connect(common.access);
    if (!client) return client.error();
    auto id = ((**client).*resolve)(job);
    if (!id) return id.error();
    return Opened{std::move(*client), *id};
}

Outcome<uint32_t> parse_index(const std::string& text) {
    uint32_t index = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (error != std::errc{} || end != text.data() + text.size())
        return Failure{Exit::Usage, fmt::format("'{}' is not the number of a file", text)};
    return index;
}

void print_pieces(const Common& common, const std::vector<Piece>& pieces) {
    Json all = Json::array();
    std::string lines;
    for (const auto& piece : pieces) {
        all.push_back(presented_range(piece.offset, piece.length));
        lines += to_text(piece) + "\n";
    }
    if (common.json)
        print_json(all);
    else
        print(lines);
}

Outcome<Exit> ended(const Outcome<Done>& done) {
    if (!done) return done.error();
    return Exit::Ok;
}

} // namespace

Outcome<Exit> files(const Common& common, const std::string& job) {
    auto opened = open(common, job, &Client::resolve);
    if (!opened) return opened.error();
    auto files = opened->client->files(opened->id);
    if (!files) return files.error();
    Json all = Json::array();
    for (const auto& file : *files)
        all.push_back(presented(file));
    if (common.json)
        print_json(all);
    else if (!files->empty())
        print_files(*files);
    return Exit::Ok;
}

Outcome<Exit> ranges(const Common& common, const RangesOptions& options) {
    auto pieces = parse_pieces(options.pieces);
    if (!pieces) return pieces.error();
    auto opened = open(common, options.job, &Client::resolve_unfinished);
    if (!opened) return opened.error();
    auto& client = *opened->client;
    if (!options.from.empty()) {
        auto offset = parse_size(options.from);
        if (!offset) return offset.error();
        return ended(client.seek(opened->id, options.index, *offset));
    }
    if (!pieces->empty()) return ended(client.request(opened->id, options.index, *pieces));
    auto filled = client.filled(opened->id, options.index);
    if (!filled) return filled.error();
    print_pieces(common, *filled);
    return Exit::Ok;
}

Outcome<Exit> rename(const Common& common, const RenameOptions& options) {
    if (options.words.size() != 2)
        return Failure{Exit::Usage, "rename takes INDEX and URL, or with --prefix OLD and NEW"};
    auto opened = open(common, options.job, &Client::resolve_unfinished);
    if (!opened) return opened.error();
    const auto& first = options.words[0];
    const auto& second = options.words[1];
    if (!options.prefix) {
        auto index = parse_index(first);
        if (!index) return index.error();
        return ended(opened->client->rename(opened->id, *index, second));
    }
    auto changed = opened->client->rename_all(opened->id, first, second);
    if (!changed) return changed.error();
    if (common.json)
        print_json({{"Id", opened->id}, {"Changed", *changed}});
    else if (!common.quiet)
        print(fmt::format("{} changed\n", *changed));
    return Exit::Ok;
}

Outcome<Exit> validate(const Common& common, const std::string& job, uint32_t index,
                       const std::string& verdict) {
    auto valid = parse_flag(verdict);
    if (!valid) return valid.error();
    auto opened = open(common, job, &Client::resolve_unfinished);
    if (!opened) return opened.error();
    return ended(opened->client->validate(opened->id, index, *valid));
}

} // namespace haulier::cli
