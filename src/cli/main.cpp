// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl: the command line, haulierctl(1).
#include "base/text.hpp"
#include "cli/grammar.hpp"
#include "cli/names.hpp"
#include "cli/output.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <fcntl.h>
#include <fmt/core.h>
#include <stdexcept>
#include <unistd.h>

namespace {

using namespace haulier::cli;

int misused(const std::string& message) {
    complain(message + " (see haulierctl --help)");
    return static_cast<int>(Exit::Usage);
}

/// A first word that is no command: CLI11 would only say that it did not expect it.
std::string unknown_command(const CLI::App& app, const std::vector<std::string>& words) {
    auto first =
        std::find_if(words.begin(), words.end(), [](const auto& word) { return !word.starts_with('-'); });
    if (first == words.end()) return "";
    std::vector<std::string> names;
    for (const auto* command : app.get_subcommands(nullptr))
        names.push_back(command->get_name());
    if (std::find(names.begin(), names.end(), *first) != names.end()) return "";
    auto meant = nearest(*first, names);
    return fmt::format("there is no command '{}'{}", *first,
                       meant ? fmt::format(", did you mean '{}'?", *meant) : "");
}

/// Options of `app` and of the commands that were said.
void collect_options(const CLI::App& app, std::vector<std::string>& names) {
    for (const auto* option : app.get_options())
        for (const auto& name : option->get_lnames())
            names.push_back("--" + name);
    for (const auto* command : app.get_subcommands())
        collect_options(*command, names);
}

/// The first word that looks like an option and is none, with what may have been meant; empty when all are
/// known.
std::string unknown_option(const CLI::App& app, const std::vector<std::string>& words) {
    std::vector<std::string> names;
    collect_options(app, names);
    for (const auto& word : words) {
        auto name = word.substr(0, word.find('='));
        if (name == "--") return "";
        if (!name.starts_with("--") || std::find(names.begin(), names.end(), name) != names.end()) continue;
        auto meant = nearest(name, names);
        return fmt::format("there is no option '{}' here{}", name,
                           meant ? fmt::format(", did you mean '{}'?", *meant) : "");
    }
    return "";
}

/// D-Bus carries UTF-8 alone.
bool is_utf8(std::string word) {
    std::replace_if(
        word.begin(), word.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    return haulier::printable(word, word.size()) == word;
}

/// Where one is closed, the bus connection would get its number, and our messages.
void open_standard_descriptors() {
    for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR | O_NOCTTY) != fd)
            throw std::runtime_error("the standard descriptors are closed");
}

int run(int argc, char** argv) {
    Request request;
    CLI::App app{"Background transfers that survive the program, the daemon and the network.", "haulierctl"};
    describe(app, request);
    std::vector<std::string> words(argv + 1, argv + argc);
    for (const auto& word : words)
        if (!is_utf8(word))
            return misused(fmt::format("'{}' is not UTF-8", haulier::printable(word, word.size())));
    if (auto wrong = unknown_command(app, words); !wrong.empty()) return misused(wrong);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& wanted) {
        return app.exit(wanted);
    } catch (const CLI::ExtrasError& error) {
        auto option = unknown_option(app, words);
        return misused(option.empty() ? error.what() : option);
    } catch (const CLI::ParseError& error) {
        return misused(error.what());
    }
    if (!request.sha256.empty()) request.get.about.checksum = "sha256:" + request.sha256;
    auto done = request.run();
    if (done) return static_cast<int>(*done);
    complain(done.error().message);
    return static_cast<int>(done.error().code);
}

} // namespace

int main(int argc, char** argv) {
    try {
        open_standard_descriptors();
        return run(argc, argv);
    } catch (const std::exception& error) {
        complain(error.what());
        return static_cast<int>(Exit::Failed);
    }
}
