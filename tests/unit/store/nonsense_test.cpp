// SPDX-License-Identifier: LGPL-2.1-or-later
// Rows as a stranger might write them: each column of each table in turn gets what does not belong there. The
// answer is jobs or an error, never a crash, and what is accepted is what was there. Each run tries a few
// values in each column; HAULIER_TEST_ROUNDS says how many.
#include "store_samples.hpp"
#include "support/chance.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <random>

namespace haulier::store {

namespace {

constexpr std::array Nonsense{"NULL",
                              "''",
                              "'x'",
                              "-1",
                              "2",
                              "4294967296",
                              "9223372036854775807",
                              "1.5",
                              "1e300",
                              "x'00ff'",
                              "'\U0001F69A'",
                              "char(0)",
                              "'sha256:xyz'",
                              "'transferred  error'",
                              "'5+0 1+'",
                              "'1!'",
                              "'0123456789abcdef0123456789abcdeg'",
                              "-9223372036854775807 - 1"};

/// Columns that hold whatever a client or server said, or any number at all.
bool takes_text(const std::string& column) {
    constexpr std::array Columns{"key",
                                 "display_name",
                                 "description",
                                 "notify_service",
                                 "notify_path",
                                 "service",
                                 "remote",
                                 "local",
                                 "etag",
                                 "last_modified",
                                 "error_sentence",
                                 "reply_file_name",
                                 "method",
                                 "proxy_list",
                                 "user",
                                 "client_certificate",
                                 "client_key",
                                 "certificate_authority",
                                 "temporary_directory",
                                 "proxy_bypass",
                                 "password",
                                 "only_for",
                                 "upload_url",
                                 "response_headers"};
    return std::find(Columns.begin(), Columns.end(), column) != Columns.end();
}

/// NULL, which most columns refuse, and others at random.
std::vector<const char*> some_nonsense(std::mt19937_64& random) {
    std::vector<const char*> values(Nonsense.begin(), Nonsense.end());
    std::shuffle(values.begin() + 1, values.end(), random);
    values.resize(std::min<size_t>(values.size(), test::rounds().value_or(3)));
    return values;
}

/// Takes away what SQLite itself would enforce.
void lift_rules(const std::string& path) {
    run_sql(path, "PRAGMA writable_schema = ON;"
                  "UPDATE sqlite_schema SET sql = replace(replace(sql, 'STRICT,', ''), ') STRICT', ')');"
                  "UPDATE sqlite_schema SET sql = replace(sql, 'NOT NULL', '')");
}

/// False: not even SQLite can be made to store that (a row number is a number).
bool put(const std::string& path, const std::string& table, const std::string& column,
         const std::string& value) {
    Connection db;
    expect_done(db.open(path));
    auto done = db.run(fmt::format("UPDATE OR IGNORE {} SET {} = {}", table, column, value));
    EXPECT_TRUE(done || column == "row") << column << " = " << value << ": " << done.error().message;
    return static_cast<bool>(done);
}

std::vector<std::string> columns_of(const std::string& path, const std::string& table) {
    Connection db;
    expect_done(db.open(path));
    Statement statement;
    expect_done(statement.prepare(db, "SELECT name FROM pragma_table_info('" + table + "')"));
    BoundStatement use{statement};
    std::vector<std::string> names;
    while (*use.next())
        names.emplace_back(*use.text_at(0));
    return names;
}

} // namespace

class NonsenseIn : public testing::TestWithParam<const char*> {};

TEST_P(NonsenseIn, EveryColumn) {
    const std::string table = GetParam();
    DatabaseDir directory;
    {
        Store store = open_quietly(directory);
        job::Decision d = creation(1, 1);
        d.job.error = job::JobError{job::Cause::Timeout, 28, "too slow", 0};
        d.notifications = {{job::NotificationKind::Error, 0}};
        d.job.http.headers = {"X-A: b"};
        d.job.http.credentials.emplace_back();
        d.files[0].spec.ranges = {{0, 5}};
        d.files[0].stamp.emplace();
        ASSERT_TRUE(store.save(d));
        expect_done(store.set_launches({0, "org.example.App", 1}));
        expect_done(store.set_rest({{0, "http://a:80"}, WallTime{Usec{1}}, {job::Cause::Timeout, 1, "b"}}));
        expect_done(store.add_discard({0, "/srv", ".haulier-0-0.part", {1, 2}, WallTime{Usec{1}}}));
        expect_done(store.commit());
    }
    lift_rules(directory.database());
    const std::string backup = directory.path() + "/backup";
    std::filesystem::copy_file(directory.database(), backup);
    auto columns = columns_of(backup, table);
    ASSERT_GT(columns.size(), 2u);

    std::mt19937_64 random{test::printed_seed()};
    int refused = 0;
    for (const auto& column : columns)
        for (const char* value : some_nonsense(random)) {
            std::filesystem::copy_file(backup, directory.database(),
                                       std::filesystem::copy_options::overwrite_existing);
            if (!put(directory.database(), table, column, value)) continue;
            std::string set_aside;
            auto store = Store::open(directory.path(), &set_aside);
            ASSERT_TRUE(store) << column << " = " << value << ": " << store.error().message;
            refused += !set_aside.empty();
            bool is_text = std::string_view{value}.front() == '\'';
            EXPECT_TRUE(set_aside.empty() || !(takes_text(column) && is_text))
                << column << " = " << value << set_aside;
        }
    EXPECT_GT(refused, 0);
}

INSTANTIATE_TEST_SUITE_P(Tables, NonsenseIn,
                         testing::Values("jobs", "http", "credentials", "files", "details", "outbox",
                                         "launches", "hosts", "discards"),
                         [](const auto& table) { return std::string{table.param}; });

TEST(Nonsense, WrittenWhileOpenIsAnErrorOfTheLoad) {
    DatabaseDir directory;
    Store store = open_quietly(directory);
    job::Decision d = creation(1, 1);
    d.notifications = {{job::NotificationKind::Error, 0}};
    save_and_commit(store, d);
    run_sql(directory.database(), "UPDATE outbox SET kind = 'gossip'; UPDATE jobs SET completing = 2");
    auto outbox = store.load_outbox();
    ASSERT_FALSE(outbox);
    const std::string place = " (" + directory.database() + ")";
    EXPECT_EQ(outbox.error(),
              (Error{Errc::Store, "database: column 'kind' of a row makes no sense" + place}));
    auto jobs = store.load_jobs();
    ASSERT_FALSE(jobs);
    EXPECT_EQ(jobs.error(),
              (Error{Errc::Store, "database: column 'completing' of a row makes no sense" + place}));
}

} // namespace haulier::store
