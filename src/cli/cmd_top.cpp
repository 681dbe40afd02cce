// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl top: all jobs on the whole terminal, as they move. Signals say what changes; only the files in
// the details are read again and again.
#include "cli/commands.hpp"
#include "cli/create.hpp"
#include "cli/full_screen.hpp"
#include "cli/i18n.hpp"
#include "cli/input.hpp"
#include "cli/job_details.hpp"
#include "cli/listener.hpp"
#include "cli/text.hpp"
#include "cli/top_view.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iterator>
#include <map>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace haulier::cli {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds RedrawPause{200};
constexpr std::chrono::milliseconds RelistPause{500};
constexpr std::chrono::seconds DetailsPause{2};
constexpr std::chrono::seconds RetryPause{2};
constexpr size_t MaxNameInQuestion = 20;

/// A job as the last list and the signals since then describe it.
struct KnownJob {
    Json properties;
    JobView view;
    RateMeter meter;
    steady_clock::time_point quiet_since = steady_clock::now();
};

class Top {
public:
    Top(Client& client, const Common& common)
        : client_(client), common_(common), listener_(client.new_listener()) {
        page_.all_users = common.access.all_users;
    }

    Result<Exit, Failure> run() {
        KeysOrInterrupts events; // before the screen: it must be restored, whatever ends us
        auto listening = listener_->listen([this](const Signal& signal) { on_signal(signal); },
                                           [this](bool present) { on_owner(present); });
        if (!listening) return listening.error();
        auto screen = FullScreen::open();
        if (!screen) return screen.error();
        while (!quit_) {
            if (auto updated = update(); !updated) return updated.error();
            auto wakeup = client_.run_once(&events, next_deadline());
            if (!wakeup) return wakeup.error();
            if (events.ended()) return Exit::Ok;
            for (auto press = FullScreen::next_key(); press.key != Key::None; press = FullScreen::next_key())
                on_key(press);
        }
        return Exit::Ok;
    }

private:
    // ---- jobs ----

    void on_signal(const Signal& signal) {
        changed_ = true;
        if (signal.member == "JobAdded" || signal.member == "SignalsLost") relist_ = true;
        if (signal.member == "JobRemoved") jobs_.erase(signal.arguments[1].get<std::string>());
        auto found = jobs_.find(signal.id());
        if (signal.member != "PropertiesChanged" || found == jobs_.end()) return;
        auto properties = found->second.properties;
        properties.update(signal.arguments[1]);
        set(found->second, std::move(properties));
        if (!signal.arguments[2].empty()) relist_ = true;
    }

    /// A daemon that exits because all jobs rest is not started again.
    void on_owner(bool present) {
        bool rests = std::all_of(jobs_.begin(), jobs_.end(), [](const auto& job) {
            return job.second.view.state == "suspended" || job.second.view.state == "error";
        });
        if (present || !rests) subscribe_ = true;
    }

    static void set(KnownJob& job, Json properties) {
        auto now = steady_clock::now();
        auto view = view_of(properties);
        if (view.state != job.view.state || view.done != job.view.done ||
            view.wait_reason != job.view.wait_reason)
            job.quiet_since = now;
        job.properties = std::move(properties);
        job.view = std::move(view);
        if (job.view.state == "transferring")
            job.meter.add(now, job.view.done);
        else
            job.meter = {};
    }

    /// Changes after the subscription arrive as signals, and earlier ones are in the list.
    Result<Done, Failure> subscribe() {
        subscribe_ = false;
        return listener_->subscribe(Listener::IfAbsent::Start, [this](const Result<Done, Failure>& answer) {
            if (answer)
                relist_ = true;
            else
                failure_ = answer.error();
        });
    }

    Result<Done, Failure> relist() {
        auto list = client_.list({}, common_.access.all_users);
        if (!list) return list.error();
        relist_ = false;
        changed_ = true;
        listed_at_ = steady_clock::now();
        std::map<std::string, KnownJob> known;
        order_.clear();
        for (auto& properties : *list) {
            auto id = view_of(properties).id;
            order_.push_back(id);
            auto before = jobs_.find(id);
            auto& job = known[id];
            if (before != jobs_.end()) job = std::move(before->second);
            // A list has fewer properties than the signals, so the others stay.
            auto all = std::move(job.properties);
            if (!all.is_object()) all = Json::object();
            all.update(properties);
            set(job, std::move(all));
        }
        jobs_ = std::move(known);
        has_list_ = true;
        return Done{};
    }

