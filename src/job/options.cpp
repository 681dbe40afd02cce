// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/options.hpp"

#include "job/enum_names.hpp"

#include <array>

namespace haulier::job {

namespace {

constexpr std::array Priorities{
    EnumName<Priority>{Priority::Foreground, "foreground"},
    EnumName<Priority>{Priority::High, "high"},
    EnumName<Priority>{Priority::Normal, "normal"},
    EnumName<Priority>{Priority::Low, "low"},
};

constexpr std::array NetworkCosts{
    EnumName<NetworkCost>{NetworkCost::Always, "always"},
    EnumName<NetworkCost>{NetworkCost::NoRoaming, "no-roaming"},
    EnumName<NetworkCost>{NetworkCost::Standard, "standard"},
    EnumName<NetworkCost>{NetworkCost::Unmetered, "unmetered"},
};

constexpr std::array PowerPolicies{
    EnumName<PowerPolicy>{PowerPolicy::Always, "always"},
    EnumName<PowerPolicy>{PowerPolicy::NoSaver, "no-saver"},
    EnumName<PowerPolicy>{PowerPolicy::AcOnly, "ac-only"},
};

constexpr std::array RedirectPolicies{
    EnumName<RedirectPolicy>{RedirectPolicy::Silent, "silent"},
    EnumName<RedirectPolicy>{RedirectPolicy::Report, "report"},
    EnumName<RedirectPolicy>{RedirectPolicy::Disallow, "disallow"},
};

using SecurityFlag = bool SecurityFlags::*;
constexpr std::array SecurityWords{
    EnumName<SecurityFlag>{&SecurityFlags::check_revocation, "check-revocation"},
    EnumName<SecurityFlag>{&SecurityFlags::ignore_host_name, "ignore-host-name"},
    EnumName<SecurityFlag>{&SecurityFlags::ignore_dates, "ignore-dates"},
    EnumName<SecurityFlag>{&SecurityFlags::ignore_unknown_ca, "ignore-unknown-ca"},
    EnumName<SecurityFlag>{&SecurityFlags::ignore_wrong_usage, "ignore-wrong-usage"},
    EnumName<SecurityFlag>{&SecurityFlags::allow_https_to_http, "allow-https-to-http"},
};

constexpr std::array ProxyModes{
    EnumName<Proxy::Mode>{Proxy::Mode::Preconfigured, "preconfigured"},
    EnumName<Proxy::Mode>{Proxy::Mode::None, "none"},
    EnumName<Proxy::Mode>{Proxy::Mode::Override, "override"},
    EnumName<Proxy::Mode>{Proxy::Mode::Auto, "auto"},
};

using Target = Credentials::Target;
constexpr std::array Targets{
    EnumName<Target>{Target::Server, "server"},
    EnumName<Target>{Target::Proxy, "proxy"},
};

using Scheme = Credentials::Scheme;
constexpr std::array Schemes{
    EnumName<Scheme>{Scheme::Basic, "basic"},   EnumName<Scheme>{Scheme::Digest, "digest"},
    EnumName<Scheme>{Scheme::Ntlm, "ntlm"},     EnumName<Scheme>{Scheme::Negotiate, "negotiate"},
    EnumName<Scheme>{Scheme::Bearer, "bearer"},
};

constexpr std::array Validations{
    EnumName<Validation>{Validation::None, "none"},
    EnumName<Validation>{Validation::Valid, "valid"},
    EnumName<Validation>{Validation::Invalid, "invalid"},
};

} // namespace

std::string_view to_string(Priority priority) {
    return name_in(Priorities, priority);
}

Result<Priority> parse_priority(const std::string& word) {
    return value_in(Priorities, "priority", word);
}

std::string_view to_string(NetworkCost cost) {
    return name_in(NetworkCosts, cost);
}

Result<NetworkCost> parse_network_cost(const std::string& word) {
    return value_in(NetworkCosts, "network cost", word);
}

std::string_view to_string(PowerPolicy policy) {
    return name_in(PowerPolicies, policy);
}

Result<PowerPolicy> parse_power_policy(const std::string& word) {
    return value_in(PowerPolicies, "power policy", word);
}

std::string_view to_string(RedirectPolicy policy) {
    return name_in(RedirectPolicies, policy);
}

Result<RedirectPolicy> parse_redirect_policy(const std::string& word) {
    return value_in(RedirectPolicies, "redirect policy", word);
}

std::vector<std::string> to_strings(const SecurityFlags& flags) {
    return names_of(SecurityWords, flags);
}

Result<SecurityFlags> parse_security_flags(const std::vector<std::string>& words) {
    return flags_in(SecurityWords, "security flag", words, SecurityFlags{});
}

std::string_view to_string(Proxy::Mode mode) {
    return name_in(ProxyModes, mode);
}

Result<Proxy::Mode> parse_proxy_mode(const std::string& word) {
    return value_in(ProxyModes, "proxy mode", word);
}

std::string_view to_string(Credentials::Target target) {
    return name_in(Targets, target);
}

std::string_view to_string(Credentials::Scheme scheme) {
    return name_in(Schemes, scheme);
}

Result<Credentials::Target> parse_target(const std::string& word) {
    return value_in(Targets, "target", word);
}

Result<Credentials::Scheme> parse_scheme(const std::string& word) {
    return value_in(Schemes, "scheme", word);
}

std::string_view to_string(Validation validation) {
    return name_in(Validations, validation);
}

std::optional<Validation> parse_validation(std::string_view word) {
    for (const auto& row : Validations)
        if (row.word == word) return row.value;
    return std::nullopt;
}

} // namespace haulier::job
