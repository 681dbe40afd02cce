// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl permit: runs a program that transfers data itself, when a job might do so.
#include "cli/child.hpp"
#include "cli/commands.hpp"
#include "cli/create.hpp"
#include "cli/i18n.hpp"
#include "cli/interrupts.hpp"
#include "cli/listener.hpp"
#include "cli/output.hpp"
#include "cli/text.hpp"
#include "cli/wait_reason.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

namespace haulier::cli {

namespace {

/// The exit statuses of shells.
constexpr int NotFound = 127;
constexpr int NotExecutable = 126;
/// A daemon that was restarted is asked again before anything is stopped.
constexpr std::chrono::seconds Patience{30};
constexpr std::chrono::seconds AskAgain{1};

struct PermitRequest {
    std::string name;
    Values options;
};

Result<PermitRequest, Failure> request_of(const PermitOptions& options) {
    std::vector<std::string> assignments;
    auto add = [&](const char* property, const std::string& value) {
        if (!value.empty()) assignments.push_back(std::string{property} + "=" + value);
    };
    add("Priority", options.priority);
    add("NetworkCost", options.network_cost);
    add("PowerPolicy", options.power);
    add("NotBefore", options.not_before);
    auto values = parse_assignments(assignments, now_usec());
    if (!values) return values.error();
    if (options.slot) (*values)["Slot"] = true;
    auto name = options.name;
    if (name.empty()) name = options.command.empty() ? "haulierctl permit" : options.command.front();
    return PermitRequest{name, *values};
}

/// A permit, according to the last reply or signal.
struct PermitState {
    bool granted = false;
    std::string awaited; ///< what it waits for
};

void update(PermitState& state, const Json& properties) {
    state.granted = properties.value("Granted", state.granted);
    if (auto why = properties.find("WaitReason"); why != properties.end())
        state.awaited = awaited((*why)[0].get<std::string>());
}

/// Of the permit at `path`; if that is empty, one is requested.
Result<PermitState, Failure> read_permit(Client& client, const PermitRequest& request, std::string& path) {
    if (path.empty()) {
        auto made = client.request_permit(request.name, request.options);
        if (!made) return made.error();
        path = *made;
    }
    auto properties = client.permit(path);
    if (!properties) return properties.error();
    PermitState state;
    update(state, *properties);
    return state;
}

class PermitRun {
public:
    PermitRun(Client& client, const Common& common, const PermitOptions& options, PermitRequest request)
        : client_(client), common_(common), options_(options), request_(std::move(request)),
          listener_(client.new_listener()) {}

    Result<Exit, Failure> run() {
        auto listening = listener_->listen([this](const Signal& signal) { on_signal(signal); },
                                           [this](bool present) { on_owner(present); });
        if (!listening) return listening.error();
        auto first = read_permit(client_, request_, path_);
        if (!first) return first.error();
        state_ = *first;
        for (;;) {
            if (auto done = act()) return *done;
            auto wakeup = client_.run_once(&interrupts_, ask_at_);
            if (!wakeup) return wakeup.error();
            if (*wakeup == Wakeup::Deadline) ask_again();
            while (auto signal = interrupts_.take())
                if (auto done = on_interrupt(*signal)) return *done;
        }
    }

private:
    using Outcome = std::optional<Result<Exit, Failure>>;

    [[nodiscard]] bool must_obey() const { return options_.stop || options_.pause; }

    /// Acts according to the state of the permit.
    Outcome act() {
        if (state_.granted) return go_on();
        if (child_ && must_obey() && !halted_) halt();
        if (!child_) tell_wait();
        return std::nullopt;
    }

    Outcome go_on() {
        told_.clear();
        if (child_ && halted_ && options_.pause) {
            child_->go_on();
            halted_ = false;
        }
        if (child_) return std::nullopt;
        auto started = Child::start(options_.command, interrupts_.before());
        if (!started) return cannot_run(started.error());
        child_ = *started;
        return std::nullopt;
    }

