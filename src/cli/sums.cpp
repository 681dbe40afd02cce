// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/sums.hpp"

#include "base/text.hpp"
#include "cli/i18n.hpp"
#include "cli/input.hpp"
#include "cli/names.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/core.h>
#include <optional>
#include <utility>

namespace haulier::cli {

namespace {

/// From the weakest to the strongest.
struct Kind {
    std::string_view name;
    size_t digits;
};
constexpr std::array Kinds{Kind{"md5", 32}, Kind{"sha1", 40}, Kind{"sha256", 64}, Kind{"sha512", 128}};

std::string_view kind_with(size_t digits) {
    auto found =
        std::find_if(Kinds.begin(), Kinds.end(), [&](const Kind& kind) { return kind.digits == digits; });
    return found == Kinds.end() ? std::string_view{} : found->name;
}

size_t strength_of(const Sum& sum) {
    return sum.hex.size();
}

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

void skip_blanks(std::string_view& text) {
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
}

size_t hex_digits_in(std::string_view text) {
    auto end = std::find_if(text.begin(), text.end(),
                            [](unsigned char c) { return c >= 0x80 || std::isxdigit(c) == 0; });
    return static_cast<size_t>(end - text.begin());
}

/// Nothing if there is another sequence than "\\", "\n" and "\r".
std::optional<std::string> unescaped(std::string_view name) {
    std::string out;
    for (size_t i = 0; i < name.size(); ++i) {
        if (name[i] != '\\') {
            out += name[i];
            continue;
        }
        if (++i == name.size()) return std::nullopt;
        if (name[i] != '\\' && name[i] != 'n' && name[i] != 'r') return std::nullopt;
        out += name[i] == 'n' ? '\n' : name[i] == 'r' ? '\r' : '\\';
    }
    return out;
}

std::optional<Sum> sum_from(std::string_view kind, std::string_view hex, std::string_view name,
                            bool escaped) {
    auto real = escaped ? unescaped(name) : std::optional{std::string{name}};
    if (kind.empty() || !real || real->empty()) return std::nullopt;
    return Sum{std::string{kind}, std::string{hex}, *real};
}

/// "SHA256 (NAME) = HEX", or "SHA256(NAME)= HEX" as from openssl, which calls it SHA2-256 since version 3.
std::optional<Sum> tagged(std::string_view line, bool escaped) {
    auto open = line.find('(');
    auto close = line.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open)
        return std::nullopt;
    auto tag = line.substr(0, open);
    if (tag.ends_with(' ')) tag.remove_suffix(1);
    auto rest = line.substr(close + 1);
    skip_blanks(rest);
    if (!rest.starts_with('=')) return std::nullopt;
    rest.remove_prefix(1);
    skip_blanks(rest);
    auto kind = kind_with(rest.size());
    auto word = ascii_lower(tag);
    if (word.starts_with("sha2-")) word.erase(3, 2);
    if (hex_digits_in(rest) != rest.size() || word != kind) return std::nullopt;
    return sum_from(kind, rest, line.substr(open + 1, close - open - 1), escaped);
}

/// `reversed`: whether one blank alone separates checksum and name. The first line decides, as for
/// sha256sum: otherwise a name that begins with a space or an asterisk could be taken for another one.
std::optional<Sum> untagged(std::string_view line, bool escaped, std::optional<bool>& reversed) {
    auto digits = hex_digits_in(line);
    auto hex = line.substr(0, digits);
    line.remove_prefix(digits);
    if (kind_with(digits).empty() || line.size() < 2 || !is_blank(line.front())) return std::nullopt;
    line.remove_prefix(1);
    bool has_marker = line.size() > 1 && (line.front() == ' ' || line.front() == '*');
    if (!has_marker) {
        if (reversed == false) return std::nullopt;
        reversed = true;
    } else if (reversed != true) {
        reversed = false;
        line.remove_prefix(1);
    }
    return sum_from(kind_with(digits), hex, line, escaped);
}

std::string_view without_leading_dots(std::string_view name) {
    while (name.starts_with("./"))
        name.remove_prefix(2);
    return name;
}

/// Whether `name`, which may begin with directories, is the end of `path`.
bool ends_path(const std::string& path, std::string_view name) {
    return path == name || (path.ends_with(name) && path[path.size() - name.size() - 1] == '/');
}

/// Those with the longest name that is the end of `path`, the strongest kind of them.
std::vector<Sum> best_for(const std::vector<Sum>& sums, const std::string& path) {
    std::vector<Sum> best;
    for (const auto& sum : sums) {
        Sum plain{sum.kind, ascii_lower(sum.hex), std::string{without_leading_dots(sum.name)}};
        if (plain.name.empty() || !ends_path(path, plain.name)) continue;
        auto rank = [](const Sum& s) { return std::pair{s.name.size(), strength_of(s)}; };
        if (!best.empty() && rank(plain) < rank(best.front())) continue;
        if (!best.empty() && rank(best.front()) < rank(plain)) best.clear();
        if (std::find(best.begin(), best.end(), plain) == best.end()) best.push_back(plain);
    }
    return best;
}

} // namespace

std::vector<Sum> parse_sums(std::string_view text) {
    std::vector<Sum> sums;
    std::optional<bool> reversed;
    for (const auto& whole : lines_of(text)) {
        std::string_view line = whole;
        if (line.starts_with('#')) continue;
        skip_blanks(line);
        bool escaped = line.starts_with('\\');
        if (escaped) line.remove_prefix(1);
        auto sum = tagged(line, escaped);
        if (!sum) sum = untagged(line, escaped, reversed);
        if (sum) sums.push_back(*sum);
    }
    return sums;
}

Result<std::string, Failure> checksum_for(const std::vector<Sum>& sums, const std::string& url,
                                          const std::string& local, const std::string& list) {
    auto found = best_for(sums, percent_decoded(path_of_url(url)));
    if (found.empty()) found = best_for(sums, local);
    auto name = sanitize(local.substr(local.rfind('/') + 1));
    if (found.empty()) return usage_error(translate("'{}' has no checksum of '{}'", list, name));
    if (found.size() > 1) return usage_error(translate("'{}' has different checksums of '{}'", list, name));
    return found.front().kind + ":" + found.front().hex;
}

} // namespace haulier::cli
