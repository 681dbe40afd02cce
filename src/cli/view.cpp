// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/view.hpp"

#include "cli/text.hpp"

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
    return property == "BytesTotal" || property == "BytesTransferred";
}

bool is_date(const std::string& property) {
    return property.ends_with("Time");
}

/// Members of the tuples of the contract, in their order.
std::vector<std::string> members_of(const std::string& property) {
    if (property == "WaitReason") return {"Reason", "Until"};
    if (property == "Error") return {"Context", "Name", "Code", "Sentence", "File"};
    if (property == "NotifyService" || property == "NotifyObject") return {"Name", "Path"};
    return {};
}

/// What stands for "none" in the contract.
bool is_none(const std::string& property, const Json& value) {
    if (property == "BytesTotal") return value == UnknownSize;
    if (property == "TransferCompletionTime" || property == "Until") return value == 0;
    if (property == "File") return value == NoFile;
    if (!value.is_array() || members_of(property).empty()) return false;
    return property == "Error" ? value[1] == "" : value[0] == "";
}

Json presented_value(const std::string& property, const Json& value) {
    if (is_none(property, value)) return nullptr;
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

std::string list_in_words(const std::string& property, const Json& list) {
    std::string out;
    for (const auto& value : list) {
        if (property == "WaitReason" && &value == &list.back())
            return value == 0 ? out : fmt::format("{} until {}", out, date_text(value.get<uint64_t>()));
        out += (out.empty() ? "" : " ") + plain(value);
    }
    return out;
}

} // namespace

JobView view_of(const Json& properties) {
    JobView job;
    job.id = text_in(properties, "Id");
    job.key = text_in(properties, "Key");
    job.name = text_in(properties, "DisplayName");
    job.state = text_in(properties, "State");
    auto reason = element(properties, "WaitReason", 0);
    job.wait_reason = reason.is_string() ? reason.get<std::string>() : "";
    auto until = element(properties, "WaitReason", 1);
    job.wait_until = until.is_number_integer() ? until.get<uint64_t>() : 0;
    job.done = number_in(properties, "BytesTransferred");
    auto total = number_in(properties, "BytesTotal", UnknownSize);
    if (total != UnknownSize) job.total = total;
    job.files = number_in(properties, "FilesTotal");
    job.files_done = number_in(properties, "FilesTransferred");
    auto sentence = element(properties, "Error", 3);
    job.error_sentence = sentence.is_string() ? sentence.get<std::string>() : "";
    return job;
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
    return End::Cancelled;
}

Json presented(const Json& properties) {
    Json out = Json::object();
    for (const auto& [property, value] : properties.items())
        out[property] = presented_value(property, value);
    return out;
}

std::string in_words(const std::string& property, const Json& value) {
    if (is_none(property, value))
        return is_date(property) ? "never" : property == "BytesTotal" ? "unknown" : "none";
    if (is_size(property) && value.is_number()) return size_text(value.get<uint64_t>());
    if (is_date(property) && value.is_number()) return date_text(value.get<uint64_t>());
    if (property == "Error" && value.is_array())
        return fmt::format("{}: {}", plain(value[1]), plain(value[3]));
    if (value.is_array()) return list_in_words(property, value);
    return plain(value);
}

} // namespace haulier::cli