    Result<Exit, Failure> cannot_run(int error) const {
        auto code = error == ENOENT ? NotFound : NotExecutable;
        return Failure{
            static_cast<Exit>(code),
            translate("'{}' cannot be run: {}", sanitize(options_.command.front()), strerror(error))};
    }

    void halt() {
        child_->send(options_.pause ? SIGSTOP : SIGTERM);
        if (options_.pause) child_->take_terminal();
        halted_ = true;
        tell_wait();
    }

    void tell_wait() {
        if (common_.quiet || state_.awaited == told_) return;
        told_ = state_.awaited;
        print_stderr(translate("waiting for {}", told_) + "\n");
    }

    Outcome on_interrupt(int signal) {
        if (signal == SIGCHLD) return on_child();
        if (!child_) return Result<Exit, Failure>{Exit::Interrupted};
        ending_ = true;
        child_->send(signal);
        if (halted_) child_->send(SIGCONT);
        return std::nullopt;
    }

    /// A program that was stopped is run again with the next permit, unless it had finished.
    Outcome on_child() {
        if (!child_) return std::nullopt;
        auto status = child_->status();
        if (child_->was_stopped() && !halted_) stop_with_child();
        if (!status) return std::nullopt;
        child_->take_terminal();
        bool begins_again = options_.stop && halted_ && *status != 0 && !ending_;
        child_.reset();
        halted_ = false;
        if (begins_again) return std::nullopt;
        return Result<Exit, Failure>{static_cast<Exit>(*status)};
    }

    /// Ctrl-Z: the shell sees that we are stopped, and continues us.
    void stop_with_child() {
        child_->take_terminal();
        raise(SIGSTOP);
        child_->go_on();
    }

    void on_signal(const Signal& signal) {
        if (signal.path == path_ && signal.member == "PropertiesChanged") update(state_, signal.arguments[1]);
    }

    void on_owner(bool present) {
        if (present) return;
        path_.clear();
        lost_at_ = std::chrono::steady_clock::now();
        ask_at_ = lost_at_;
    }

    void ask_again() {
        auto now = std::chrono::steady_clock::now();
        ask_at_.reset();
        if (auto state = read_permit(client_, request_, path_)) {
            state_ = *state;
            return;
        }
        ask_at_ = now + AskAgain;
        if (now - lost_at_ >= Patience) state_ = {false, _("the daemon, which does not answer")};
    }

    Client& client_;
    const Common& common_;
    const PermitOptions& options_;
    PermitRequest request_;
    Interrupts interrupts_{SIGCHLD};
    std::unique_ptr<Listener> listener_;
    std::string path_; ///< of the permit's object
    PermitState state_;
    std::string told_; ///< what it waits for, as last printed
    std::optional<Child> child_;
    bool halted_ = false; ///< the child was told to stop, or is stopped
    bool ending_ = false; ///< the command ends as well
    std::chrono::steady_clock::time_point lost_at_;
    std::optional<Deadline> ask_at_;
};

Result<Exit, Failure> check(Client& client, const Common& common, const PermitRequest& request) {
    std::string path;
    auto state = read_permit(client, request, path);
    if (!state) return state.error();
    if (state->granted) return Exit::Ok;
    if (!common.quiet) print_stderr(translate("waiting for {}", state->awaited) + "\n");
    return Exit::Failed;
}

} // namespace

Result<Exit, Failure> permit(const Common& common, const PermitOptions& options) {
    if (options.command.empty() != options.check)
        return usage_error(options.check ? _("--check takes no command") : _("name a command after '--'"));
    auto request = request_of(options);
    if (!request) return request.error();
    auto client = common.connect(common.access);
    if (!client) return client.error();
    if (options.check) return check(**client, common, *request);
    return PermitRun{**client, common, options, *request}.run();
}

} // namespace haulier::cli
