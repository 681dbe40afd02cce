// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apt/relay.hpp"

#include "base/must.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace haulier::apt {

namespace {

/// Those of apt are shorter by far. This protects the memory of this process.
constexpr size_t LongestMessage = 16U << 20U;

bool write_all(int fd, const std::string& text) {
    for (size_t written = 0; written < text.size();) {
        auto put = write(fd, text.data() + written, text.size() - written);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return false;
        written += static_cast<size_t>(put);
    }
    return true;
}

/// False at the end of the pipe.
bool read_some(int fd, MessageBuffer& buffer) {
    std::array<char, 65536> bytes{};
    auto got = read(fd, bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) return true;
    if (got <= 0) return false;
    buffer.add({bytes.data(), static_cast<size_t>(got)});
    return buffer.size() <= LongestMessage;
}

class Relay {
public:
    Relay(Method& method, OwnMethod& own, int input, int output, int signals)
        : method_(method), own_(own),
          output_(output), watched_{pollfd{input, POLLIN, 0}, pollfd{own.output.get(), POLLIN, 0},
                                    pollfd{signals, POLLIN, 0}} {}

    void run() {
        while (goes_on_) {
            if (poll(watched_.data(), watched_.size(), -1) < 0 && errno != EINTR) must(-errno, "poll");
            if (watched_[Signals].revents) return on_signal();
            if (watched_[OwnMethodOutput].revents) on_own_method();
            if (watched_[AptInput].revents) on_apt();
        }
    }

private:
    enum Watched { AptInput, OwnMethodOutput, Signals };

    void on_signal() {
        signalfd_siginfo info{};
        if (read(watched_[Signals].fd, &info, sizeof info) == sizeof info)
            own_.signal(static_cast<int>(info.ssi_signo));
    }

    /// apt tells a method to end by closing the pipe. The own method learns of it in the same way.
    void on_apt() {
        bool is_open = read_some(watched_[AptInput].fd, from_apt_);
        while (auto message = from_apt_.next()) {
            auto output = method_.from_apt(*message);
            goes_on_ = goes_on_ && write_all(output_, output.to_apt) &&
                       write_all(own_.input.get(), output.to_own_method);
        }
        if (is_open) return;
        watched_[AptInput].fd = -1;
        own_.input.reset();
    }

    void on_own_method() {
        goes_on_ = read_some(watched_[OwnMethodOutput].fd, from_own_method_);
        while (auto message = from_own_method_.next())
            goes_on_ = write_all(output_, method_.from_own_method(*message)) && goes_on_;
    }

    Method& method_;
    OwnMethod& own_;
    int output_;
    std::array<pollfd, 3> watched_;
    bool goes_on_ = true;
    MessageBuffer from_apt_;
    MessageBuffer from_own_method_;
};

} // namespace

namespace {

int finish(Method& method, OwnMethod& own) {
    own.input.reset();
    own.output.reset();
    method.end();
    return own.wait();
}

} // namespace

int relay(Method& method, OwnMethod& own, int input, int output, int signals) {
    try {
        Relay{method, own, input, output, signals}.run();
    } catch (...) {
        own.signal(SIGTERM); // otherwise it may transfer a file to its end before it notices
        finish(method, own);
        throw;
    }
    return finish(method, own);
}

} // namespace haulier::apt
