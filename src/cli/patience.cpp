// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/patience.hpp"

#include "cli/i18n.hpp"
#include "cli/measures.hpp"
#include "cli/properties.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <optional>

namespace haulier::cli {

namespace {

constexpr uint64_t PatienceUnit = 1'000'000; // a bare number is seconds
constexpr uint32_t InScripts = 15 * 60;
constexpr uint32_t UsualDelay = 60;
constexpr uint32_t LeastDelay = 5;

uint32_t without_end() {
    return find_property("NoProgressTimeout")->default_value.get<uint32_t>();
}

Result<uint32_t, Failure> parse_patience(const std::string& text) {
    if (text == "infinity") return without_end();
    auto span = parse_span(text, PatienceUnit);
    if (!span)
        return usage_error(
            translate("--retry-for: {}; 'infinity' is the longest time", span.error().message));
    auto seconds = *span / PatienceUnit + (*span % PatienceUnit == 0 ? 0 : 1); // 0 is for no retry
    return static_cast<uint32_t>(std::min<uint64_t>(seconds, without_end()));
}

/// Seconds; nothing if the job is to keep the default of the daemon.
Result<std::optional<uint32_t>, Failure> patience_for(const NewJob& job, const EndOptions& options,
                                                      bool on_terminal) {
    if (options.no_retry) return std::optional{uint32_t{0}};
    if (!options.retry_for.empty()) {
        auto wanted = parse_patience(options.retry_for);
        if (!wanted) return wanted.error();
        return std::optional{*wanted};
    }
    bool ends = !options.no_wait && !on_terminal && job.properties.count("NoProgressTimeout") == 0;
    return ends ? std::optional{InScripts} : std::nullopt;
}

} // namespace

Result<Done, Failure> set_patience(NewJob& job, const EndOptions& options, bool on_terminal) {
    auto patience = patience_for(job, options, on_terminal);
    if (!patience) return patience.error();
    if (!*patience) return Done{};
    job.properties["NoProgressTimeout"] = **patience;
    // A job whose first retry would come too late is not retried at all.
    auto delay = std::max(LeastDelay, **patience / 10);
    if (**patience > 0 && delay < UsualDelay) job.properties.try_emplace("MinimumRetryDelay", delay);
    return Done{};
}

} // namespace haulier::cli
