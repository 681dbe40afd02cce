// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/event.hpp"

#include "base/fd.hpp"
#include "support/loop_test.hpp"

#include <csignal>
#include <fcntl.h>
#include <string>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace haulier {

namespace {

using namespace std::chrono_literals;

struct Pipe {
    Pipe() {
        int ends[2];
        EXPECT_EQ(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
        reading = Fd{ends[0]};
        writing = Fd{ends[1]};
    }
    void put() { EXPECT_EQ(write(writing.get(), "x", 1), 1); }
    void take() {
        char c = 0;
        EXPECT_EQ(read(reading.get(), &c, 1), 1);
    }
    Fd reading;
    Fd writing;
};

pid_t child_that_exits(int code) {
    pid_t pid = fork();
    if (pid == 0) _exit(code);
    return pid;
}

class Event : public test::LoopTest {
protected:
    int calls_ = 0;
};

} // namespace

TEST_F(Event, IoIsReportedUntilItIsTaken) {
    Pipe pipe;
    Source source = loop_.on_io(pipe.reading.get(), EPOLLIN, [&](uint32_t events) {
        EXPECT_EQ(events, static_cast<uint32_t>(EPOLLIN));
        if (++calls_ == 2) pipe.take();
    });
    drain();
    EXPECT_EQ(calls_, 0);
    pipe.put();
    drain();
    EXPECT_EQ(calls_, 2);
}

TEST_F(Event, WatchedEventsCanBeChanged) {
    Pipe pipe;
    std::vector<uint32_t> seen;
    Source source = loop_.on_io(pipe.writing.get(), 0, [&](uint32_t events) {
        seen.push_back(events);
        source.watch(0);
    });
    drain();
    EXPECT_TRUE(seen.empty());
    source.watch(EPOLLOUT);
    drain();
    EXPECT_EQ(seen, std::vector<uint32_t>{EPOLLOUT});
}

TEST_F(Event, DroppedInsideItsOwnIoCallback) {
    Pipe pipe;
    pipe.put();
    std::string kept =
        "a capture too long to live inside the std::function itself, so that ASan sees its end";
    Source source = loop_.on_io(pipe.reading.get(), EPOLLIN, [&, kept](uint32_t) {
        source.reset();
        EXPECT_FALSE(source);
        EXPECT_EQ(kept.substr(0, 9), "a capture"); // the callback outlives its source
        ++calls_;
    });
    drain();
    EXPECT_EQ(calls_, 1);
}

TEST_F(Event, ReplacedInsideItsOwnCallback) {
    std::string kept =
        "a capture too long to live inside the std::function itself, so that ASan sees its end";
    Source source = loop_.defer([&, kept] {
        source = loop_.defer([&] { calls_ += 10; });
        calls_ += static_cast<int>(kept.size() > 0);
    });
    drain();
    EXPECT_EQ(calls_, 11);
}

TEST_F(Event, DroppedInsideItsOwnTimerSignalAndChildCallbacks) {
    block_signals();
    std::string kept =
        "a capture too long to live inside the std::function itself, so that ASan sees its end";
    Source timer;
    Source signal;
    Source child;
    auto once = [&, kept](Source& source) {
        source.reset();
        calls_ += kept.size() > 0;
    };
    timer = loop_.after(0s, [&, once] { once(timer); });
    signal = loop_.on_signal(SIGHUP, [&, once] { once(signal); });
    child = loop_.on_child_exit(child_that_exits(0), [&, once](int, int) { once(child); });
    ASSERT_EQ(raise(SIGHUP), 0);
    run_until([&] { return calls_ == 3; });
    drain();
    EXPECT_EQ(calls_, 3);
}

TEST_F(Event, ADroppedSourceIsSilent) {
    Pipe pipe;
    pipe.put();
    {
        Source io = loop_.on_io(pipe.reading.get(), EPOLLIN, [&](uint32_t) { ++calls_; });
        Source timer = loop_.after(0s, [&] { ++calls_; });
        Source deferred = loop_.defer([&] { ++calls_; });
    }
    drain();
    EXPECT_EQ(calls_, 0);
}

TEST_F(Event, AMovedSourceLivesOn) {
    Source first = loop_.defer([&] { ++calls_; });
    Source second = std::move(first);
    EXPECT_FALSE(first);
    Source third = loop_.defer([&] { calls_ += 100; });
    third = std::move(second); // destroys the third's own callback
    drain();
    EXPECT_EQ(calls_, 1);
    EXPECT_TRUE(third);
}

TEST_F(Event, TurnsGoByUrgency) {
    Pipe pipe;
    pipe.put();
    std::string order;
    Source last = loop_.defer([&] { order += 'L'; }, EventPriority::Last);
    Source timer = loop_.after(0s, [&] { order += 'T'; });
    Source normal = loop_.defer([&] { order += 'N'; });
    Source input = loop_.on_io(pipe.reading.get(), EPOLLIN, [&](uint32_t) {
        order += 'I';
        pipe.take();
    });
    run_until([&] { return order.size() == 4; });
    EXPECT_EQ(order, "INTL");
}

TEST_F(Event, DeferredWorkRunsOnceAndNotAtOnce) {
    Source source = loop_.defer([&] { ++calls_; });
    EXPECT_EQ(calls_, 0);
    drain();
    EXPECT_EQ(calls_, 1);
}

TEST_F(Event, ATimerIsNeverEarlyAndRunsOnce) {
    auto due = SystemClock{}.now().boot + 20ms;
    Source source = loop_.at(due, [&] {
        EXPECT_GE(SystemClock{}.now().boot, due);
        ++calls_;
    });
    EXPECT_FALSE(loop_.turn(0s));
    run_until([&] { return calls_ > 0; });
    drain();
    EXPECT_EQ(calls_, 1);
}

TEST_F(Event, AChildThatExitsIsReportedAndReaped) {
    block_signals();
    std::vector<std::pair<int, int>> ends;
    auto note = [&](int code, int value) { ends.emplace_back(code, value); };
    pid_t pid = child_that_exits(42);
    Source exited = loop_.on_child_exit(pid, note);
    run_until([&] { return ends.size() == 1; });
    EXPECT_EQ(ends[0], (std::pair{static_cast<int>(CLD_EXITED), 42}));
    EXPECT_EQ(waitpid(pid, nullptr, 0), -1);

    pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    Source killed = loop_.on_child_exit(pid, note);
    ASSERT_EQ(kill(pid, SIGKILL), 0);
    run_until([&] { return ends.size() == 2; });
    EXPECT_EQ(ends[1], (std::pair{static_cast<int>(CLD_KILLED), SIGKILL}));
}

TEST_F(Event, RunAnswersTheCodeOfExit) {
    Source source = loop_.defer([&] { loop_.exit(7); });
    EXPECT_EQ(loop_.run(), 7);
}

TEST_F(Event, AnExitSourceIsCalledOnceAtTheEnd) {
    Source last = loop_.on_exit([this] { ++calls_; });
    Source dropped = loop_.on_exit([] { ADD_FAILURE() << "it was dropped"; });
    dropped.reset();
    Source source = loop_.defer([&] {
        EXPECT_EQ(calls_, 0);
        loop_.exit(0);
    });
    EXPECT_EQ(loop_.run(), 0);
    EXPECT_EQ(calls_, 1);
}

TEST_F(Event, DatesComeOnTheWallClock) {
    auto now = SystemClock{}.now().wall;
    auto past = loop_.at_date(now - 1h, [this] { ++calls_; });
    auto far = loop_.at_date(now + 1h, [] { ADD_FAILURE() << "an hour too early"; });
    auto soon = loop_.at_date(now + 20ms, [&] {
        EXPECT_GE(SystemClock{}.now().wall, now + 20ms);
        ++calls_;
    });
    run_until([this] { return calls_ == 2; });
}

} // namespace haulier
