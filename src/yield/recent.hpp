// SPDX-License-Identifier: LGPL-2.1-or-later
// The best value within a sliding span of time. The span is divided into steps, and only the best value of
// each step is kept.
#pragma once

#include "base/clock.hpp"

#include <deque>
#include <functional>
#include <optional>

namespace haulier::yield {

template <class Value, class IsBetter>
class Recent {
public:
    Recent(Usec span, Usec step) : span_(span), step_(step) {}

    void note(Value value, BootTime now) {
        forget(now);
        if (values_.empty() || now - values_.back().since >= step_)
            values_.push_back({now, value});
        else if (IsBetter{}(value, values_.back().value))
            values_.back().value = value;
    }
    void forget(BootTime now) {
        while (!values_.empty() && now - values_.front().since > span_)
            values_.pop_front();
    }
    /// Returns nothing if no value was noted in the span that ended with the last call of note() or forget().
    [[nodiscard]] std::optional<Value> best() const {
        std::optional<Value> found;
        for (const auto& one : values_)
            if (!found || IsBetter{}(one.value, *found)) found = one.value;
        return found;
    }
    void clear() { values_.clear(); }

private:
    struct Step {
        BootTime since;
        Value value;
    };
    Usec span_;
    Usec step_;
    std::deque<Step> values_;
};

template <class Value>
using RecentMinimum = Recent<Value, std::less<Value>>;
template <class Value>
using RecentMaximum = Recent<Value, std::greater<Value>>;

} // namespace haulier::yield