    /// Without the first list there is nothing to show. Later failures are told, and it is tried again.
    Result<Done, Failure> tolerate(const Failure& failure) {
        if (!has_list_) return failure;
        page_.message = failure.message;
        changed_ = true;
        retry_at_ = steady_clock::now() + RetryPause;
        return Done{};
    }

    Result<Done, Failure> update() {
        auto now = steady_clock::now();
        if (auto failure = std::exchange(failure_, std::nullopt)) {
            subscribe_ = true;
            if (auto told = tolerate(*failure); !told) return told;
        }
        if (now >= retry_at_) {
            if (subscribe_)
                if (auto sent = subscribe(); !sent) return sent;
            if (relist_ && now >= listed_at_ + RelistPause)
                if (auto listed = relist(); !listed)
                    if (auto told = tolerate(listed.error()); !told) return told;
        }
        if (page_.kind == TopPage::Kind::Details && now >= details_at_) read_details();
        if ((changed_ && now >= drawn_at_ + RedrawPause) || now >= drawn_at_ + std::chrono::seconds{1})
            draw();
        return Done{};
    }

    [[nodiscard]] Deadline next_deadline() const {
        auto next = drawn_at_ + (changed_ ? steady_clock::duration{RedrawPause} : std::chrono::seconds{1});
        if (relist_) next = std::min(next, std::max(listed_at_ + RelistPause, retry_at_));
        return next;
    }

    // ---- the screen ----

    void arrange() {
        auto now = steady_clock::now();
        page_.rows.clear();
        for (const auto& id : order_) {
            auto found = jobs_.find(id);
            if (found == jobs_.end()) continue;
            const auto& job = found->second;
            page_.rows.push_back(
                {job.view,
                 {job.meter.rate(now), std::chrono::floor<std::chrono::seconds>(now - job.quiet_since)}});
        }
        order_rows(page_.rows);
        auto same = std::find_if(page_.rows.begin(), page_.rows.end(),
                                 [this](const TopRow& row) { return row.job.id == selected_id_; });
        if (same != page_.rows.end())
            page_.selected = static_cast<size_t>(same - page_.rows.begin());
        else if (page_.kind == TopPage::Kind::Details)
            leave_details();
        select(page_.selected);
    }

    /// Their job has ended.
    void leave_details() {
        page_.kind = TopPage::Kind::Jobs;
        page_.message = _("the job has ended");
    }

    void select(size_t index) {
        page_.selected = page_.rows.empty() ? 0 : std::min(index, page_.rows.size() - 1);
        selected_id_ = page_.rows.empty() ? "" : page_.rows[page_.selected].job.id;
    }

    void draw() {
        arrange();
        FullScreen::draw(top_lines(page_, FullScreen::size(), now_usec()));
        changed_ = false;
        drawn_at_ = steady_clock::now();
    }

    void read_details() {
        auto properties = client_.properties(selected_id_);
        auto files = client_.files(selected_id_);
        details_at_ = steady_clock::now() + DetailsPause;
        changed_ = true;
        if (!properties || !files) {
            page_.message = (properties ? files.error() : properties.error()).message;
            page_.kind = TopPage::Kind::Jobs;
            return;
        }
        auto job = view_of(*properties);
        std::string meaning;
        if (!job.error_name.empty())
            if (auto found = client_.describe(job.error_name, static_cast<int32_t>(job.error_code)))
                meaning = *found;
        std::vector<FileView> views;
        std::transform(files->begin(), files->end(), std::back_inserter(views), file_view_of);
        auto known = jobs_.find(selected_id_);
        auto rate = known == jobs_.end() ? std::nullopt : known->second.meter.rate(steady_clock::now());
        auto columns = std::max<size_t>(FullScreen::size().columns, 2) - 1;
        page_.text = lines_of(
            fitted_details(job_details(*properties, views, rate, meaning, common_.access.scope), columns));
    }

