// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl headers: what a job says with each of its requests.
#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/secret.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <utility>

namespace haulier::cli {

namespace {

constexpr size_t LongestHeaders = 64 * 1024;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (size_t begin = 0; begin < text.size();) {
        auto end = std::min(text.find('\n', begin), text.size());
        auto line = text.substr(begin, end - begin);
        if (line.ends_with('\r')) line.pop_back();
        if (!line.empty()) lines.push_back(line);
        begin = end + 1;
    }
    return lines;
}

Outcome<Exit> print_headers(const Common& common, Client& client, const std::string& id) {
    auto properties = client.properties(id);
    if (!properties) return properties.error();
    auto lines = properties->value("CustomHeaders", Json::array());
    if (common.json) {
        print_json(lines);
        return Exit::Ok;
    }
    for (const auto& line : lines)
        print(harmless(line.get<std::string>()) + "\n");
    return Exit::Ok;
}

} // namespace

Outcome<Exit> headers(const Common& common, const HeadersOptions& options) {
    auto lines = options.lines;
    if (options.fd) {
        auto text = read_all(*options.fd, LongestHeaders);
        if (!text) return text.error();
        for (auto& line : lines_of(*text))
            lines.push_back(std::move(line));
    }
    if (options.clear && !lines.empty())
        return Failure{Exit::Usage, "--clear removes all headers; there are none to be set with it"};
    if (options.write_only && lines.empty())
        return Failure{Exit::Usage, "--write-only needs the headers that are to be hidden"};
    auto client = Client::connect(common.access);
    if (!client) return client.error();
    auto id = (*client)->resolve_unfinished(options.job);
    if (!id) return id.error();
    if (lines.empty() && !options.clear && !options.fd) return print_headers(common, **client, *id);
    auto done = (*client)->set_headers(*id, lines, options.write_only);
    if (!done) return done.error();
    if (common.json) print_json({{"Id", *id}, {"Result", "set"}});
    return Exit::Ok;
}

} // namespace haulier::cli
