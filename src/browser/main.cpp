// SPDX-License-Identifier: LGPL-2.1-or-later
// haulier-browser-host: the native host that browsers start, see docs/browser.md.
#include "base/download_folder.hpp"
#include "base/i18n.hpp"
#include "browser/host.hpp"
#include "browser/message.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <unistd.h>

namespace {

using namespace haulier;
using namespace haulier::browser;

int complain(const std::string& message) {
    std::fprintf(stderr, "haulier-browser-host: %s\n", message.c_str());
    return EXIT_FAILURE;
}

int serve() {
    Host host{[] { return cli::connect_to_bus({}); }, download_folder()};
    for (;;) {
        auto message = read_message(STDIN_FILENO);
        if (!message) return complain(message.error().message);
        if (!*message) return EXIT_SUCCESS;
        if (auto written = write_message(STDOUT_FILENO, host.answer(**message)); !written) {
            host.take_back();
            return complain(written.error().message);
        }
    }
}

} // namespace

int main() {
    choose_language();
    // A browser that has closed the pipe is noticed when an answer is written.
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return serve();
    } catch (const std::exception& error) {
        return complain(error.what());
    }
}
