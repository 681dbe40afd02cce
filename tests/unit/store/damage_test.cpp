// SPDX-License-Identifier: LGPL-2.1-or-later
// A database that cannot be used is set aside, never destroyed, and an empty one takes its place. When the
// machine is at fault and not the file, the file stays where it is.
#include "store/migrations.hpp"
#include "store_samples.hpp"

#include <fmt/core.h>
#include <fstream>
#include <gmock/gmock.h>
#include <random>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace haulier::store {

namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

constexpr size_t PageSize = 4096;

std::string read_file(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

void write_file(const std::string& path, const std::string& content) {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << content;
}

std::vector<std::string> names_in(const std::string& directory) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{directory})
        names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
}

class Damage : public testing::Test {
protected:
    void SetUp() override {
        Store store = open_quietly(directory_);
        for (unsigned i = 1; i <= 20; ++i) {
            job::Decision d = creation(i, 5);
            d.notifications = {{job::NotificationKind::Error, 0}};
            ASSERT_TRUE(store.save(d));
        }
        expect_done(store.set_launches({0, "org.example.App", 1}));
        expect_done(store.commit());
        jobs_ = jobs_of(store);
    }

    /// As if a program that knows one more step of the schema had written it.
    void pretend_to_be_newer() {
        run_sql(directory_.database(), fmt::format("PRAGMA user_version = {}", steps().size() + 1));
    }
    /// Opens; answers what was said about a database set aside. The store must work whatever happened.
    std::string open() {
        std::string set_aside;
        auto store = Store::open(directory_.path(), &set_aside);
        EXPECT_TRUE(store) << store.error().message;
        if (!store) return "";
        found_ = jobs_of(*store);
        save_and_commit(*store, creation(1000 + static_cast<unsigned>(found_.size()), 1));
        EXPECT_EQ(jobs_of(*store).size(), found_.size() + 1);
        return set_aside;
    }

    /// The database is set aside with its bytes as they are, for `reason`.
    void expect_set_aside(const std::string& reason) {
        std::string bytes = read_file(directory_.database());
        std::string said = open();
        EXPECT_THAT(said, MatchesRegex(directory_.path() +
                                       "/haulier\\.db\\.corrupt-[0-9]{8}T[0-9]{6}Z(\\.[0-9]+)?: .*"));
        EXPECT_THAT(said, HasSubstr(reason));
        EXPECT_TRUE(found_.empty());
        EXPECT_EQ(read_file(said.substr(0, said.find(": "))), bytes);
        EXPECT_EQ(open(), "");
        EXPECT_EQ(found_.size(), 1u);
    }

    /// Opens after some damage that may or may not matter: either all rows are sane, or it is set aside.
    void expect_no_crash() { open(); }

    DatabaseDir directory_;
    std::vector<StoredJob> jobs_;
    std::vector<StoredJob> found_;
};

} // namespace

TEST_F(Damage, NoneNothingIsSetAside) {
    EXPECT_EQ(open(), "");
    EXPECT_EQ(found_, jobs_);
}

TEST_F(Damage, OverwrittenHeader) {
    std::string bytes = read_file(directory_.database());
    write_file(directory_.database(), bytes.replace(0, 64, std::string(64, 'x')));
    expect_set_aside("not a database");
}

TEST_F(Damage, Garbage) {
    std::mt19937 random{1};
    std::string bytes(10000, '\0');
    for (char& c : bytes)
        c = static_cast<char>(random());
    write_file(directory_.database(), bytes);
    expect_set_aside("not a database");
}

TEST_F(Damage, Empty) {
    write_file(directory_.database(), "");
    expect_set_aside("the file is empty");
}

TEST_F(Damage, OneByte) {
    write_file(directory_.database(), "S");
    expect_set_aside("");
}

TEST_F(Damage, Truncated) {
    std::string bytes = read_file(directory_.database());
    ASSERT_GT(bytes.size(), 4 * PageSize);
    write_file(directory_.database(), bytes.substr(0, bytes.size() / 2));
    expect_set_aside("malformed");
}

