// SPDX-License-Identifier: LGPL-2.1-or-later
// Versions of a remote file: what tells two of them apart (RFC 9110 8.8 and 15.3.7), and what is no version
// of the file at all, such as the login page of a network.
#pragma once

#include "transfer/http_response.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace haulier::transfer {

/// What distinguishes one version of a remote file from another.
struct Identity {
    std::string etag;          ///< strong, with quotes; empty = none
    std::string last_modified; ///< as sent; empty = none
    bool date_is_strong = false;
    std::optional<uint64_t> size; ///< in bytes
    std::string content_type{};   ///< the media type in lower case; empty = none
    bool operator==(const Identity&) const = default;
};

Identity identity_of(const HttpResponse& response, std::optional<uint64_t> size);

/// It can certainly tell two versions apart: it has a strong ETag or a strong date.
bool is_strong(const Identity& identity);

/// The bytes of both provably belong to the same version. With `digest` it is enough that nothing
/// contradicts that, because a checksum will verify the whole.
bool same_version(const Identity& ours, const Identity& theirs, bool digest);
/// `theirs` has a proof of its own, which is not that of `ours`.
bool is_another_version(const Identity& ours, const Identity& theirs);
/// Both are known, and they are not the same.
template <class T>
bool differ(const std::optional<T>& a, const std::optional<T>& b) {
    return a && b && *a != *b;
}
/// Their sizes or dates contradict each other.
bool clearly_differ(const Identity& ours, const Identity& theirs);

/// HTML or XHTML.
bool is_page(std::string_view content_type);
/// The name in this URL is that of a page: a directory, or a name such as index.html.
bool is_page_name(std::string_view url);

} // namespace haulier::transfer
