// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/text.hpp"

#include "cli/i18n.hpp"

#include <algorithm>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/core.h>

namespace haulier::cli {

namespace {

std::vector<size_t> widths_of(const std::vector<std::vector<std::string>>& rows) {
    std::vector<size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], columns_of(row[i]));
    }
    return widths;
}

} // namespace

std::string clock_text(std::chrono::seconds span) {
    auto s = span.count();
    if (s >= 3600) return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
    return fmt::format("{}:{:02}", s / 60, s % 60);
}

std::string date_text(uint64_t usec) {
    if (usec == 0) return _("never");
    auto seconds = static_cast<std::time_t>(usec / 1000000);
    std::tm local{};
    localtime_r(&seconds, &local);
    return fmt::format("{:%Y-%m-%d %H:%M:%S}", local);
}

std::string wrapped(const std::string& line, size_t columns, size_t indent) {
    auto begin = bytes_of(line, indent);
    if (columns_of(line) <= columns || line.size() == begin) return line;
    auto out = line.substr(0, begin);
    size_t used = columns_of(out);
    for (size_t at = begin; at < line.size();) {
        auto end = std::min(line.find(' ', at), line.size());
        auto word = line.substr(at, end - at);
        if (used > indent && used + columns_of(word) > columns) {
            out.resize(out.find_last_not_of(' ') + 1);
            out += "\n" + std::string(indent, ' ');
            used = indent;
        }
        out += word + " ";
        used += columns_of(word) + 1;
        at = end + 1;
    }
    out.resize(out.find_last_not_of(' ') + 1);
    return out;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

std::string padded(const std::string& text, size_t columns) {
    auto have = columns_of(text);
    return text + std::string(columns > have ? columns - have : 0, ' ');
}

size_t room_beside(const std::vector<std::vector<std::string>>& rows, size_t columns) {
    size_t taken = 0;
    for (auto width : widths_of(rows))
        taken += width + ColumnGap;
    return columns > taken ? columns - taken : 0;
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
    auto widths = widths_of(rows);
    std::string out;
    for (const auto& row : rows) {
        for (size_t i = 0; i < row.size(); ++i)
            out += i + 1 < row.size() ? padded(row[i], widths[i] + ColumnGap) : row[i];
        out += '\n';
    }
    return out;
}

} // namespace haulier::cli