TEST_F(Damage, TruncatedInMidPage) {
    std::string bytes = read_file(directory_.database());
    write_file(directory_.database(), bytes.substr(0, PageSize + 100));
    expect_set_aside("malformed");
}

TEST_F(Damage, AnyPageOverwritten) {
    const std::string bytes = read_file(directory_.database());
    int set_aside = 0;
    for (size_t page = 0; page < bytes.size(); page += PageSize)
        for (char filler : {'\0', '\xff', 'A'}) {
            std::string damaged = bytes;
            write_file(directory_.database(), damaged.replace(page, PageSize, PageSize, filler));
            bool noticed = !open().empty();
            EXPECT_TRUE(noticed || found_ == jobs_) << "page " << page / PageSize;
            set_aside += noticed;
        }
    EXPECT_GT(set_aside, 0);
}

TEST_F(Damage, FlippedBytesNeverCrash) {
    const std::string bytes = read_file(directory_.database());
    std::mt19937 random{20261121};
    for (int round = 0; round < 300; ++round) {
        std::string damaged = bytes;
        for (int flips = 1 + round % 8; flips > 0; --flips)
            damaged[random() % damaged.size()] ^= static_cast<char>(1 + random() % 255);
        write_file(directory_.database(), damaged);
        std::filesystem::remove(directory_.database() + "-wal");
        expect_no_crash();
    }
}

TEST_F(Damage, NewerVersion) {
    pretend_to_be_newer();
    expect_set_aside(fmt::format("newer Haulier: its version is {}, this program knows {}",
                                 steps().size() + 1, steps().size()));
}

TEST_F(Damage, VersionThatNeverWas) {
    run_sql(directory_.database(), "PRAGMA user_version = -3");
    expect_set_aside("its version is -3");
}

TEST_F(Damage, SomebodyElsesDatabase) {
    run_sql(directory_.database(), "PRAGMA application_id = 1");
    expect_set_aside("not a database of Haulier");
}

TEST_F(Damage, MissingTable) {
    run_sql(directory_.database(), "DROP TABLE launches");
    expect_set_aside("no such table: launches");
}

TEST_F(Damage, UnknownStateWord) {
    run_sql(directory_.database(), "UPDATE jobs SET state = 'flying' WHERE display_name = 'job 7'");
    expect_set_aside("column 'state' of a row makes no sense");
}

TEST_F(Damage, GapInTheFiles) {
    run_sql(directory_.database(), "DELETE FROM files WHERE number = 2");
    expect_set_aside("column 'number' of a row makes no sense");
}

TEST_F(Damage, FilesOfNoJob) {
    run_sql(directory_.database(), "DELETE FROM jobs WHERE display_name = 'job 7'");
    expect_set_aside("jobs that are not there");
}

TEST_F(Damage, AnIndexThatLacksRows) {
    auto root = ask(directory_.database(), "SELECT rootpage FROM sqlite_schema WHERE name = 'outbox_of_job'");
    const std::string empty_page{"\x0a\0\0\0\0\x10\0\0", 8}; // a leaf of an index, without cells
    std::string bytes = read_file(directory_.database());
    bytes.replace((static_cast<size_t>(root) - 1) * PageSize, empty_page.size(), empty_page);
    write_file(directory_.database(), bytes);
    expect_set_aside("index outbox_of_job");
}

TEST_F(Damage, LogWithoutItsDatabase) {
    write_file(directory_.database() + "-wal", "what was committed last");
    std::filesystem::remove(directory_.database());
    std::string said = open();
    EXPECT_THAT(said, HasSubstr("the database itself is gone"));
    EXPECT_EQ(read_file(said.substr(0, said.find(": ")) + "-wal"), "what was committed last");
}

