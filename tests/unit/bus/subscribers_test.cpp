// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/subscribers.hpp"

#include "users.hpp"

#include <gtest/gtest.h>

namespace haulier::bus {

namespace {

using daemon::Instance;
std::vector<std::string> names(const std::vector<Listener>& listeners) {
    std::vector<std::string> out;
    for (const auto& l : listeners)
        out.push_back(l.name);
    return out;
}

using NameList = std::vector<std::string>;

TEST(Subscribers, OfASessionBusAreEverybody) {
    Subscribers s{Instance::Session};
    NameList everybody{""};
    EXPECT_EQ(names(s.all()), everybody);
    EXPECT_EQ(names(s.of_job({Anna, {}})), everybody);
    s.add({":1.1", Anna, false});
    EXPECT_EQ(names(s.all()), everybody);
    s.remove(":1.1");
    EXPECT_EQ(names(s.all()), everybody);
}

TEST(Subscribers, OfTheSystemBusHearOfTheirOwn) {
    Subscribers s{Instance::System};
    EXPECT_EQ(names(s.of_job({Anna, {}})), NameList{});
    s.add({":1.1", Anna, false});
    s.add({":1.2", Bert, false});
    s.add({":1.3", Anna, false});
    EXPECT_EQ(names(s.of_job({Anna, {}})), (NameList{":1.1", ":1.3"}));
    EXPECT_EQ(names(s.of_job({Bert, {}})), (NameList{":1.2"}));
    EXPECT_EQ(names(s.of_job({0, {}})), NameList{});
    EXPECT_EQ(s.all().size(), 3U);
}

TEST(Subscribers, ThatAreAdministratorsGetAllSignals) {
    Subscribers s{Instance::System};
    s.add({":1.1", Anna, false});
    s.let_see_all(":1.1");
    EXPECT_EQ(names(s.of_job({Bert, {}})), NameList{":1.1"});
    s.add({":1.1", Anna, false});
    EXPECT_EQ(names(s.of_job({Bert, {}})), NameList{});
}

TEST(Subscribers, ThatHaveLeftAreNotAddedAgain) {
    Subscribers s{Instance::System};
    s.add({.name = ":1.1", .uid = Anna, .keeps_daemon = true});
    EXPECT_TRUE(s.keep_daemon());
    s.remove(":1.1");
    s.let_see_all(":1.1");
    EXPECT_FALSE(s.keep_daemon());
    EXPECT_EQ(names(s.all()), NameList{});
}

TEST(Subscribers, KeepTheDaemonOnlyIfTheyWish) {
    Subscribers s{Instance::System};
    s.add({.name = ":1.1", .uid = Anna});
    EXPECT_FALSE(s.keep_daemon());
    s.add({.name = ":1.2", .uid = Bert, .keeps_daemon = true});
    EXPECT_TRUE(s.keep_daemon());
}

TEST(Subscribers, GetByNameWhatTheyHaveAskedFor) {
    for (auto instance : {Instance::Session, Instance::System}) {
        Subscribers s{instance};
        s.add({.name = ":1.1", .uid = Anna, .with_facts = true});
        s.add_for_objects({.name = ":1.1", .uid = Anna});
        s.add_for_objects({.name = ":1.2", .uid = Anna});
        EXPECT_EQ(names(s.with_facts_of({Anna, {}})), NameList{":1.1"});
        EXPECT_EQ(names(s.with_objects_of({Anna, {}})), (NameList{":1.1", ":1.2"}));
        s.add({.name = ":1.1", .uid = Anna});
        EXPECT_EQ(names(s.with_facts_of({Anna, {}})), NameList{});
        EXPECT_EQ(names(s.with_objects_of({Anna, {}})), (NameList{":1.1", ":1.2"}));
        s.let_see_all(":1.1");
        bool session = instance == Instance::Session;
        EXPECT_EQ(s.with_objects_of({Bert, {}}).size(), session ? 2U : 0U);
    }
}

TEST(Subscribers, InSandboxesGetWhatIsAboutTheirAppOnly) {
    for (auto instance : {Instance::Session, Instance::System}) {
        Subscribers s{instance};
        s.add({.name = ":1.1", .uid = Anna, .with_facts = true, .app = "a"});
        s.add_for_objects({.name = ":1.1", .uid = Anna, .app = "a"});
        s.add({.name = ":1.2", .uid = Anna, .with_facts = true});
        EXPECT_EQ(names(s.with_facts_of({Anna, "a"})), (NameList{":1.1", ":1.2"}));
        EXPECT_EQ(names(s.with_objects_of({Anna, "a"})), NameList{":1.1"});
        for (const auto* app : {"", "b"}) {
            EXPECT_EQ(names(s.with_facts_of({Anna, app})), NameList{":1.2"});
            EXPECT_EQ(names(s.with_objects_of({Anna, app})), NameList{});
        }
    }
}

} // namespace

} // namespace haulier::bus
