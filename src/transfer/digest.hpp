// SPDX-License-Identifier: LGPL-2.1-or-later
// A checksum that is computed while the bytes come in.
#pragma once

#include "worker.pb.h"

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace haulier::transfer {

class Hasher {
public:
    /// Nothing if this system's OpenSSL refuses the algorithm, or `kind` is none.
    static std::unique_ptr<Hasher> make(wire::Digest::Kind kind);

    void update(std::string_view bytes);
    /// Lower-case; the hasher is used up.
    std::string hex();

private:
    struct Freed {
        void operator()(evp_md_ctx_st* context) const;
    };
    using Context = std::unique_ptr<evp_md_ctx_st, Freed>;
    explicit Hasher(Context context) : context_(std::move(context)) {}
    Context context_;
};

} // namespace haulier::transfer