TEST_F(Damage, TheLogGoesAsideWithIt) {
    std::string bytes;
    {
        // A writer that never gets to close: its log stays.
        Store store = open_quietly(directory_);
        save_and_commit(store, creation(100, 3));
        pretend_to_be_newer();
        std::filesystem::create_directory(directory_.path() + "/copy");
        for (const char* suffix : {"", "-wal"})
            write_file(directory_.path() + "/copy/haulier.db" + suffix,
                       read_file(directory_.database() + suffix));
        bytes = read_file(directory_.database() + "-wal");
    }
    ASSERT_FALSE(bytes.empty());
    std::string said;
    auto store = Store::open(directory_.path() + "/copy", &said);
    ASSERT_TRUE(store);
    EXPECT_THAT(said, HasSubstr("newer"));
    EXPECT_EQ(read_file(said.substr(0, said.find(": ")) + "-wal"), bytes);
    EXPECT_TRUE(jobs_of(*store).empty());
}

TEST_F(Damage, EveryOneSetAsideIsKept) {
    for (int i = 0; i < 4; ++i) {
        write_file(directory_.database(), "no database number " + std::to_string(i));
        std::filesystem::remove(directory_.database() + "-wal");
        EXPECT_NE(open(), "");
    }
    std::vector<std::string> contents;
    for (const auto& name : names_in(directory_.path()))
        if (name.find(".corrupt-") != std::string::npos)
            contents.push_back(read_file(directory_.path() + "/" + name));
    std::sort(contents.begin(), contents.end());
    EXPECT_EQ(contents, (std::vector<std::string>{"no database number 0", "no database number 1",
                                                  "no database number 2", "no database number 3"}));
}

TEST(Unreachable, DirectoryBelowAFile) {
    DatabaseDir parent;
    write_file(parent.path() + "/file", "");
    auto store = Store::open(parent.path() + "/file/haulier");
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error(), (Error{Errc::Store, "cannot create directory " + parent.path() +
                                                     "/file/haulier: Not a directory"}));
}

/// Permissions mean nothing to root, so the test goes on as somebody else.
class Unprivileged {
public:
    Unprivileged() : was_(geteuid()) { EXPECT_EQ(was_ == 0 ? seteuid(65534) : 0, 0); }
    ~Unprivileged() { EXPECT_EQ(seteuid(was_), 0); }

private:
    uid_t was_;
};

TEST(Unreachable, DirectoryThatCannotBeWritten) {
    DatabaseDir parent;
    ASSERT_EQ(chmod(parent.path().c_str(), 0555), 0);
    Unprivileged nobody;
    auto impl = Store::open(parent.path());
    ASSERT_FALSE(impl);
    EXPECT_EQ(impl.error(),
              (Error{Errc::Store, "cannot write in directory " + parent.path() + ": Permission denied"}));
    auto below = Store::open(parent.path() + "/haulier");
    ASSERT_FALSE(below);
    EXPECT_EQ(below.error().code, Errc::Store);
    EXPECT_THAT(below.error().message, HasSubstr("cannot create directory"));
}

TEST(Unreachable, ADatabaseThatMayNotBeReadStaysWhereItIs) {
    DatabaseDir directory;
    make_database(directory.path());
    ASSERT_EQ(chmod(directory.path().c_str(), 0777), 0);
    ASSERT_EQ(chmod(directory.database().c_str(), 0), 0);
    {
        Unprivileged nobody;
        std::string said;
        auto store = Store::open(directory.path(), &said);
        ASSERT_FALSE(store);
        EXPECT_EQ(store.error().code, Errc::Store);
        EXPECT_THAT(store.error().message, HasSubstr("cannot open " + directory.database()));
        EXPECT_EQ(said, "");
    }
    ASSERT_EQ(chmod(directory.database().c_str(), 0600), 0);
    Store store = open_quietly(directory);
    EXPECT_EQ(jobs_of(store).size(), 1u);
}

TEST(Unreachable, ADatabaseInUseByAnotherWriterStaysWhereItIs) {
    DatabaseDir directory;
    make_database(directory.path());
    Connection other;
    expect_done(other.open(directory.database()));
    expect_done(other.run("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; DELETE FROM launches"));
    std::string said;
    auto store = Store::open(directory.path(), &said);
    ASSERT_FALSE(store);
    EXPECT_THAT(store.error().message, HasSubstr("database is locked"));
    EXPECT_EQ(said, "");
}

} // namespace haulier::store
