// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/view.hpp"

#include "cli/i18n.hpp"
#include "cli/names.hpp"
#include "cli/properties.hpp"
#include "cli/text.hpp"
#include "cli/wait_reason.hpp"

#include <fmt/core.h>

namespace haulier::cli {

namespace {

constexpr uint64_t UnknownSize = ~uint64_t{0};
constexpr uint32_t NoFile = ~uint32_t{0};

/// The member, or a default if it is missing or has another type, as with an older or newer daemon.
std::string text_in(const Json& object, const char* key) {
    auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

uint64_t number_in(const Json& object, const char* key, uint64_t otherwise = 0) {
    auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<uint64_t>() : otherwise;
}

/// Element `index` of the structure `key`; null if there is none.
Json element(const Json& object, const char* key, size_t index) {
    auto found = object.find(key);
    if (found == object.end() || !found->is_array() || found->size() <= index) return nullptr;
    return (*found)[index];
}

std::string text_at(const Json& object, const char* key, size_t index) {
    auto found = element(object, key, index);
    return found.is_string() ? found.get<std::string>() : "";
}

template <class T>
T number_at(const Json& object, const char* key, size_t index) {
    auto found = element(object, key, index);
    return found.is_number_integer() ? found.get<T>() : 0;
}

/// Members of structures, in their order, and for each the value that means none, if there is one.
struct Member {
    std::string name;
    Json none = nullptr;
};

std::vector<Member> members_of(const std::string& property) {
    if (property == "WaitReason") return {{"Reason"}, {"Until", 0}};
    if (property == "Error") return {{"Context"}, {"Name"}, {"Code"}, {"Message"}, {"File", NoFile}};
    if (property == "NotifyService" || property == "NotifyObject") return {{"Name"}, {"Path"}};
    if (property == "ReplyProgress") return {{"Total", UnknownSize}, {"Received"}};
    return {};
}

bool is_none(const Json& none, const Json& value) {
    return !none.is_null() && none == value;
}

bool is_pair(const Json& value) {
    return value.is_array() && value.size() == 2 && value[0].is_number() && value[1].is_number();
}

Json public_ranges(const Json& list) {
    Json out = Json::array();
    for (const auto& range : list)
        out.push_back(is_pair(range) ? public_range(range[0], range[1]) : range);
    return out;
}

Json public_value(const std::string& name, const Json& value) {
    const auto* property = find_property(name);
    if (property && is_none(property->none, value)) return nullptr;
    if (name == "Ranges" && value.is_array()) return public_ranges(value);
    auto members = members_of(name);
    if (!value.is_array() || value.empty() || value.size() > members.size()) return value;
    Json object = Json::object();
    for (size_t i = 0; i < value.size(); ++i)
        object[members[i].name] = is_none(members[i].none, value[i]) ? Json(nullptr) : value[i];
    return object;
}

std::string plain(const Json& value) {
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    return value.is_string() ? sanitize(value.get<std::string>()) : value.dump();
}

std::string word_for_none(const Property& property) {
    if (property.settable || property.none.is_array()) return "none";
    return property.unit == Unit::DateUsec ? _("never") : _("unknown");
}

std::string format_number(Unit unit, const Json& number) {
    switch (unit) {
    case Unit::Bytes: return size_text(number.get<uint64_t>());
    case Unit::BytesPerSecond: return size_text(number.get<uint64_t>()) + "/s";
    case Unit::Seconds: return span_text(std::chrono::seconds{number.get<int64_t>()});
    case Unit::DateUsec: return date_text(number.get<uint64_t>());
    case Unit::Uid: return user_name(number.get<uint32_t>());
    case Unit::Milliseconds: return plain(number) + " ms";
    case Unit::Path:
    case Unit::None: return plain(number);
    }
    return plain(number);
}

std::string format_range(const Json& range) {
    bool to_end = range[1] == UnknownSize;
    return fmt::format("{}:{}", range[0].dump(), to_end ? "" : range[1].dump());
}

std::string format_reply(const Json& progress) {
    std::optional<uint64_t> total;
    if (progress[0] != UnknownSize) total = progress[0].get<uint64_t>();
    return amount_text(progress[1].get<uint64_t>(), total);
}

std::string format_wait(const Json& reason) {
    auto text = explained(plain(reason[0]));
    if (reason[1] == 0) return text;
    return translate("{} until {}", text, date_text(reason[1].get<uint64_t>()));
}

/// Several lines in one.
std::string one_line(std::string text) {
    while (text.ends_with('\n'))
        text.pop_back();
    for (size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2)
        text.replace(at, 1, "; ");
    return sanitize(text);
}

std::string format_list(const std::string& property, const Json& list) {
    std::string out;
    for (const auto& value : list) {
        auto word = property == "Ranges" && is_pair(value) ? format_range(value) : plain(value);
        out += (out.empty() ? "" : " ") + word;
    }
    return list.empty() ? "none" : out;
}

/// Structures have a form of their own.
std::string format_array(const std::string& property, const Json& value) {
    if (property == "ReplyProgress" && is_pair(value)) return format_reply(value);
    if (property == "WaitReason" && value.size() == 2 && value[1].is_number()) return format_wait(value);
    if (property == "Error" && value.size() > 3)
        return fmt::format("{}: {}", plain(value[1]), plain(value[3]));
    return format_list(property, value);
}

} // namespace

Json public_range(const Json& offset, const Json& length) {
    return {{"Offset", offset}, {"Length", length == UnknownSize ? Json(nullptr) : length}};
}

JobView view_of(const Json& properties) {
    JobView job;
    job.id = text_in(properties, "Id");
    job.type = text_in(properties, "Type");
    job.key = text_in(properties, "Key");
    job.name = text_in(properties, "DisplayName");
    job.state = text_in(properties, "State");
    job.owner = static_cast<uint32_t>(number_in(properties, "Owner"));
    job.wait_reason = text_at(properties, "WaitReason", 0);
    job.wait_until = number_at<uint64_t>(properties, "WaitReason", 1);
    job.done = number_in(properties, "BytesTransferred");
    auto total = number_in(properties, "BytesTotal", UnknownSize);
    if (total != UnknownSize) job.total = total;
    job.files = number_in(properties, "FilesTotal");
    job.files_done = number_in(properties, "FilesTransferred");
    job.files_failed = number_in(properties, "FilesFailed");
    job.error_name = text_at(properties, "Error", 1);
    job.error_code = number_at<int64_t>(properties, "Error", 2);
    job.error_message = text_at(properties, "Error", 3);
    job.error_file = number_at<uint64_t>(properties, "Error", 4);
    job.yields = properties.value("Yields", false);
    auto auto_complete = properties.find("AutoComplete");
    job.auto_complete = auto_complete != properties.end() && *auto_complete == true;
    return job;
}

FileView file_view_of(const Json& properties) {
    FileView file;
    file.index = number_in(properties, "Index");
    file.local = text_in(properties, "LocalName");
    file.remote = text_in(properties, "RemoteName");
    file.stage = text_in(properties, "State");
    if (text_in(properties, "Validation") == "invalid") file.stage = "invalid";
    if (properties.value("Completed", false)) file.stage = "complete";
    file.done = number_in(properties, "BytesTransferred");
    auto total = number_in(properties, "BytesTotal", UnknownSize);
    if (total != UnknownSize) file.total = total;
    file.error_message = text_at(properties, "Error", 3);
    file.retry_date = number_in(properties, "RetryDate");
    return file;
}

std::optional<uint64_t> estimated_total(const std::vector<FileView>& files) {
    double known = 0;
    size_t sized = 0;
    for (const auto& file : files) {
        if (!file.total) continue;
        known += static_cast<double>(*file.total);
        ++sized;
    }
    if (sized == 0) return std::nullopt;
    return static_cast<uint64_t>(known / static_cast<double>(sized) * static_cast<double>(files.size()));
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

Json to_public_json(const Json& properties) {
    Json out = Json::object();
    for (const auto& [name, value] : properties.items())
        out[name] = public_value(name, value);
    return out;
}

std::string format_value(const std::string& name, const Json& value) {
    const auto* property = find_property(name);
    if (property && is_none(property->none, value)) return word_for_none(*property);
    if (name == "ResponseHeaders" && value.is_string()) return one_line(value.get<std::string>());
    if (property && value.is_number()) return format_number(property->unit, value);
    return value.is_array() ? format_array(name, value) : plain(value);
}

} // namespace haulier::cli
