// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl, see haulierctl(1).
#include "cli/command_line.hpp"
#include "cli/i18n.hpp"
#include "cli/output.hpp"

#include <exception>
#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>

namespace {

using namespace haulier;
using namespace haulier::cli;

/// If one of them is closed, the connection to the bus would get its number, and with it our messages.
void open_standard_descriptors() {
    for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR | O_NOCTTY) != fd)
            throw std::runtime_error(_("the standard descriptors are closed"));
}

} // namespace

int main(int argc, char** argv) {
    choose_language();
    try {
        open_standard_descriptors();
        return run_command_line({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        print_error(error.what());
        return static_cast<int>(Exit::Failed);
    }
}
