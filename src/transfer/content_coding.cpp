// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/content_coding.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace haulier::transfer {

namespace {

/// The registry of RFC 9110 16.6.1, and the older names of its entries. All other words are labels.
constexpr std::array<std::string_view, 12> Codings{"gzip",    "x-gzip", "compress",  "x-compress",
                                                   "deflate", "br",     "zstd",      "exi",
                                                   "dcb",     "dcz",    "aes128gcm", "pack200-gzip"};

} // namespace

std::string codings_of(const HttpResponse& response) {
    const auto list = ascii_lower(response.content_encoding);
    std::string found;
    for (size_t at = 0; at <= list.size();) {
        auto comma = std::min(list.find(',', at), list.size());
        auto word = trimmed(std::string_view{list}.substr(at, comma - at));
        if (std::find(Codings.begin(), Codings.end(), word) != Codings.end())
            found.append(found.empty() ? "" : ", ").append(word);
        at = comma + 1;
    }
    return found;
}

bool is_stored_form(const HttpResponse& response) {
    if (response.status == 206) return true;
    if (response.chunked || !response.length) return false;
    return !response.etag.empty() || !response.last_modified.empty() || response.has_ranges;
}

} // namespace haulier::transfer
