// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/hold_table.hpp"

#include <utility>

namespace haulier::daemon {

Status HoldTable::load() {
    auto stored = context_.commits.store().load_holds();
    if (!stored) return stored.error();
    for (const auto& [scope, until] : *stored)
        durable_.set(scope, until);
    working_ = durable_;
    end_due();
    return Done{};
}

void HoldTable::hold(job::Scope scope, WallTime until, const Callback<Done>& reply) {
    auto valid = job::check_end_of_hold(until, context_.clock.now().wall);
    if (!valid) return reply(valid.error());
    auto holds = working_;
    holds.set(scope, until);
    if (context_.commits.set_hold({scope, until}, adopting(reply))) apply(holds);
}

void HoldTable::release(job::Scope scope, const Callback<Done>& reply) {
    auto holds = working_;
    holds.release(scope);
    if (context_.commits.release_hold(scope, adopting(reply))) apply(holds);
}

/// The jobs change in the same commit. If one of them cannot be changed, all is as before.
Callback<Done> HoldTable::adopting(const Callback<Done>& reply) {
    return [this, reply](const Status& stored) {
        if (!stored) {
            apply(durable_);
            return reply(stored.error());
        }
        auto before = std::exchange(durable_, working_);
        context_.announcer.observer().holds_changed(before);
        reply(Done{});
    };
}

void HoldTable::apply(const job::Holds& holds) {
    working_ = holds;
    await_end();
    apply_(working_);
}

void HoldTable::await_end() {
    end_.reset();
    if (auto end = job::next_end(working_)) end_ = context_.loop.at_date(*end, [this] { end_due(); });
}

/// A date has come. Even if that cannot be stored now, the hold does not go on.
void HoldTable::end_due() {
    auto now = context_.clock.now().wall;
    auto holds = working_;
    auto ended = job::drop_ended(holds, now);
    apply(holds);
    for (const auto& scope : ended)
        context_.commits.end_hold(scope, now);
    auto before = durable_;
    job::drop_ended(durable_, now);
    context_.announcer.observer().holds_changed(before);
}

} // namespace haulier::daemon
