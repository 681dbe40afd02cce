// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/hints.hpp"

#include "cli/i18n.hpp"
#include "cli/names.hpp"
#include "cli/run_transfer.hpp"
#include "cli/text.hpp"

#include <fmt/core.h>

namespace haulier::cli {

namespace {

bool has_status(const JobView& job, int64_t status) {
    return job.error_name == "http-status" && job.error_code == status;
}

/// The server has sent a part of the file and now refuses the rest.
bool may_have_expired(const JobView& job) {
    bool refused = has_status(job, 401) || has_status(job, 403) || has_status(job, 410);
    return job.type == "download" && refused && job.done > 0;
}

std::string renew_hint(const Access& access, const std::string& id, const JobView& job) {
    auto program = access.program();
    bool own_key = !job.key.empty() && !is_made_up(job.key);
    if (own_key && job.files == 1 && !access.all_users)
        return translate("If the link has expired, go on with a new one: '{} get --key {} NEWURL FILE'.\n",
                         program, sanitize(job.key));
    return translate("If the link has expired, go on with a new one: '{0} rename {1} {2} NEWURL' and "
                     "'{0} resume {1}'.\n",
                     program, short_id(id), job.error_file);
}

/// What may help against this error in particular.
std::string remedy_for(const Access& access, const std::string& id, const JobView& job) {
    auto program = access.program();
    auto name = short_id(id);
    if (has_status(job, 401))
        return translate("Log in with '{} credentials set {} server basic --user NAME'.\n", program, name);
    if (has_status(job, 407))
        return translate("Log in to the proxy with '{} credentials set {} proxy basic --user NAME'.\n",
                         program, name);
    if (has_status(job, 404) && job.type == "download")
        return translate("If the URL is wrong, change it with '{} rename {} {} URL'.\n", program, name,
                         job.error_file);
    if (job.error_name == "proxy")
        return translate(
            "Name another proxy with '{0} set {1} ProxyMode=override ProxyList=HOST:PORT', or none "
            "with '{0} set {1} ProxyMode=none'.\n",
            program, name);
    if (job.error_name == "tls-certificate")
        return translate(
            "If the server has a certificate authority of its own, name the PEM file with the certificate of "
            "that "
            "authority: '{0} set {1} CertificateAuthority=/path/of/FILE'. If you trust this server all the "
            "same, '{0} set {1} SecurityFlags=...' says what is not checked, such as ignore-unknown-ca; see "
            "org.haulier.Haulier1(5).\n",
            program, name);
    return "";
}

} // namespace

std::string hint_for(const Access& access, const std::string& id, const WaitResult& result) {
    auto job = short_id(id);
    auto program = access.program();
    auto end = result.end;
    if (end == End::Failed && may_have_expired(result.job)) return renew_hint(access, id, result.job);
    if (end == End::Failed)
        return remedy_for(access, id, result.job) +
               translate("Try again with '{0} resume {1}', or give up with '{0} cancel {1}'.\n", program,
                         job);
    if (end == End::Interrupted)
        return translate("Return to it with '{0} wait --complete {1}', or give up with '{0} cancel {1}'.\n",
                         program, job);
    return "";
}

} // namespace haulier::cli
