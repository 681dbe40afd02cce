// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/view.hpp"

#include "cli/text.hpp"
#include "cli/users.hpp"

#include <fmt/core.h>

namespace haulier::cli {

namespace {

constexpr uint64_t UnknownSize = ~uint64_t{0};
constexpr uint32_t NoFile = ~uint32_t{0};

/// The member, or `otherwise` when it is missing or of another type: an older or newer daemon is no fault.
std::string text_in(const Json& object, const char* key) {
    auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

uint64_t number_in(const Json& object, const char* key, uint64_t otherwise = 0) {
    auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<uint64_t>() : otherwise;
}

/// Element `index` of the tuple `key`; null when there is none.
Json element(const Json& object, const char* key, size_t index) {
    auto found = object.find(key);
    if (found == object.end() || !found->is_array() || found->size() <= index) return nullptr;
    return (*found)[index];
}

bool is_size(const std::string& property) {
    return property == "BytesTotal" || property == "BytesTransferred" || property == "MaximumDownloadSize" ||
           property == "BandwidthLimit" || property == "Total" || property == "Received";
}

bool is_span(const std::string& property) {
    return property == "MinimumRetryDelay" || property == "NoProgressTimeout" ||
           property == "MaximumDownloadTime";
}

bool is_date(const std::string& property) {
    return property == "NotBefore" || (property.ends_with("Time") && !is_span(property));
}

/// Members of the tuples of the contract, in their order.
std::vector<std::string> members_of(const std::string& property) {
    if (property == "WaitReason") return {"Reason", "Until"};
    if (property == "Error") return {"Context", "Name", "Code", "Message", "File"};
    if (property == "NotifyService" || property == "NotifyObject") return {"Name", "Path"};
    if (property == "ReplyProgress") return {"Total", "Received"};
    return {};
}

Json presented_value(const std::string& property, const Json& value);

/// What stands for "none" in the contract.
bool is_none(const std::string& property, const Json& value) {
    if (property == "BytesTotal" || property == "Total" || property == "MaximumDownloadSize" ||
        property == "Length")
        return value == UnknownSize;
    if (property == "TransferCompletionTime" || property == "Until" || property == "NotBefore" ||
        property == "BandwidthLimit")
        return value == 0;
    if (property == "File") return value == NoFile;
    if (!value.is_array() || members_of(property).empty()) return false;
    if (property == "ReplyProgress") return value == Json::array({UnknownSize, 0});
    return property == "Error" ? value[1] == "" : value[0] == "";
}

bool is_pair(const Json& value) {
    return value.is_array() && value.size() == 2 && value[0].is_number() && value[1].is_number();
}

Json presented_ranges(const Json& list) {
    Json out = Json::array();
    for (const auto& range : list)
        out.push_back(is_pair(range) ? presented_range(range[0], range[1]) : range);
    return out;
}

Json presented_value(const std::string& property, const Json& value) {
    if (is_none(property, value)) return nullptr;
    if (property == "Ranges" && value.is_array()) return presented_ranges(value);
    auto members = members_of(property);
    if (members.empty() || !value.is_array() || value.size() != members.size()) return value;
    Json object = Json::object();
    for (size_t i = 0; i < members.size(); ++i)
        object[members[i]] = presented_value(members[i], value[i]);
    return object;
}

std::string plain(const Json& value) {
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    return value.is_string() ? harmless(value.get<std::string>()) : value.dump();
}

std::string word_for_none(const std::string& property) {
    if (property == "BytesTotal") return "unknown";
    return is_date(property) && property != "NotBefore" ? "never" : "none";
}

std::string range_in_words(const Json& range) {
    bool to_end = range[1] == UnknownSize;
    return fmt::format("{}:{}", range[0].dump(), to_end ? "" : range[1].dump());
}

std::string reply_in_words(const Json& progress) {
    std::optional<uint64_t> total;
    if (progress[0] != UnknownSize) total = progress[0].get<uint64_t>();
    return amount_text(progress[1].get<uint64_t>(), total);
}

/// Several lines in one.
std::string joined(std::string text) {
    while (text.ends_with('\n'))
        text.pop_back();
    for (size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2)
        text.replace(at, 1, "; ");
    return harmless(text);
}

std::string list_in_words(const std::string& property, const Json& list) {
    std::string out;
    for (const auto& value : list) {
        if (property == "WaitReason" && &value == &list.back())
            return value == 0 ? out : fmt::format("{} until {}", out, date_text(value.get<uint64_t>()));
        auto word = property == "Ranges" && is_pair(value) ? range_in_words(value) : plain(value);
        out += (out.empty() ? "" : " ") + word;
    }
    return list.empty() ? "none" : out;
}

} // namespace

Json presented_range(const Json& offset, const Json& length) {
    return {{"Offset", offset}, {"Length", presented_value("Length", length)}};
}

JobView view_of(const Json& properties) {
    JobView job;
    job.id = text_in(properties, "Id");
    job.key = text_in(properties, "Key");
    job.name = text_in(properties, "DisplayName");
    job.state = text_in(properties, "State");
    job.owner = static_cast<uint32_t>(number_in(properties, "Owner"));
    auto reason = element(properties, "WaitReason", 0);
    job.wait_reason = reason.is_string() ? reason.get<std::string>() : "";
    auto until = element(properties, "WaitReason", 1);
    job.wait_until = until.is_number_integer() ? until.get<uint64_t>() : 0;
    job.done = number_in(properties, "BytesTransferred");
    auto total = number_in(properties, "BytesTotal", UnknownSize);
    if (total != UnknownSize) job.total = total;
    job.files = number_in(properties, "FilesTotal");
    job.files_done = number_in(properties, "FilesTransferred");
    auto message = element(properties, "Error", 3);
    job.error_sentence = message.is_string() ? message.get<std::string>() : "";
    return job;
}

bool has_ended(const JobView& job) {
    return job.state == "cancelled" || job.state == "acknowledged";
}

std::optional<End> end_of(const JobView& job) {
    if (job.state == "cancelled") return End::Cancelled;
    if (job.state == "acknowledged") return job.files_done < job.files ? End::Partial : End::Completed;
    if (job.wait_reason == "completing") return std::nullopt;
    if (job.state == "transferred") return End::Transferred;
    if (job.state == "error") return End::Failed;
    return std::nullopt;
}

End end_from_result(const std::string& result) {
    if (result == "complete") return End::Completed;
    if (result == "partial") return End::Partial;
    if (result == "expired") return End::Expired;
    if (result == "taken") return End::Taken;
    return End::Cancelled;
}

Json presented(const Json& properties) {
    Json out = Json::object();
    for (const auto& [property, value] : properties.items())
        out[property] = presented_value(property, value);
    return out;
}

std::string in_words(const std::string& property, const Json& value) {
    if (is_none(property, value)) return word_for_none(property);
    if (property == "Owner" && value.is_number()) return user_name(value.get<uint32_t>());
    if (property == "BandwidthLimit" && value.is_number()) return size_text(value.get<uint64_t>()) + "/s";
    if (property == "ResponseHeaders" && value.is_string()) return joined(value.get<std::string>());
    if (is_size(property) && value.is_number()) return size_text(value.get<uint64_t>());
    if (is_date(property) && value.is_number()) return date_text(value.get<uint64_t>());
    if (is_span(property) && value.is_number()) return span_text(std::chrono::seconds{value.get<int64_t>()});
    if (property == "ReplyProgress" && is_pair(value)) return reply_in_words(value);
    if (property == "Error" && value.is_array())
        return fmt::format("{}: {}", plain(value[1]), plain(value[3]));
    if (value.is_array()) return list_in_words(property, value);
    return plain(value);
}

} // namespace haulier::cli
