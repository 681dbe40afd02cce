// SPDX-License-Identifier: LGPL-2.1-or-later
// haulier-notify, see haulier-notify(1).
#include "base/event.hpp"
#include "base/i18n.hpp"
#include "base/log.hpp"
#include "base/version.hpp"
#include "desktop/agent.hpp"
#include "desktop/metalink_prompt.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace haulier;
using namespace haulier::desktop;

constexpr const char* OwnName = "org.haulier.Notify";
enum ExitCode { Success = 0, Failure = 1, Misuse = 2 };

struct CommandLine {
    bool help = false;
    bool version = false;
    std::string metalink;
};

std::optional<CommandLine> parse(const std::vector<std::string>& words) {
    CommandLine found;
    for (size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--help" || words[i] == "-h")
            found.help = true;
        else if (words[i] == "--version")
            found.version = true;
        else if (words[i] == "--open" && i + 1 < words.size())
            found.metalink = std::filesystem::absolute(words[++i]);
        else
            return std::nullopt;
    }
    return found;
}

int serve(Loop& loop, BusLink& session) {
    if (!session.take_name(OwnName)) {
        log::info("another agent shows the transfers of this session already");
        return Success;
    }
    Agent agent{loop, session, [&]() -> std::unique_ptr<BusLink> {
                    auto system = BusLink::open(loop, BusKind::System);
                    if (system && system->is_same_bus(session)) return nullptr;
                    return system;
                }};
    std::vector<Source> signals;
    for (int signal : {SIGTERM, SIGINT, SIGHUP})
        signals.push_back(loop.on_signal(signal, [&] { agent.end([&] { loop.exit(Success); }); }));
    return loop.run();
}

int run(const CommandLine& command) {
    Loop loop;
    auto session = BusLink::open(loop, BusKind::Session);
    if (!session) {
        std::fprintf(stderr, "haulier-notify: %s\n", _("there is no session bus"));
        return Failure;
    }
    if (command.metalink.empty()) return serve(loop, *session);
    MetalinkPrompt prompt{loop, *session, command.metalink};
    return loop.run();
}

} // namespace

int main(int argc, char** argv) {
    try {
        block_signals();
        choose_language();
        auto command = parse({argv + 1, argv + argc});
        if (!command || command->help) {
            std::fputs(
                _("Usage: haulier-notify [--open FILE.meta4 | --version | --help]\n\n"
                  "Shows background transfers on the desktop, or asks whether the downloads of a Metalink "
                  "file\nare to be started. See haulier-notify(1).\n"),
                command ? stdout : stderr);
            return command ? Success : Misuse;
        }
        if (command->version) {
            std::puts("haulier-notify " HAULIER_VERSION);
            return Success;
        }
        return run(*command);
    } catch (const std::exception& error) {
        log::error(std::string{"haulier-notify cannot continue: "} + error.what());
        return Failure;
    }
}
