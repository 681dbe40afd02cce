// SPDX-License-Identifier: LGPL-2.1-or-later
// Asks a tus server to delete an upload that is no longer wanted. There is one attempt within limited time,
// and its outcome does not matter.
#pragma once

#include "base/event.hpp"
#include "transfer/http_request.hpp"
#include "transfer/http_transaction.hpp"
#include "worker.pb.h"

#include <functional>
#include <memory>

namespace haulier::transfer {

class TusDelete final : private ResponseHandler {
public:
    /// `done` is called once, from the loop.
    TusDelete(Loop& loop, Network& network, wire::DeleteUpload order, std::function<void()> done);
    TusDelete(const TusDelete&) = delete;
    TusDelete& operator=(const TusDelete&) = delete;

private:
    BodyAction body(const HttpResponse&, std::string_view) noexcept override { return BodyAction::Abort; }
    void ended(const HttpResponse&, const TransferResult&) override { finish(); }
    void finish();

    std::function<void()> done_;
    std::unique_ptr<HttpTransaction> transaction_;
    Source timeout_;
};

} // namespace haulier::transfer
