// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages between apt and another program in place of apt's own method.
#include "apt/folders.hpp"
#include "apt/relay.hpp"

#include <array>
#include <fcntl.h>
#include <stdexcept>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace haulier::apt {

namespace {

struct RelayPipe {
    RelayPipe() {
        std::array<int, 2> ends{};
        EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
        out = Fd{ends[0]};
        in = Fd{ends[1]};
    }
    Fd out;
    Fd in;
};

class FailingPrefetch : public Prefetch {
public:
    explicit FailingPrefetch(bool& has_ended) : has_ended_(has_ended) {}
    std::optional<PrefetchedFile> pause(const Package&) override { throw std::runtime_error{"no memory"}; }
    void has_arrived(const PrefetchedFile&) override {}
    void end() override { has_ended_ = true; }

private:
    bool& has_ended_;
};

class AptRelay : public Folders {
protected:
    /// Runs a shell script in place of apt's own method. Returns what apt has read.
    std::string run(const std::string& script, const std::string& apt_writes) {
        write(root + "/own", "#!/bin/sh\n" + script + "\n");
        EXPECT_EQ(chmod((root + "/own").c_str(), 0700), 0);
        RelayPipe to;
        RelayPipe from;
        Fd signals{eventfd(0, EFD_CLOEXEC)};
        EXPECT_EQ(::write(to.in.get(), apt_writes.data(), apt_writes.size()),
                  static_cast<ssize_t>(apt_writes.size()));
        to.in.reset();
        std::string text;
        std::thread reader{[&] { text = read_all(from.out.get()); }};
        OwnMethod own{root + "/own"};
        Method method{[&](const Settings&) { return std::move(prefetch); }};
        try {
            status = relay(method, own, to.out.get(), from.in.get(), signals.get());
        } catch (const std::exception& error) {
            thrown = error.what();
        }
        from.in.reset();
        reader.join();
        return text;
    }
    static std::string read_all(int fd) {
        std::string text;
        std::array<char, 4096> bytes{};
        for (ssize_t got = 0; (got = ::read(fd, bytes.data(), bytes.size())) > 0;)
            text.append(bytes.data(), static_cast<size_t>(got));
        return text;
    }

    std::unique_ptr<Prefetch> prefetch;
    int status = -1;
    std::string thrown;
};

} // namespace

TEST_F(AptRelay, PassesMessagesOnInBothDirectionsUntilAptClosesItsPipe) {
    EXPECT_EQ(
        run("printf '100 Capabilities\\n\\n'; exec cat", "601 Configuration\n\n600 URI Acquire\nURI: x\n\n"),
        "100 Capabilities\n\n601 Configuration\n\n600 URI Acquire\nURI: x\n\n");
    EXPECT_EQ(status, 0);
}

TEST_F(AptRelay, EndsWithTheStatusOfTheOwnMethod) {
    EXPECT_EQ(run("printf '400 URI Failure\\n\\n'; exit 100", ""), "400 URI Failure\n\n");
    EXPECT_EQ(status, 100);
}

TEST_F(AptRelay, PassesLongMessagesOn) {
    auto message = "601 Configuration\nConfig-Item: " + std::string(30'000, 'x') + "\n\n";
    EXPECT_EQ(run("exec cat", message), message);
}

TEST_F(AptRelay, LetsTheJobsGoOnAfterAnException) {
    bool has_ended = false;
    prefetch = std::make_unique<FailingPrefetch>(has_ended);
    EXPECT_EQ(run("exec sleep 600",
                  "601 Configuration\n\n600 URI Acquire\nURI: http://deb.example.org/a.deb\n"
                  "Filename: " +
                      package(7).path + "\nExpected-SHA256: 12\nExpected-Checksum-FileSize: 7\n\n"),
              "");
    EXPECT_EQ(thrown, "no memory");
    EXPECT_TRUE(has_ended);
}

TEST(AptOwnMethod, IsTheOneInWhosePlaceAptCallsThisOne) {
    EXPECT_EQ(own_method_path("/usr/lib/apt/methods/http"), "/usr/lib/apt/methods/http");
    EXPECT_EQ(own_method_path("/opt/methods/https"), "/opt/methods/https");
    EXPECT_EQ(own_method_path("https"), "/usr/lib/apt/methods/https");
    EXPECT_EQ(own_method_path("/usr/libexec/haulier/haulier-apt-method"), "/usr/lib/apt/methods/http");
    EXPECT_EQ(own_method_path(""), "/usr/lib/apt/methods/http");
}

} // namespace haulier::apt