    // ---- keys ----

    void on_key(const KeyPress& press) {
        drawn_at_ = {};
        auto question = std::exchange(asked_for_, "");
        page_.message.clear();
        if (press.key == Key::Resized) details_at_ = {};
        if (!question.empty()) {
            if (press.key == Key::Other && press.letter == *_("y")) command(question, Verb::Cancel);
            return;
        }
        auto room = top_room(FullScreen::size());
        switch (press.key) {
        case Key::Up: return move(-1);
        case Key::Down: return move(1);
        case Key::PageUp: return move(-static_cast<int>(room));
        case Key::PageDown: return move(static_cast<int>(room));
        case Key::First: return move(-static_cast<int>(page_.rows.size() + page_.text.size()));
        case Key::Last: return move(static_cast<int>(page_.rows.size() + page_.text.size()));
        case Key::Enter: return show(TopPage::Kind::Details);
        case Key::Back: return show(TopPage::Kind::Jobs);
        case Key::Other: return on_letter(press.letter);
        case Key::Resized:
        case Key::None: return;
        }
    }

    void on_letter(char letter) {
        constexpr char CtrlL = 'l' & 0x1f;
        if (letter == 'q') quit_ = true;
        if (letter == 'k') move(-1);
        if (letter == 'j') move(1);
        if (letter == '?' || letter == 'h') show(TopPage::Kind::Keys);
        if (letter == CtrlL) FullScreen::repair();
        if (selected_id_.empty() || page_.kind == TopPage::Kind::Keys) return;
        if (letter == 'p') command(selected_id_, Verb::Suspend);
        if (letter == 'r') command(selected_id_, Verb::Resume);
        if (letter == 'c') ask();
    }

    /// In the details, the text is moved.
    void move(int lines) {
        if (page_.kind == TopPage::Kind::Keys) return;
        bool details = page_.kind == TopPage::Kind::Details;
        auto room = top_room(FullScreen::size());
        auto most = details ? (page_.text.size() > room ? page_.text.size() - room : 0) : page_.rows.size();
        auto at = static_cast<long>(details ? page_.first_line : page_.selected) + lines;
        auto wanted = static_cast<size_t>(std::clamp<long>(at, 0, static_cast<long>(most)));
        if (details)
            page_.first_line = wanted;
        else
            select(wanted);
    }

    void show(TopPage::Kind kind) {
        if (kind == TopPage::Kind::Details && selected_id_.empty()) return;
        page_.kind = kind;
        page_.first_line = 0;
        details_at_ = {};
    }

    void ask() {
        asked_for_ = selected_id_;
        page_.message =
            translate("Cancel '{}'? {} = yes, its data is deleted",
                      cut(sanitize(page_.rows[page_.selected].job.name), MaxNameInQuestion), _("y"));
    }

    void command(const std::string& id, Verb verb) {
        details_at_ = {};
        if (auto done = client_.command(id, verb); !done) page_.message = done.error().message;
    }

    Client& client_;
    const Common& common_;
    std::unique_ptr<Listener> listener_;

    std::map<std::string, KnownJob> jobs_; ///< by id
    std::vector<std::string> order_;       ///< their ids, in the order of the list
    TopPage page_;
    std::string selected_id_;
    std::string asked_for_; ///< the id of the job that the open question is about
    std::optional<Failure> failure_;
    bool subscribe_ = true;
    bool relist_ = false;
    bool has_list_ = false;
    bool changed_ = true; ///< since the screen was drawn
    bool quit_ = false;
    Deadline listed_at_{};
    Deadline retry_at_{};
    Deadline drawn_at_{};
    Deadline details_at_{};
};

} // namespace

Result<Exit, Failure> top(const Common& common, const TopOptions& /*options*/) {
    const char* type = std::getenv("TERM");
    bool is_dumb = !type || std::string_view{type} == "dumb";
    if (common.json || is_dumb || !common.prints_on_terminal || isatty(STDIN_FILENO) == 0)
        return usage_error(_("top needs a terminal; 'haulierctl monitor' prints changes for scripts"));
    auto client = common.connect(common.access);
    if (!client) return client.error();
    return Top{**client, common}.run();
}

} // namespace haulier::cli
