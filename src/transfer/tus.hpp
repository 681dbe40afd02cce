// SPDX-License-Identifier: LGPL-2.1-or-later
// The rules of tus 1.0 (https://tus.io/protocols/resumable-upload), a protocol for uploads that can be
// resumed: what a server supports, and how many bytes it has. Pure functions over values.
#pragma once

#include "transfer/http_response.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace haulier::transfer {

inline constexpr const char* TusVersion = "1.0.0";

/// How a server accepts a file.
enum class UploadProtocol {
    Put,       ///< the whole file in one request
    TusCreate, ///< by tus; an upload must be created first
    TusUpload, ///< by tus; the URL is an upload that already exists
    Busy,      ///< the server cannot tell now and should be asked later
};

/// From the response to OPTIONS. A server that rejects the method is assumed to accept PUT.
UploadProtocol upload_protocol(const HttpResponse& options);

/// The piece to send after one of `size` bytes was too large for the server; nothing if it was small already.
std::optional<uint64_t> smaller_piece(uint64_t size);

/// How many of `size` bytes the server has, from its response to HEAD or PATCH; nothing if that is invalid.
std::optional<uint64_t> received_bytes(const HttpResponse& response, uint64_t size);

/// Headers of the POST request that creates an upload.
std::vector<std::string> creation_headers(const std::string& name, uint64_t size);
/// Headers of the PATCH request that sends the bytes from `offset` on.
std::vector<std::string> patch_headers(uint64_t offset);
/// Headers of all other requests.
std::vector<std::string> plain_headers();

} // namespace haulier::transfer
