// SPDX-License-Identifier: LGPL-2.1-or-later
// What is taken from the staging folder, whatever is in it.
#include "apt/folders.hpp"
#include "apt/staging.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace haulier::apt {

namespace {

constexpr const char* Date = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr time_t SameDate = 784111777;

class AptStaging : public Folders {
protected:
    [[nodiscard]] std::string staged() const { return staging() + "/a.deb"; }
    [[nodiscard]] std::string part() const { return staging() + "/.haulier-1-0.part"; }
    [[nodiscard]] std::string wanted() const { return root + "/partial/a.deb"; }
};

time_t date_of(const std::string& path) {
    struct stat st {};
    EXPECT_EQ(stat(path.c_str(), &st), 0);
    return st.st_mtime;
}

} // namespace

TEST(AptDates, AreThoseOfHttp) {
    EXPECT_EQ(parse_date(Date), SameDate);
    EXPECT_EQ(format_date(SameDate), Date);
    for (const char* odd :
         {"", "yesterday", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 1994 08:49:37 GMT x"})
        EXPECT_FALSE(parse_date(odd)) << odd;
}

TEST_F(AptStaging, GivesAFinishedPackageAway) {
    write(staged(), "content");
    auto date = take_finished(staging(), package(7));
    EXPECT_EQ(date, date_of(wanted()));
    EXPECT_EQ(test::read_file(wanted()), "content");
    EXPECT_FALSE(std::filesystem::exists(staged()));
}

TEST_F(AptStaging, ReplacesWhatAptHasOfAFinishedPackage) {
    write(staged(), "content");
    write(wanted(), "con");
    EXPECT_TRUE(take_finished(staging(), package(7)));
    EXPECT_EQ(test::read_file(wanted()), "content");
}

TEST_F(AptStaging, KeepsWhatIsNotThePackage) {
    EXPECT_FALSE(take_finished(staging(), package(7)));
    write(staged(), "contents");
    EXPECT_FALSE(take_finished(staging(), package(7)));
    std::filesystem::remove(staged());
    write(root + "/other", "content");
    std::filesystem::create_symlink(root + "/other", staged());
    EXPECT_FALSE(take_finished(staging(), package(7)));
    std::filesystem::remove(staged());
    ASSERT_EQ(mkfifo(staged().c_str(), 0600), 0);
    EXPECT_FALSE(take_finished(staging(), package(0)));
    EXPECT_FALSE(std::filesystem::exists(wanted()));
}

TEST_F(AptStaging, CopiesTheBeginningWithTheDateOfTheServer) {
    write(part(), "cont");
    EXPECT_TRUE(take_beginning(part(), package(7), Date));
    EXPECT_EQ(test::read_file(wanted()), "cont");
    EXPECT_EQ(date_of(wanted()), SameDate);
    EXPECT_EQ(test::read_file(part()), "cont");
}

TEST_F(AptStaging, LeavesMoreOfThePackageWhereItIs) {
    write(part(), "cont");
    write(wanted(), "xxxx");
    EXPECT_FALSE(take_beginning(part(), package(7), Date));
    EXPECT_EQ(test::read_file(wanted()), "xxxx");
    write(wanted(), "xxx");
    EXPECT_TRUE(take_beginning(part(), package(7), Date));
    EXPECT_EQ(test::read_file(wanted()), "cont");
}

TEST_F(AptStaging, CopiesNothingWithoutADate) {
    write(part(), "cont");
    EXPECT_FALSE(take_beginning(part(), package(7), ""));
    EXPECT_FALSE(std::filesystem::exists(wanted()));
}

TEST_F(AptStaging, CopiesNothingThatHasGapsOrTheWholeSize) {
    write(part(), "content");
    EXPECT_FALSE(take_beginning(part(), package(7), Date));
    write(part(), "");
    EXPECT_FALSE(take_beginning(part(), package(7), Date));
    ASSERT_EQ(truncate(part().c_str(), 1 << 20), 0);
    EXPECT_FALSE(take_beginning(part(), package(2 << 20), Date));
    EXPECT_FALSE(take_beginning(staging() + "/none", package(7), Date));
    EXPECT_FALSE(std::filesystem::exists(wanted()));
}

TEST_F(AptStaging, LeavesNothingHalfCopied) {
    write(part(), "cont");
    std::filesystem::remove(root + "/partial");
    EXPECT_FALSE(take_beginning(part(), package(7), Date));
    EXPECT_FALSE(take_finished(staging(), package(7)));
}

} // namespace haulier::apt
