// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/options.hpp"

#include "job/words.hpp"

#include <array>

namespace haulier::job {

namespace {

constexpr std::array Priorities{
    Word<Priority>{Priority::Foreground, "foreground"},
    Word<Priority>{Priority::High, "high"},
    Word<Priority>{Priority::Normal, "normal"},
    Word<Priority>{Priority::Low, "low"},
};

constexpr std::array NetworkCosts{
    Word<NetworkCost>{NetworkCost::Always, "always"},
    Word<NetworkCost>{NetworkCost::NoRoaming, "no-roaming"},
    Word<NetworkCost>{NetworkCost::Standard, "standard"},
    Word<NetworkCost>{NetworkCost::Unmetered, "unmetered"},
};

constexpr std::array PowerPolicies{
    Word<PowerPolicy>{PowerPolicy::Always, "always"},
    Word<PowerPolicy>{PowerPolicy::NoSaver, "no-saver"},
    Word<PowerPolicy>{PowerPolicy::AcOnly, "ac-only"},
};

constexpr std::array RedirectPolicies{
    Word<RedirectPolicy>{RedirectPolicy::Silent, "silent"},
    Word<RedirectPolicy>{RedirectPolicy::Report, "report"},
    Word<RedirectPolicy>{RedirectPolicy::Disallow, "disallow"},
};

using SecurityFlag = bool SecurityFlags::*;
constexpr std::array SecurityWords{
    Word<SecurityFlag>{&SecurityFlags::check_revocation, "check-revocation"},
    Word<SecurityFlag>{&SecurityFlags::ignore_host_name, "ignore-host-name"},
    Word<SecurityFlag>{&SecurityFlags::ignore_dates, "ignore-dates"},
    Word<SecurityFlag>{&SecurityFlags::ignore_unknown_ca, "ignore-unknown-ca"},
    Word<SecurityFlag>{&SecurityFlags::ignore_wrong_usage, "ignore-wrong-usage"},
    Word<SecurityFlag>{&SecurityFlags::allow_https_to_http, "allow-https-to-http"},
};

constexpr std::array ProxyModes{
    Word<Proxy::Mode>{Proxy::Mode::Preconfigured, "preconfigured"},
    Word<Proxy::Mode>{Proxy::Mode::None, "none"},
    Word<Proxy::Mode>{Proxy::Mode::Override, "override"},
    Word<Proxy::Mode>{Proxy::Mode::Auto, "auto"},
};

using Target = Credentials::Target;
constexpr std::array Targets{
    Word<Target>{Target::Server, "server"},
    Word<Target>{Target::Proxy, "proxy"},
};

using Scheme = Credentials::Scheme;
constexpr std::array Schemes{
    Word<Scheme>{Scheme::Basic, "basic"},   Word<Scheme>{Scheme::Digest, "digest"},
    Word<Scheme>{Scheme::Ntlm, "ntlm"},     Word<Scheme>{Scheme::Negotiate, "negotiate"},
    Word<Scheme>{Scheme::Bearer, "bearer"},
};

constexpr std::array Validations{
    Word<Validation>{Validation::None, "none"},
    Word<Validation>{Validation::Valid, "valid"},
    Word<Validation>{Validation::Invalid, "invalid"},
};

} // namespace

std::string_view to_word(Priority priority) {
    return word_in(Priorities, priority);
}

Result<Priority> parse_priority(const std::string& word) {
    return value_in(Priorities, "priority", word);
}

std::string_view to_word(NetworkCost cost) {
    return word_in(NetworkCosts, cost);
}

Result<NetworkCost> parse_network_cost(const std::string& word) {
    return value_in(NetworkCosts, "network cost", word);
}

std::string_view to_word(PowerPolicy policy) {
    return word_in(PowerPolicies, policy);
}

Result<PowerPolicy> parse_power_policy(const std::string& word) {
    return value_in(PowerPolicies, "power policy", word);
}

std::string_view to_word(RedirectPolicy policy) {
    return word_in(RedirectPolicies, policy);
}

Result<RedirectPolicy> parse_redirect_policy(const std::string& word) {
    return value_in(RedirectPolicies, "redirect policy", word);
}

std::vector<std::string> to_words(const SecurityFlags& flags) {
    return words_of(SecurityWords, flags);
}

Result<SecurityFlags> parse_security_flags(const std::vector<std::string>& words) {
    return flags_in(SecurityWords, "security flag", words, SecurityFlags{});
}

std::string_view to_word(Proxy::Mode mode) {
    return word_in(ProxyModes, mode);
}

Result<Proxy::Mode> parse_proxy_mode(const std::string& word) {
    return value_in(ProxyModes, "proxy mode", word);
}

std::string_view to_word(Credentials::Target target) {
    return word_in(Targets, target);
}

std::string_view to_word(Credentials::Scheme scheme) {
    return word_in(Schemes, scheme);
}

Result<Credentials::Target> parse_target(const std::string& word) {
    return value_in(Targets, "target", word);
}

Result<Credentials::Scheme> parse_scheme(const std::string& word) {
    return value_in(Schemes, "scheme", word);
}

std::string_view to_word(Validation validation) {
    return word_in(Validations, validation);
}

std::optional<Validation> validation_from_word(std::string_view word) {
    for (const auto& row : Validations)
        if (row.word == word) return row.value;
    return std::nullopt;
}

} // namespace haulier::job
