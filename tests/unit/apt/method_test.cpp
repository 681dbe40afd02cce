// SPDX-License-Identifier: LGPL-2.1-or-later
// What the method does with requests; the jobs are a fake.
#include "apt/folders.hpp"
#include "apt/method.hpp"

#include <utility>

namespace haulier::apt {

namespace {

/// Records the calls.
struct FakeJobs {
    std::optional<PrefetchedFile> file;
    std::function<void()> before_pause = [] {};
    std::vector<std::string> calls;
};

class FakePrefetch : public Prefetch {
public:
    explicit FakePrefetch(FakeJobs& jobs) : jobs_(jobs) {}
    std::optional<PrefetchedFile> pause(const Package& package) override {
        jobs_.calls.push_back("pause " + package.name());
        jobs_.before_pause();
        return jobs_.file;
    }
    void has_arrived(const PrefetchedFile& file) override {
        jobs_.calls.push_back("arrived " + std::to_string(file.index));
    }
    void end() override { jobs_.calls.emplace_back("end"); }

private:
    FakeJobs& jobs_;
};

class AptMethod : public Folders {
protected:
    AptMethod() { method.from_apt(configuration()); }

    [[nodiscard]] Message configuration() const {
        return Message{"601 Configuration\nConfig-Item: APT::Haulier::Directory=" + staging() + "\n\n"};
    }
    [[nodiscard]] Message acquire(const std::string& more = "Expected-SHA256: 12\n") const {
        return Message{"600 URI Acquire\nURI: http://deb.example.org/a.deb\nFilename: " + root +
                       "/partial/a.deb\nExpected-Checksum-FileSize: 7\n" + more + "\n"};
    }
    static Message done(const std::string& uri) { return Message{"201 URI Done\nURI: " + uri + "\n\n"}; }

    FakeJobs jobs;
    Method method{[this](const Settings&) { return std::make_unique<FakePrefetch>(jobs); }};
};

const PrefetchedFile Third{"/job", 2, "sha256:12", "", "Sun, 06 Nov 1994 08:49:37 GMT"};

} // namespace

TEST_F(AptMethod, PassesEverythingElseOn) {
    for (const auto& message :
         {configuration(), acquire(""), acquire("Expected-SHA256: 12\nIndex-File: true\n"),
          Message{"610 Something\nURI: x\n\n"}}) {
        auto output = method.from_apt(message);
        EXPECT_EQ(output.to_own_method, message.text());
        EXPECT_EQ(output.to_apt, "");
    }
    EXPECT_EQ(method.from_own_method(done("http://other/")), done("http://other/").text());
    EXPECT_TRUE(jobs.calls.empty());
}

TEST_F(AptMethod, GivesAptAFinishedPackage) {
    write(staging() + "/a.deb", "content");
    auto output = method.from_apt(acquire());
    EXPECT_EQ(output.to_own_method, "");
    EXPECT_TRUE(output.to_apt.starts_with("200 URI Start\n"));
    EXPECT_EQ(test::read_file(root + "/partial/a.deb"), "content");
    EXPECT_TRUE(jobs.calls.empty());
}

TEST_F(AptMethod, AnswersWhenTheOwnMethodTransfersNothing) {
    const Message start{"200 URI Start\nURI: http://other/\n\n"};
    for (int end : {UriDone, UriFailure, GeneralFailure, Redirect}) {
        EXPECT_EQ(method.from_own_method(start), start.text());
        write(staging() + "/a.deb", "content");
        EXPECT_EQ(method.from_apt(acquire()).to_apt, "");
        const Message status{"102 Status\nURI: http://other/\n\n"};
        EXPECT_EQ(method.from_own_method(status), status.text());
        const Message last{std::to_string(end) + " End\nURI: http://other/\n\n"};
        EXPECT_TRUE(method.from_own_method(last).starts_with(last.text() + "200 URI Start\n"));
    }
    EXPECT_TRUE(jobs.calls.empty());
}

TEST_F(AptMethod, HasTheRestOfAPackageFetchedByTheOwnMethod) {
    jobs.file = Third;
    jobs.file->temporary = staging() + "/.haulier-1-2.part";
    write(jobs.file->temporary, "cont");
    EXPECT_EQ(method.from_apt(acquire()).to_own_method, acquire().text());
    EXPECT_EQ(test::read_file(root + "/partial/a.deb"), "cont");
    EXPECT_EQ(method.from_own_method(done("http://deb.example.org/a.deb")),
              done("http://deb.example.org/a.deb").text());
    method.end();
    EXPECT_EQ(jobs.calls, (std::vector<std::string>{"pause a.deb", "arrived 2", "end"}));
}

TEST_F(AptMethod, LeavesAPackageThatHasNotArrivedInItsJob) {
    jobs.file = Third;
    method.from_apt(acquire());
    method.from_own_method(Message{"400 URI Failure\nURI: http://deb.example.org/a.deb\n\n"});
    method.end();
    EXPECT_EQ(jobs.calls, (std::vector<std::string>{"pause a.deb", "end"}));
}

TEST_F(AptMethod, NoticesThatAPackageWasCompletedMeanwhile) {
    jobs.before_pause = [this] { write(staging() + "/a.deb", "content"); };
    auto output = method.from_apt(acquire());
    EXPECT_EQ(output.to_own_method, "");
    EXPECT_FALSE(output.to_apt.empty());
}

TEST(AptMethodWithoutHaulier, PassesRequestsOn) {
    Method method{[](const Settings&) { return nullptr; }};
    Message acquire{
        "600 URI Acquire\nURI: x\nFilename: /a\nExpected-SHA256: 1\nExpected-Checksum-FileSize: 1\n\n"};
    EXPECT_EQ(method.from_apt(acquire).to_own_method, acquire.text());
    method.from_apt(Message{"601 Configuration\n\n"});
    EXPECT_EQ(method.from_apt(acquire).to_own_method, acquire.text());
    method.end();
}

} // namespace haulier::apt
