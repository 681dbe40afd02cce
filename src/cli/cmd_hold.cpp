// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl hold and release: all jobs stop for a while.
#include "cli/commands.hpp"
#include "cli/create.hpp"
#include "cli/i18n.hpp"
#include "cli/measures.hpp"
#include "cli/output.hpp"
#include "cli/text.hpp"

namespace haulier::cli {

namespace {

/// Of a number without a unit: a second.
constexpr uint64_t SpanUnit = 1'000'000;

/// 0 without a span.
Result<uint64_t, Failure> end_of_hold(const std::string& span) {
    if (span.empty()) return uint64_t{0};
    auto length = parse_span(span, SpanUnit);
    if (!length) return length.error();
    return now_usec() + *length;
}

Result<Exit, Failure> tell(Client& client, const Common& common) {
    auto daemon = client.daemon();
    if (!daemon) return daemon.error();
    if (common.json) {
        print_json({{"Held", daemon->value("Held", false)}, {"HeldUntil", daemon->value("HeldUntil", 0ULL)}});
        return Exit::Ok;
    }
    if (!common.quiet) print(held_text(*daemon) + "\n");
    return Exit::Ok;
}

} // namespace

std::string held_text(const Json& daemon) {
    if (!daemon.value("Held", false)) return _("your jobs are not held");
    auto until = daemon.value("HeldUntil", 0ULL);
    if (until == 0) return _("your jobs are held until they are released");
    return translate("your jobs are held until {}", date_text(until));
}

Result<Exit, Failure> hold(const Common& common, const HoldOptions& options) {
    auto until = end_of_hold(options.span);
    if (!until) return until.error();
    auto client = common.connect(common.access);
    if (!client) return client.error();
    if (auto held = (*client)->hold(*until, common.access.all_users); !held) return held.error();
    return tell(**client, common);
}

Result<Exit, Failure> release(const Common& common, const ReleaseOptions& /*options*/) {
    auto client = common.connect(common.access);
    if (!client) return client.error();
    if (auto released = (*client)->release(common.access.all_users); !released) return released.error();
    return tell(**client, common);
}

} // namespace haulier::cli
