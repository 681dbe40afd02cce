// SPDX-License-Identifier: LGPL-2.1-or-later
// Computes a checksum incrementally.
#pragma once

#include "worker.pb.h"

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace haulier::transfer {

class Hasher {
public:
    /// Null if OpenSSL rejects the algorithm, for example in FIPS mode, or `kind` is NONE.
    static std::unique_ptr<Hasher> make(wire::Digest::Kind kind);

    void update(std::string_view bytes);
    /// The checksum in lower-case hexadecimal. The last call to a hasher.
    std::string hex();

private:
    struct Deleter {
        void operator()(evp_md_ctx_st* context) const;
    };
    using Context = std::unique_ptr<evp_md_ctx_st, Deleter>;
    explicit Hasher(Context context) : context_(std::move(context)) {}
    Context context_;
};

} // namespace haulier::transfer
