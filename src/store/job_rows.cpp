// SPDX-License-Identifier: LGPL-2.1-or-later
// A job, how its requests are made, and its credentials.
#include "store/rows.hpp"

#include "job/validation.hpp"
#include "store/columns.hpp"

namespace haulier::store {

namespace {

void put_error(BoundStatement& use, const std::optional<job::JobError>& error) {
    if (!error) {
        use.null().null().null().null();
        return;
    }
    use.text(to_string(error->cause)).integer(error->code).text(error->message);
    put_number_of_file(use, error->file);
}

std::optional<job::JobError> take_error(Row& row) {
    auto cause = row.optional([&] { return row.parsed(job::parse_cause); });
    auto code = row.optional([&] { return row.i32(); });
    auto message = row.optional([&] { return row.text(); });
    auto file = row.number_of_file();
    if (!cause) return std::nullopt;
    return job::JobError{*cause, code.value_or(0), message.value_or(""), file};
}

/// What the client chose about when and how much.
void put_choices(BoundStatement& use, const job::Job& job) {
    use.text(to_string(job.priority));
    if (job.network_cost)
        use.text(to_string(*job.network_cost));
    else
        use.null();
    use.text(to_string(job.power_policy));
    put_bits(use, job.bandwidth_limit);
    put_date(use, "date before which it does not run", job.not_before);
    use.integer(job.auto_complete).integer(job.dynamic_content);
    use.integer(job.high_performance).integer(job.on_demand).integer(job.ranges_wanted);
    put_size(use, job.maximum_download_size);
    put(use, "maximum download time", job.maximum_download_time.count(), MaxU32);
}

void take_choices(Row& row, job::Job& job) {
    job.priority = row.parsed(without_reason(job::parse_priority));
    job.network_cost = row.optional([&] { return row.parsed(without_reason(job::parse_network_cost)); });
    job.power_policy = row.parsed(without_reason(job::parse_power_policy));
    job.bandwidth_limit = row.bits();
    job.not_before = row.date();
    job.auto_complete = row.truth();
    job.dynamic_content = row.truth();
    job.high_performance = row.truth();
    job.on_demand = row.truth();
    job.ranges_wanted = row.truth();
    job.maximum_download_size = row.size();
    job.maximum_download_time = std::chrono::seconds{row.u32()};
}

/// Nothing in the first column: there is no such row.
job::Http take_http(Row& row) {
    job::Http http;
    if (!row.optional([&] { return row.id(); })) return http;
    http.headers = row.list(lines_from_text);
    http.headers_write_only = row.truth();
    http.method = row.text();
    http.security = row.parsed(security_flags_from_text);
    http.redirect = row.parsed(without_reason(job::parse_redirect_policy));
    http.client_certificate = row.text();
    http.proxy.mode = row.parsed(without_reason(job::parse_proxy_mode));
    http.proxy.list = row.text();
    http.proxy.bypass = row.text();
    return http;
}

} // namespace

void bind_job(BoundStatement& use, const job::Job& job) {
    put_id(use, job.id);
    use.text(to_string(job.type))
        .integer(job.owner)
        .text(job.key)
        .text(to_string(job.state))
        .integer(job.completing);
    use.text(job.display_name).text(job.description);
    use.text(to_text(job.notify_flags)).text(job.notify_service.name).text(job.notify_service.path);
    put(use, "minimum notification interval", job.minimum_notification_interval.count(), MaxU32);
    put_date(use, "creation date", job.created);
    put_date(use, "modification date", job.modified);
    put_date(use, "transfer date", job.transferred_at);
    put_error(use, job.error);
    use.integer(job.error_count);
    put(use, "minimum retry delay", job.minimum_retry_delay.count(), MaxU32);
    put(use, "no-progress timeout", job.no_progress_timeout.count(), MaxU32);
    use.integer(job.failures);
    put_span(use, "retry wait", job.retry_wait);
    put_date(use, "retry date", job.retry_date);
    put_span(use, "stalled time", job.stalled_for);
    put_choices(use, job);
    put_span(use, "active time", job.active_for);
    use.integer(job.resumed).integer(job.expired).text(job.reply_file_name);
    put_size(use, job.reply_total);
    put_bits(use, job.reply_transferred);
}

Result<job::Job> read_job(BoundStatement& use) {
    Row row{use};
    job::Job job;
    job.id = row.id();
    job.type = row.parsed(without_reason(job::parse_type));
    job.owner = row.u32();
    job.key = row.text();
    job.state = row.parsed(job::parse_state);
    job.completing = row.truth();
    job.display_name = row.text();
    job.description = row.text();
    job.notify_flags = row.parsed(notify_flags_from_text);
    job.notify_service.name = row.text();
    job.notify_service.path = row.text();
    job.minimum_notification_interval = std::chrono::milliseconds{row.u32()};
    job.created = row.date();
    job.modified = row.date();
    job.transferred_at = row.date();
    job.error = take_error(row);
    job.error_count = row.u32();
    job.minimum_retry_delay = std::chrono::seconds{row.u32()};
    job.no_progress_timeout = std::chrono::seconds{row.u32()};
    job.failures = row.u32();
    job.retry_wait = row.span();
    job.retry_date = row.date();
    job.stalled_for = row.span();
    take_choices(row, job);
    job.active_for = row.span();
    job.resumed = row.truth();
    job.expired = row.truth();
    job.reply_file_name = row.text();
    job.reply_total = row.size();
    job.reply_transferred = row.bits();
    job.http = take_http(row);
    return if_sound(row, std::move(job));
}

bool has_http(const job::Http& http) {
    job::Http usual;
    usual.credentials = http.credentials;
    return http != usual;
}

void bind_http(BoundStatement& use, const job::Id& job, const job::Http& http) {
    use.text(job.hex);
    put_list(use, "list of headers", http.headers, lines_from_text);
    use.integer(http.headers_write_only)
        .text(http.method)
        .text(to_text(http.security))
        .text(to_string(http.redirect))
        .text(http.client_certificate);
    use.text(to_string(http.proxy.mode)).text(http.proxy.list).text(http.proxy.bypass);
}

void bind_credentials(BoundStatement& use, const job::Id& job, size_t number,
                      const job::Credentials& credentials) {
    use.text(job.hex).integer(static_cast<int64_t>(number));
    use.text(to_string(credentials.target)).text(to_string(credentials.scheme));
    use.text(credentials.user).text(credentials.password).text(credentials.only_for);
}

Result<job::Credentials> read_credentials(BoundStatement& use, size_t number) {
    Row row{use};
    job::Credentials credentials;
    row.number(number);
    credentials.target = row.parsed(without_reason(job::parse_target));
    credentials.scheme = row.parsed(without_reason(job::parse_scheme));
    credentials.user = row.text();
    credentials.password = row.text();
    credentials.only_for = row.text();
    return if_sound(row, std::move(credentials));
}

} // namespace haulier::store
