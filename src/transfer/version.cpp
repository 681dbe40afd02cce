// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/version.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace haulier::transfer {

namespace {

bool differ(const std::string& a, const std::string& b) {
    return !a.empty() && !b.empty() && a != b;
}
bool agree(const std::string& a, const std::string& b) {
    return !a.empty() && a == b;
}

bool has_strong_date(const Identity& identity) {
    return identity.date_is_strong && !identity.last_modified.empty();
}

constexpr std::array<std::string_view, 3> PageTypes{"text/html", "application/xhtml+xml",
                                                    "application/vnd.wap.xhtml+xml"};
constexpr std::array<std::string_view, 5> PageEndings{".html", ".htm", ".xhtml", ".xht", ".shtml"};

} // namespace

Identity identity_of(const HttpResponse& response, std::optional<uint64_t> size) {
    return {response.etag, response.last_modified, response.date_is_strong(), size, response.content_type};
}

bool is_strong(const Identity& identity) {
    return !identity.etag.empty() || has_strong_date(identity);
}

/// With the same strong tag the dates do not matter: the nodes of a content delivery network may each have
/// their own date for the same bytes.
bool same_version(const Identity& ours, const Identity& theirs, bool digest) {
    if (differ(ours.size, theirs.size)) return false;
    if (agree(ours.etag, theirs.etag)) return true;
    if (differ(ours.last_modified, theirs.last_modified)) return false;
    bool same_date = agree(ours.last_modified, theirs.last_modified);
    if (differ(ours.etag, theirs.etag)) return digest && same_date && ours.size && theirs.size;
    return digest || (same_date && has_strong_date(ours));
}

bool is_another_version(const Identity& ours, const Identity& theirs) {
    if (!is_strong(theirs)) return false;
    if (differ(ours.size, theirs.size)) return true;
    return theirs.etag.empty() ? theirs.last_modified != ours.last_modified : theirs.etag != ours.etag;
}

bool clearly_differ(const Identity& ours, const Identity& theirs) {
    return differ(ours.size, theirs.size) || differ(ours.last_modified, theirs.last_modified);
}

bool is_page(std::string_view content_type) {
    return std::find(PageTypes.begin(), PageTypes.end(), content_type) != PageTypes.end();
}

bool is_page_name(std::string_view url) {
    auto path = url.substr(0, url.find_first_of("?#"));
    auto authority = path.find("://");
    auto slash = path.rfind('/');
    if (slash == std::string_view::npos || (authority != std::string_view::npos && slash < authority + 3))
        return true;
    auto name = ascii_lower(std::string{path.substr(slash + 1)});
    return name.empty() || std::any_of(PageEndings.begin(), PageEndings.end(),
                                       [&](std::string_view ending) { return name.ends_with(ending); });
}

} // namespace haulier::transfer
