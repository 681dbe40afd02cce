// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl list.
#include "cli/commands.hpp"
#include "cli/create.hpp"
#include "cli/i18n.hpp"
#include "cli/interrupts.hpp"
#include "cli/job_table.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/rates.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fmt/core.h>
#include <map>
#include <string_view>
#include <unistd.h>

namespace haulier::cli {

namespace {

using std::chrono::steady_clock;

constexpr const char* Home = "\x1b[H";
constexpr const char* EraseLine = "\x1b[K\n";
constexpr const char* EraseScreen = "\x1b[H\x1b[2J";
constexpr const char* EraseRest = "\x1b[J";

TableStyle style_for(const Common& common) {
    return {common.prints_on_terminal ? terminal_size(STDOUT_FILENO).columns : SIZE_MAX,
            common.access.all_users};
}

Json public_array(const std::vector<Json>& objects) {
    Json all = Json::array();
    for (const auto& object : objects)
        all.push_back(to_public_json(object));
    return all;
}

std::string empty_text(const ListOptions& options) {
    return options.states.empty() ? _("There are no unfinished jobs.\n") : _("There are no such jobs.\n");
}

/// Draws the table again and again, until the user interrupts.
class LiveList {
public:
    LiveList(Client& client, const Common& common, const ListOptions& options)
        : client_(client), common_(common), options_(options) {}

    Result<Exit, Failure> run() {
        Interrupts interrupts;
        print(EraseScreen);
        for (;;) {
            auto begin = steady_clock::now();
            auto jobs = client_.list(options_.states, common_.access.all_users);
            if (!jobs) return jobs.error();
            draw(*jobs);
            // A list that takes long is read less often.
            auto pause =
                std::max<steady_clock::duration>(std::chrono::seconds{1}, 10 * (steady_clock::now() - begin));
            auto next = begin + pause;
            for (;;) {
                auto wakeup = client_.run_once(&interrupts, next);
                if (!wakeup) return wakeup.error();
                if (*wakeup == Wakeup::Interrupt) return Exit::Ok;
                if (*wakeup == Wakeup::Deadline) break;
            }
        }
    }

private:
    Rates rates_of(const std::vector<Json>& jobs) {
        std::map<std::string, RateMeter> meters;
        Rates rates;
        auto now = steady_clock::now();
        for (const auto& properties : jobs) {
            auto job = view_of(properties);
            if (job.state != "transferring") continue;
            auto& meter = meters[job.id] = std::move(meters_[job.id]);
            meter.add(now, job.done);
            if (auto rate = meter.rate(now)) rates[job.id] = *rate;
        }
        meters_ = std::move(meters);
        return rates;
    }

    void draw(const std::vector<Json>& jobs) {
        auto size = terminal_size(STDOUT_FILENO);
        auto text = jobs.empty() ? empty_text(options_)
                                 : job_table(jobs, rates_of(jobs), now_usec(), style_for(common_));
        std::string out = Home;
        size_t begin = 0;
        for (size_t line = 0; begin < text.size() && line + 1 < size.rows; ++line) {
            auto end = text.find('\n', begin);
            out += text.substr(begin, end - begin) + EraseLine;
            begin = end + 1;
        }
        print(out + EraseRest);
    }

    Client& client_;
    const Common& common_;
    const ListOptions& options_;
    std::map<std::string, RateMeter> meters_;
};

Result<Exit, Failure> print_table(Client& client, const Common& common, const ListOptions& options,
                                  std::vector<Json> jobs) {
    Rates rates;
    if (common.prints_on_terminal) {
        auto measured =
            measure_rates(client, jobs, [&] { return client.list(options.states, common.access.all_users); });
        if (!measured) return measured.error();
        rates = *measured;
    }
    if (!jobs.empty())
        print(job_table(jobs, rates, now_usec(), style_for(common)));
    else if (common.prints_on_terminal && !common.quiet)
        print_stderr(empty_text(options));
    return Exit::Ok;
}

} // namespace

Result<Exit, Failure> list(const Common& common, const ListOptions& options) {
    const char* type = std::getenv("TERM");
    bool is_dumb = type && std::string_view{type} == "dumb";
    if (options.watch && (common.json || is_dumb || !common.prints_on_terminal))
        return usage_error(_("--watch needs a terminal; 'haulierctl monitor' prints changes for scripts"));
    auto client = common.connect(common.access);
    if (!client) return client.error();
    if (options.watch) return LiveList{**client, common, options}.run();
    auto jobs = (*client)->list(options.states, common.access.all_users);
    if (!jobs) return jobs.error();
    if (!common.json) return print_table(**client, common, options, std::move(*jobs));
    print_json(public_array(*jobs));
    return Exit::Ok;
}

} // namespace haulier::cli
