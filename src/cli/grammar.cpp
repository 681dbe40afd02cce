// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/grammar.hpp"

#include "base/version.hpp"
#include "cli/i18n.hpp"

#include <charconv>
#include <system_error>

namespace haulier::cli {

void add_job_argument(CLI::App& command, std::string& job) {
    command.add_option("JOB", job, _("id, beginning of an id, key or name"))->required();
}

std::string check_descriptor(const std::string& text) {
    int number = -1;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size() && number >= 0) return "";
    return translate("'{}' is not the number of a descriptor", text);
}

namespace {

/// What CLI11 writes by itself in help texts.
void translate_headings(CLI::App& app) {
    auto formatter = app.get_formatter();
    for (const char* label : {N_("Usage"), N_("Positionals"), N_("OPTIONS"), N_("SUBCOMMAND"), N_("REQUIRED"),
                              N_("TEXT"), N_("UINT"), N_("INT"), N_("Excludes"), N_("Needs")})
        std::dynamic_pointer_cast<CLI::FormatterBase>(formatter)->label(label, _(label));
    app.option_defaults()->group(_("Options"));
}

/// If an option is given twice, the last one counts, as with most commands, so that users can override an
/// option of an alias.
void prefer_last(CLI::App& app) {
    app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

} // namespace

void group_command(CLI::App& command) {
    command.group(_("Subcommands"));
    command.get_help_ptr()->group(_("Options"));
}

void add_commands(CLI::App& app, Invocation& invocation) {
    auto& common = invocation.common;
    translate_headings(app);
    prefer_last(app);
    app.set_help_flag("-h,--help", _("print this help and exit")); // also for the commands
    app.add_flag("--user")->description(_("use the daemon of the session (default)"));
    app.add_flag_callback(
           "--system", [&common] { common.access.scope = Scope::System; }, _("use the daemon of the machine"))
        ->excludes("--user");
    app.add_flag("--all-users", common.access.all_users,
                 _("include jobs of other users, for administrators"));
    app.add_flag_callback(
        "--no-ask-password", [&common] { common.access.ask_password = false; },
        _("do not ask for an administrator's password"));
    app.add_flag("--json", common.json, _("print results as JSON"));
    app.add_flag("-q,--quiet", common.quiet, _("print no progress and no hints"));
    app.add_flag("-v,--verbose", common.access.verbose, _("print which daemon is used"));
    app.set_version_flag("--version", "haulierctl " HAULIER_VERSION, _("print the version and exit"));
    app.require_subcommand(1);
    app.footer(_("Exit codes: 0 success, 1 refused or another error, 2 invalid command line, 3 no such job,\n"
                 "4 job failed, 5 job cancelled, 6 bus or daemon unreachable, 7 timed out, 130 interrupted\n"
                 "(the job continues). See haulierctl(1)."));
    add_creating_commands(app, invocation);
    add_reading_commands(app, invocation);
    add_changing_commands(app, invocation);
}

} // namespace haulier::cli
