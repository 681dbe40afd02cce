// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/abandonment.hpp"

#include "transfer/tus.hpp"

#include <chrono>
#include <utility>

namespace haulier::transfer {

namespace {

constexpr Usec Patience = std::chrono::seconds{10};

} // namespace

Abandonment::Abandonment(Loop& loop, Network& network, wire::Abandon order, std::function<void()> done)
    : done_(std::move(done)), clock_(loop.after(Patience, [this] { over(); })) {
    Question question{.url = order.upload_url(), .method = "DELETE", .headers = plain_headers()};
    question.http = std::move(*order.mutable_http());
    Receiver& self = *this;
    request_ = std::make_unique<Request>(network, std::move(question), self);
}

void Abandonment::over() {
    clock_.reset();
    request_.reset();
    if (auto done = std::exchange(done_, nullptr)) done();
}

} // namespace haulier::transfer
