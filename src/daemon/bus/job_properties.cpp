// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/job_object.hpp"

#include "job/conditions.hpp"
#include "job/validation.hpp"

namespace haulier::bus {

namespace {

template <class Span>
uint32_t count_of(Span span) {
    return static_cast<uint32_t>(span.count());
}

/// Where the reply goes if nobody chooses another place.
std::string reply_name(const daemon::JobRecord& entry) {
    if (entry.job.type != job::Type::UploadReply || entry.files.empty()) return entry.job.reply_file_name;
    return job::reply_file(entry.job, entry.files);
}

} // namespace

std::string JobObject::DisplayName() {
    return read([](const daemon::JobRecord& e) { return e.job.display_name; });
}

void JobObject::DisplayName(const std::string& value) {
    set("DisplayName", value);
}

std::string JobObject::Description() {
    return read([](const daemon::JobRecord& e) { return e.job.description; });
}

void JobObject::Description(const std::string& value) {
    set("Description", value);
}

std::vector<std::string> JobObject::NotifyFlags() {
    return read([](const daemon::JobRecord& e) { return job::to_strings(e.job.notify_flags); });
}

void JobObject::NotifyFlags(const std::vector<std::string>& value) {
    set("NotifyFlags", value);
}

uint32_t JobObject::MinimumNotificationInterval() {
    return read([](const daemon::JobRecord& e) { return count_of(e.job.minimum_notification_interval); });
}

void JobObject::MinimumNotificationInterval(const uint32_t& value) {
    set("MinimumNotificationInterval", value);
}

uint32_t JobObject::MinimumRetryDelay() {
    return read([](const daemon::JobRecord& e) { return count_of(e.job.minimum_retry_delay); });
}

void JobObject::MinimumRetryDelay(const uint32_t& value) {
    set("MinimumRetryDelay", value);
}

uint32_t JobObject::NoProgressTimeout() {
    return read([](const daemon::JobRecord& e) { return count_of(e.job.no_progress_timeout); });
}

void JobObject::NoProgressTimeout(const uint32_t& value) {
    set("NoProgressTimeout", value);
}

std::string JobObject::Priority() {
    return read([](const daemon::JobRecord& e) { return std::string{job::to_string(e.job.priority)}; });
}

void JobObject::Priority(const std::string& value) {
    set("Priority", value);
}

uint32_t JobObject::MaximumDownloadTime() {
    return read([](const daemon::JobRecord& e) { return count_of(e.job.maximum_download_time); });
}

void JobObject::MaximumDownloadTime(const uint32_t& value) {
    set("MaximumDownloadTime", value);
}

uint64_t JobObject::MaximumDownloadSize() {
    return read([](const daemon::JobRecord& e) { return e.job.maximum_download_size; });
}

void JobObject::MaximumDownloadSize(const uint64_t& value) {
    set("MaximumDownloadSize", value);
}

bool JobObject::AutoComplete() {
    return read([](const daemon::JobRecord& e) { return e.job.auto_complete; });
}

void JobObject::AutoComplete(const bool& value) {
    set("AutoComplete", value);
}

bool JobObject::DynamicContent() {
    return read([](const daemon::JobRecord& e) { return e.job.dynamic_content; });
}

void JobObject::DynamicContent(const bool& value) {
    set("DynamicContent", value);
}

bool JobObject::HighPerformance() {
    return read([](const daemon::JobRecord& e) { return e.job.high_performance; });
}

void JobObject::HighPerformance(const bool& value) {
    set("HighPerformance", value);
}

bool JobObject::OnDemand() {
    return read([](const daemon::JobRecord& e) { return e.job.on_demand; });
}

void JobObject::OnDemand(const bool& value) {
    set("OnDemand", value);
}

std::string JobObject::NetworkCost() {
    return read([](const daemon::JobRecord& e) { return std::string{job::to_string(job::cost_of(e.job))}; });
}

void JobObject::NetworkCost(const std::string& value) {
    set("NetworkCost", value);
}

std::string JobObject::PowerPolicy() {
    return read([](const daemon::JobRecord& e) { return std::string{job::to_string(e.job.power_policy)}; });
}

void JobObject::PowerPolicy(const std::string& value) {
    set("PowerPolicy", value);
}

uint64_t JobObject::BandwidthLimit() {
    return read([](const daemon::JobRecord& e) { return e.job.bandwidth_limit; });
}

void JobObject::BandwidthLimit(const uint64_t& value) {
    set("BandwidthLimit", value);
}

uint64_t JobObject::NotBefore() {
    return read([](const daemon::JobRecord& e) { return encode(e.job.not_before); });
}

void JobObject::NotBefore(const uint64_t& value) {
    set("NotBefore", value);
}

std::string JobObject::ProxyMode() {
    return read(
        [](const daemon::JobRecord& e) { return std::string{job::to_string(e.job.http.proxy.mode)}; });
}

void JobObject::ProxyMode(const std::string& value) {
    set("ProxyMode", value);
}

std::string JobObject::ProxyList() {
    return read([](const daemon::JobRecord& e) { return e.job.http.proxy.list; });
}

void JobObject::ProxyList(const std::string& value) {
    set("ProxyList", value);
}

std::string JobObject::ProxyBypass() {
    return read([](const daemon::JobRecord& e) { return e.job.http.proxy.bypass; });
}

void JobObject::ProxyBypass(const std::string& value) {
    set("ProxyBypass", value);
}

std::string JobObject::HttpMethod() {
    return read([](const daemon::JobRecord& e) { return e.job.http.method; });
}

void JobObject::HttpMethod(const std::string& value) {
    set("HttpMethod", value);
}

std::vector<std::string> JobObject::SecurityFlags() {
    return read([](const daemon::JobRecord& e) { return job::to_strings(e.job.http.security); });
}

void JobObject::SecurityFlags(const std::vector<std::string>& value) {
    set("SecurityFlags", value);
}

std::string JobObject::RedirectPolicy() {
    return read([](const daemon::JobRecord& e) { return std::string{job::to_string(e.job.http.redirect)}; });
}

void JobObject::RedirectPolicy(const std::string& value) {
    set("RedirectPolicy", value);
}

std::string JobObject::ClientCertificate() {
    return read([](const daemon::JobRecord& e) { return e.job.http.client_certificate; });
}

void JobObject::ClientCertificate(const std::string& value) {
    set("ClientCertificate", value);
}

std::string JobObject::ReplyFileName() {
    return read([](const daemon::JobRecord& e) { return reply_name(e); });
}

void JobObject::ReplyFileName(const std::string& value) {
    set("ReplyFileName", value);
}

} // namespace haulier::bus
