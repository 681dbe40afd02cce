// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/hasher.hpp"

#include <array>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>
#include <span>

namespace haulier::transfer {

namespace {

const char* openssl_name(wire::Digest::Kind kind) {
    if (kind == wire::Digest::SHA256) return "SHA256";
    if (kind == wire::Digest::SHA512) return "SHA512";
    if (kind == wire::Digest::SHA1) return "SHA1";
    if (kind == wire::Digest::MD5) return "MD5";
    return nullptr;
}

} // namespace

void Hasher::Deleter::operator()(evp_md_ctx_st* context) const {
    EVP_MD_CTX_free(context);
}

std::unique_ptr<Hasher> Hasher::make(wire::Digest::Kind kind) {
    const char* name = openssl_name(kind);
    const EVP_MD* algorithm = name ? EVP_get_digestbyname(name) : nullptr;
    Context context{EVP_MD_CTX_new()};
    if (!algorithm || !context || EVP_DigestInit_ex(context.get(), algorithm, nullptr) != 1) return nullptr;
    return std::unique_ptr<Hasher>{new Hasher{std::move(context)}};
}

void Hasher::update(std::string_view bytes) {
    EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

std::string Hasher::hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
    unsigned length = 0;
    EVP_DigestFinal_ex(context_.get(), raw.data(), &length);
    return fmt::format("{:02x}", fmt::join(std::span{raw}.first(length), ""));
}

} // namespace haulier::transfer
