// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/defaults.hpp"

namespace haulier::cli {

namespace {

constexpr uint64_t Unlimited = ~uint64_t{0};

/// As the contract has them.
const Json& defaults() {
    static const Json all{
        {"Type", "download"},
        {"Key", ""},
        {"Description", ""},
        {"Priority", "normal"},
        {"NotifyFlags", Json::array({"transferred", "error"})},
        {"NotifyObject", Json::array({"", "/"})},
        {"NotifyService", Json::array({"", "/"})},
        {"MinimumNotificationInterval", 500},
        {"TransferCompletionTime", 0},
        {"ReplyProgress", Json::array({Unlimited, 0})},
        {"Error", Json::array({"", "", 0, "", ~uint32_t{0}})},
        {"ErrorCount", 0},
        {"MinimumRetryDelay", 60},
        {"NoProgressTimeout", 1209600},
        {"MaximumDownloadTime", 7776000},
        {"MaximumDownloadSize", Unlimited},
        {"AutoComplete", false},
        {"DynamicContent", false},
        {"HighPerformance", false},
        {"OnDemand", false},
        {"PowerPolicy", "always"},
        {"BandwidthLimit", 0},
        {"NotBefore", 0},
        {"ProxyMode", "preconfigured"},
        {"ProxyList", ""},
        {"ProxyBypass", ""},
        {"HttpMethod", ""},
        {"RedirectPolicy", "silent"},
        {"ClientCertificate", ""},
        {"CustomHeaders", Json::array()},
        {"ReplyFileName", ""},
    };
    return all;
}

/// That of NetworkCost depends on the priority.
bool is_default(const Json& properties, const std::string& name, const Json& value) {
    if (name == "NetworkCost")
        return value == (properties.value("Priority", "") == "foreground" ? "no-roaming" : "standard");
    auto found = defaults().find(name);
    return found != defaults().end() && *found == value;
}

} // namespace

Json remarkable(const Json& properties) {
    Json out = Json::object();
    for (const auto& [name, value] : properties.items())
        if (!is_default(properties, name, value)) out[name] = value;
    return out;
}

} // namespace haulier::cli
