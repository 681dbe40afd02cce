// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/tus.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <string_view>

namespace haulier::transfer {

namespace {

/// Servers that take no more than this in one request cannot be used.
constexpr uint64_t SmallestPiece = 64 * 1024;

/// `list` is comma-separated.
bool contains(std::string_view list, std::string_view word) {
    while (!list.empty()) {
        auto comma = list.find(',');
        if (trimmed(list.substr(0, comma)) == word) return true;
        list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    }
    return false;
}

std::string base64(std::string_view bytes) {
    constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (size_t at = 0; at < bytes.size(); at += 3) {
        uint32_t three = 0;
        for (size_t i = at; i < at + 3; ++i)
            three = three << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
        for (unsigned shift : {18U, 12U, 6U, 0U})
            text += alphabet[three >> shift & 63U];
    }
    if (bytes.size() % 3 != 0)
        text.replace(text.size() - (3 - bytes.size() % 3), std::string::npos, 3 - bytes.size() % 3, '=');
    return text;
}

bool is_busy(int status) {
    return status == 408 || status == 429 || (status >= 502 && status <= 504);
}

} // namespace

UploadProtocol upload_protocol(const HttpResponse& options) {
    bool speaks_tus = options.tus.resumable == TusVersion || contains(options.tus.versions, TusVersion);
    if (options.status >= 200 && options.status < 300 && speaks_tus)
        return contains(options.tus.extensions, "creation") ? UploadProtocol::TusCreate
                                                            : UploadProtocol::TusUpload;
    return is_busy(options.status) ? UploadProtocol::Busy : UploadProtocol::Put;
}

std::optional<uint64_t> smaller_piece(uint64_t size) {
    if (size <= SmallestPiece) return {};
    return std::max(size / 2, SmallestPiece);
}

std::optional<uint64_t> received_bytes(const HttpResponse& response, uint64_t size) {
    auto offset = response.tus.offset;
    if (response.contradictory || !offset || *offset > size) return {};
    if (response.tus.length && *response.tus.length != size) return {};
    return offset;
}

std::vector<std::string> plain_headers() {
    return {fmt::format("Tus-Resumable: {}", TusVersion)};
}

std::vector<std::string> creation_headers(const std::string& name, uint64_t size) {
    auto headers = plain_headers();
    headers.push_back(fmt::format("Upload-Length: {}", size));
    headers.push_back(fmt::format("Upload-Metadata: filename {}", base64(name)));
    return headers;
}

std::vector<std::string> patch_headers(uint64_t offset) {
    auto headers = plain_headers();
    headers.push_back(fmt::format("Upload-Offset: {}", offset));
    headers.emplace_back("Content-Type: application/offset+octet-stream");
    return headers;
}

} // namespace haulier::transfer
