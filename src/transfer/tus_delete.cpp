// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/tus_delete.hpp"

#include "transfer/tus.hpp"

#include <chrono>
#include <utility>

namespace haulier::transfer {

namespace {

constexpr Usec Timeout = std::chrono::seconds{10};

} // namespace

TusDelete::TusDelete(Loop& loop, Network& network, wire::DeleteUpload order, std::function<void()> done)
    : done_(std::move(done)), timeout_(loop.after(Timeout, [this] { finish(); })) {
    HttpRequest request{.url = order.upload_url(), .method = "DELETE", .headers = plain_headers()};
    request.http = std::move(*order.mutable_http());
    ResponseHandler& self = *this;
    transaction_ = std::make_unique<HttpTransaction>(network, std::move(request), self);
}

void TusDelete::finish() {
    timeout_.reset();
    transaction_.reset();
    if (auto done = std::exchange(done_, nullptr)) done();
}

} // namespace haulier::transfer
