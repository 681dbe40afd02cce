// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/command_line.hpp"

#include "cli/grammar.hpp"
#include "cli/i18n.hpp"
#include "cli/names.hpp"
#include "cli/output.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fmt/core.h>
#include <iostream>
#include <string_view>
#include <system_error>
#include <utility>

namespace haulier::cli {

namespace {

/// `command`: that whose help explains what would be right; may be empty.
int misuse(const std::string& message, const std::string& command = "") {
    print_error(translate("{} (see haulierctl {}{}--help)", message, command, command.empty() ? "" : " "));
    return static_cast<int>(Exit::Usage);
}

std::string suggestion(const std::string& word, const std::vector<std::string>& known) {
    auto meant = nearest(word, known);
    return meant ? translate(", did you mean '{}'?", *meant) : "";
}

/// What other tools call our commands.
using Alias = std::pair<std::string_view, const char*>;
constexpr std::array Aliases{Alias{"ls", "list"}, Alias{"rm", "cancel"}, Alias{"pause", "suspend"},
                             Alias{"stop", "suspend"}, Alias{"start", "resume"}};

using Word = std::vector<std::string>::iterator;

/// The command; all options before it are flags.
Word first_command(std::vector<std::string>& words) {
    return std::find_if(words.begin(), words.end(), [](const auto& word) { return !word.starts_with('-'); });
}

/// Replaces what other tools call a command. "help COMMAND" becomes "COMMAND --help".
void replace_aliases(std::vector<std::string>& words) {
    auto first = first_command(words);
    if (first == words.end()) return;
    if (*first == "help") {
        words.erase(first);
        words.emplace_back("--help");
        first = first_command(words);
    }
    for (const auto& [alias, name] : Aliases)
        if (first != words.end() && *first == alias) *first = name;
}

/// Describes a first word that is not a command; CLI11 would only say that it was not expected. Empty if it
/// is one.
std::string unknown_command(const CLI::App& app, const std::vector<std::string>& words) {
    auto first =
        std::find_if(words.begin(), words.end(), [](const auto& word) { return !word.starts_with('-'); });
    if (first == words.end()) return "";
    std::vector<std::string> names;
    for (const auto* command : app.get_subcommands(nullptr))
        names.push_back(command->get_name());
    if (std::find(names.begin(), names.end(), *first) != names.end()) return "";
    return translate("there is no command '{}'{}", *first, suggestion(*first, names));
}

/// Options of `app` and of the commands on the command line.
void collect_options(const CLI::App& app, std::vector<std::string>& names) {
    for (const auto* option : app.get_options())
        for (const auto& name : option->get_lnames())
            names.push_back("--" + name);
    for (const auto* command : app.get_subcommands())
        collect_options(*command, names);
}

/// Describes the first unknown option; empty if all are known.
std::string unknown_option(const CLI::App& app, const std::vector<std::string>& words) {
    std::vector<std::string> names;
    collect_options(app, names);
    for (const auto& word : words) {
        auto name = word.substr(0, word.find('='));
        if (name == "--") return "";
        if (!name.starts_with("--") || std::find(names.begin(), names.end(), name) != names.end()) continue;
        return translate("there is no option '{}' here{}", name, suggestion(name, names));
    }
    return "";
}

/// Messages of CLI11, with {} for a part that differs. The first one that matches is used.
constexpr std::array ParserMessages{N_("A subcommand is required"),
                                    N_("{} is required"),
                                    N_("{} excludes {}"),
                                    N_("{} requires {}"),
                                    N_("{}: {} required {} missing"),
                                    N_("Could not convert: {} = {}"),
                                    N_("The following argument was not expected: {}"),
                                    N_("The following arguments were not expected: {}")};

/// The parts of `message` that stand for the placeholders of `pattern`; nothing if it is another message.
std::optional<std::vector<std::string>> parts_of(std::string_view message, std::string_view pattern) {
    constexpr std::string_view Placeholder = "{}";
    std::vector<std::string> parts;
    for (;;) {
        auto fixed = pattern.substr(0, pattern.find(Placeholder));
        if (!message.starts_with(fixed)) return std::nullopt;
        message.remove_prefix(fixed.size());
        pattern.remove_prefix(fixed.size());
        if (pattern.empty()) return message.empty() ? std::optional{parts} : std::nullopt;
        pattern.remove_prefix(Placeholder.size());
        auto next = pattern.substr(0, pattern.find(Placeholder));
        auto end = next.empty() ? message.size() : message.find(next);
        if (end == std::string_view::npos) return std::nullopt;
        parts.emplace_back(message.substr(0, end));
        message.remove_prefix(end);
    }
}

std::string translated_message(const std::string& message) {
    for (const char* pattern : ParserMessages) {
        auto parts = parts_of(message, pattern);
        if (!parts) continue;
        parts->resize(3);
        return format_translation(pattern, fmt::make_format_args((*parts)[0], (*parts)[1], (*parts)[2]));
    }
    return message;
}

/// Nothing if the command is to be run; otherwise the exit code.
std::optional<int> parse(CLI::App& app, std::vector<std::string> words) {
    for (const auto& word : words)
        if (auto valid = check_utf8(word); !valid) return misuse(valid.error().message);
    replace_aliases(words);
    if (auto wrong = unknown_command(app, words); !wrong.empty()) return misuse(wrong);
    auto command = first_command(words) == words.end() ? "" : *first_command(words);
    try {
        app.parse(std::vector<std::string>{words.rbegin(), words.rend()}); // it takes them from the back
    } catch (const CLI::Success& help) {
        auto code = app.exit(help);
        if (std::cout.flush()) return code;
        throw std::system_error(errno, std::generic_category(), _("the result cannot be written"));
    } catch (const CLI::ExtrasError& error) {
        auto option = unknown_option(app, words);
        return misuse(option.empty() ? translated_message(error.what()) : option, command);
    } catch (const CLI::ParseError& error) {
        auto message = command.empty() && error.get_name() == "RequiredError"
                           ? _("a command is missing, such as get, list or top")
                           : translated_message(error.what());
        return misuse(message, command);
    }
    return std::nullopt;
}

} // namespace

int run_command_line(const std::vector<std::string>& words, Common common) {
    Invocation invocation{std::move(common), {}};
    CLI::App app{_("Background transfers that survive the program, the daemon and the network."),
                 "haulierctl"};
    add_commands(app, invocation);
    if (auto code = parse(app, words)) return *code;
    auto done = invocation.run(invocation.common);
    if (done) return static_cast<int>(*done);
    print_error(done.error().message);
    return static_cast<int>(done.error().code);
}

} // namespace haulier::cli
