// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/metrics_text.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <map>
#include <utility>

namespace haulier::cli {

namespace {

constexpr double Microseconds = 1e6;

/// The series of one metric, by their labels.
class Metric {
public:
    Metric(std::string name, const char* kind, const char* help) : name_(std::move(name)) {
        head_ = fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name_, help, kind);
    }
    using Labels = std::vector<std::pair<const char*, std::string>>;
    double& of(const Labels& labels) {
        std::string text;
        for (const auto& [label, value] : labels)
            text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", label, value);
        return series_[text];
    }
    [[nodiscard]] std::string text() const {
        if (series_.empty()) return {};
        auto out = head_;
        for (const auto& [labels, value] : series_)
            out += fmt::format("{}{{{}}} {}\n", name_, labels, value);
        return out;
    }

private:
    std::string name_;
    std::string head_;
    std::map<std::string, double> series_;
};

std::string owner_of(const Json& object) {
    return std::to_string(object.value("Owner", uint32_t{0}));
}

double number_of(const Json& object, const char* name) {
    auto found = object.find(name);
    return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

std::string gauges(const std::vector<Json>& jobs, uint64_t now_usec) {
    Metric count{"haulier_jobs", "gauge", "Unfinished jobs."};
    Metric errors{"haulier_job_errors", "gauge", "Unfinished jobs whose last attempt failed."};
    Metric known{"haulier_known_bytes", "gauge", "Size of unfinished jobs, as far as it is known."};
    Metric here{"haulier_transferred_bytes", "gauge", "Bytes of unfinished jobs that are transferred."};
    Metric rate{"haulier_rate_bytes_per_second", "gauge", "Bytes a second of running jobs."};
    Metric age{"haulier_oldest_job_seconds", "gauge", "Age of the oldest unfinished job."};
    for (const auto& properties : jobs) {
        auto job = view_of(properties);
        auto owner = owner_of(properties);
        count.of({{"owner", owner}, {"state", job.state}, {"reason", job.wait_reason}}) += 1;
        if (!job.error_name.empty()) errors.of({{"owner", owner}, {"error", job.error_name}}) += 1;
        known.of({{"owner", owner}}) += number_of(properties, "BytesKnown");
        here.of({{"owner", owner}}) += number_of(properties, "BytesTransferred");
        rate.of({{"owner", owner}}) += number_of(properties, "Rate");
        auto seconds = (static_cast<double>(now_usec) - number_of(properties, "CreationTime")) / Microseconds;
        auto& oldest = age.of({{"owner", owner}, {"state", job.state}});
        oldest = std::max(oldest, seconds);
    }
    return count.text() + errors.text() + known.text() + here.text() + rate.text() + age.text();
}

struct CounterMetric {
    const char* counter;
    const char* name;
    const char* help;
};
constexpr std::array CounterMetrics{
    CounterMetric{"BytesReceived", "haulier_received_bytes_total", "Bytes of files received."},
    CounterMetric{"BytesSent", "haulier_sent_bytes_total", "Bytes of files sent."},
    CounterMetric{"BytesDiscarded", "haulier_discarded_bytes_total", "Bytes transferred in vain."},
    CounterMetric{"JobsCreated", "haulier_jobs_created_total", "Jobs created."},
    CounterMetric{"JobsCompleted", "haulier_jobs_completed_total", "Jobs completed."},
    CounterMetric{"JobsFailed", "haulier_jobs_failed_total", "How often a job went to error."},
    CounterMetric{"JobsCancelled", "haulier_jobs_cancelled_total", "Jobs cancelled."},
    CounterMetric{"JobsExpired", "haulier_jobs_expired_total", "Jobs that were not used for too long."},
    CounterMetric{"Retries", "haulier_retries_total", "Failures after which a file is tried again."},
    CounterMetric{"FilesRestarted", "haulier_files_restarted_total", "Files that changed on the server."},
};

std::string counters(const std::vector<Json>& statistics) {
    std::string out;
    for (const auto& [counter, name, help] : CounterMetrics) {
        Metric metric{name, "counter", help};
        for (const auto& owner : statistics)
            metric.of({{"owner", owner_of(owner)}}) = number_of(owner, counter);
        out += metric.text();
    }
    Metric since{"haulier_statistics_start_time_seconds", "gauge", "When the counters of the owner began."};
    for (const auto& owner : statistics)
        since.of({{"owner", owner_of(owner)}}) = number_of(owner, "Since") / Microseconds;
    return out + since.text();
}

} // namespace

std::string metrics_text(const std::vector<Json>& jobs, const std::vector<Json>& statistics,
                         uint64_t now_usec) {
    return gauges(jobs, now_usec) + counters(statistics);
}

} // namespace haulier::cli
