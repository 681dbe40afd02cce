// SPDX-License-Identifier: LGPL-2.1-or-later
// A tus server is asked to forget an upload. Done as a kindness: one try, in limited time, and whatever comes
// of it.
#pragma once

#include "base/event.hpp"
#include "transfer/question.hpp"
#include "transfer/request.hpp"
#include "worker.pb.h"

#include <functional>
#include <memory>

namespace haulier::transfer {

class Abandonment final : private Receiver {
public:
    /// `done` is called once, from the loop.
    Abandonment(Loop& loop, Network& network, wire::Abandon order, std::function<void()> done);
    Abandonment(const Abandonment&) = delete;
    Abandonment& operator=(const Abandonment&) = delete;

private:
    Take body(const Answer&, std::string_view) noexcept override { return Take::Stop; }
    void ended(const Answer&, const Ending&) override { over(); }
    void over();

    std::function<void()> done_;
    std::unique_ptr<Request> request_;
    Source clock_;
};

} // namespace haulier::transfer
