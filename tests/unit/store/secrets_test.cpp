// SPDX-License-Identifier: LGPL-2.1-or-later
// What a client has taken back is in no file any more, as soon as that is committed.
#include "store_samples.hpp"
#include "support/files.hpp"

namespace haulier::store {

namespace {

using Target = job::Credentials::Target;
using Scheme = job::Credentials::Scheme;

const std::string Password = "a password that nobody may find";
const std::string Header = "a token that nobody may find";

job::Decision secretive(unsigned number) {
    auto decision = creation(number, 3);
    decision.job.http.headers = {"Authorization: " + Header};
    decision.job.http.headers_write_only = true;
    decision.job.http.credentials = {{Target::Server, Scheme::Basic, "anna", Password, ""}};
    return decision;
}

bool holds(const DatabaseDir& directory, const std::string& secret) {
    for (const char* suffix : {"", "-wal"}) {
        if (test::read_file(directory.database() + suffix).find(secret) != std::string::npos) return true;
    }
    return false;
}

class SecretsTest : public testing::Test {
protected:
    SecretsTest() {
        save_and_commit(store, secretive(1));
        save_and_commit(store, creation(2, 20));
        EXPECT_TRUE(holds(directory, Password) && holds(directory, Header));
    }
    DatabaseDir directory;
    Store store = open_quietly(directory);
};

} // namespace

TEST_F(SecretsTest, AreGoneWithTheirJob) {
    expect_done(store.remove(id_of(1)));
    expect_done(store.commit());
    EXPECT_FALSE(holds(directory, Password));
    EXPECT_FALSE(holds(directory, Header));
}

TEST_F(SecretsTest, AreGoneWhenTheJobForgetsThem) {
    auto without = secretive(1);
    without.job.http.credentials.clear();
    save_and_commit(store, without);
    EXPECT_FALSE(holds(directory, Password));
    EXPECT_TRUE(holds(directory, Header));
    without.job.http = {};
    save_and_commit(store, without);
    EXPECT_FALSE(holds(directory, Header));
}

TEST_F(SecretsTest, AreGoneWhenOthersTakeTheirPlace) {
    auto other = secretive(1);
    other.job.http.credentials[0].password = "another";
    other.job.http.headers = {"Authorization: another"};
    save_and_commit(store, other);
    EXPECT_FALSE(holds(directory, Password));
    EXPECT_FALSE(holds(directory, Header));
}

TEST_F(SecretsTest, StayAsLongAsSomebodyReadsAndNoLonger) {
    Connection reader;
    expect_done(reader.open(directory.database()));
    expect_done(reader.run("BEGIN; SELECT * FROM jobs"));
    expect_done(store.remove(id_of(1)));
    expect_done(store.commit());
    expect_done(reader.run("COMMIT"));
    save_and_commit(store, creation(3));
    EXPECT_FALSE(holds(directory, Password));
}

TEST_F(SecretsTest, OfARunThatWasKilledAreGoneAtTheNextStart) {
    // As a crash right after the commit would leave it.
    run_sql(directory.database(), "DELETE FROM credentials; DELETE FROM http");
    DatabaseDir killed;
    for (const char* suffix : {"", "-wal"})
        std::filesystem::copy_file(directory.database() + suffix, killed.database() + suffix);
    ASSERT_TRUE(holds(killed, Password)) << "in the log, which nobody has copied into the database";
    Store next = open_quietly(killed);
    EXPECT_FALSE(holds(killed, Password));
    EXPECT_FALSE(holds(killed, Header));
    EXPECT_EQ(jobs_of(next).size(), 2u);
}

} // namespace haulier::store
