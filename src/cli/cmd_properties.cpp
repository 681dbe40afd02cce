// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl set --list: the properties that can be set.
#include "cli/commands.hpp"
#include "cli/i18n.hpp"
#include "cli/output.hpp"
#include "cli/properties.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <iterator>
#include <string_view>

namespace haulier::cli {

namespace {

/// Returns English text, which is also what JSON contains, whatever the language.
std::string value_text(const Property& property) {
    if (property.type == "b") return N_("yes or no");
    if (!property.words.empty())
        return fmt::format("{}", fmt::join(property.words, property.type == "as" ? "," : " | "));
    switch (property.unit) {
    case Unit::Bytes: return N_("bytes, such as 10M or 1Gi");
    case Unit::BytesPerSecond: return N_("bytes per second, such as 500k");
    case Unit::Seconds:
    case Unit::Milliseconds: return N_("time span, such as 90s or 2h");
    case Unit::DateUsec: return N_("date, such as 2027-01-31T18:00 or +2h");
    case Unit::Path: return N_("absolute path");
    case Unit::Uid:
    case Unit::None: return N_("text");
    }
    return N_("text");
}

std::string default_text(const Property& property) {
    const auto& value = property.default_value;
    if (value.is_null()) return property.name == "NetworkCost" ? _("depends on Priority") : _("required");
    auto text = format_value(std::string{property.name}, value);
    return text.empty() ? "none" : text;
}

/// A limit with the unit of its property.
std::string limit_text(const Property& property, const Json& limit) {
    return limit.is_null() ? "" : format_value(std::string{property.name}, limit);
}

/// Such as "256 characters".
std::string length_text(std::string_view length) {
    auto number = length.substr(0, length.find(' '));
    return length.ends_with(" characters") ? translate("at most {} characters", number)
                                           : translate("at most {} bytes", number);
}

std::string range_text(const Property& property) {
    if (!property.maximum_length.empty()) return length_text(property.maximum_length);
    auto least = limit_text(property, property.minimum);
    auto most = limit_text(property, property.maximum);
    if (most.empty()) return least.empty() ? "" : translate("at least {}", least);
    return least.empty() ? translate("at most {}", most) : translate("at least {}, at most {}", least, most);
}

std::vector<Property> settable_properties() {
    std::vector<Property> all;
    std::copy_if(JobProperties.begin(), JobProperties.end(), std::back_inserter(all),
                 [](const Property& property) { return property.settable; });
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return all;
}

Json description_of(const Property& property) {
    Json out{{"Name", property.name}, {"Type", property.type}, {"Value", value_text(property)}};
    out["Default"] = property.default_value;
    out["None"] = property.none;
    out["Words"] = property.words;
    out["Minimum"] = property.minimum;
    out["Maximum"] = property.maximum;
    out["MaximumLength"] = property.maximum_length.empty() ? Json(nullptr) : Json(property.maximum_length);
    return out;
}

} // namespace

Result<Exit, Failure> list_properties(const Common& common) {
    Json all = Json::array();
    std::vector<std::vector<std::string>> rows{{_("NAME"), _("DEFAULT"), _("RANGE"), _("VALUE")}};
    for (const auto& property : settable_properties()) {
        all.push_back(description_of(property));
        rows.push_back({std::string{property.name}, default_text(property), range_text(property),
                        _(value_text(property).c_str())});
    }
    if (common.json)
        print_json(all);
    else
        print(table(rows));
    return Exit::Ok;
}

} // namespace haulier::cli
