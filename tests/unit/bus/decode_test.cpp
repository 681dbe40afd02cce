// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/codec.hpp"
#include "job/memory_usage.hpp"

#include <gtest/gtest.h>
#include <utility>

namespace haulier::bus {
namespace {

using sdbus::Variant;
using std::string;
using Words = std::vector<string>;

template <class T>
job::SettingsPatch wished(const string& name, const T& value) {
    job::SettingsPatch wishes;
    auto taken = take_setting(wishes, name, Variant{value});
    EXPECT_TRUE(taken) << name;
    return wishes;
}

template <class T>
Errc refusal(const string& name, const T& value) {
    job::SettingsPatch wishes;
    auto taken = take_setting(wishes, name, Variant{value});
    EXPECT_FALSE(taken) << name;
    return taken ? Errc::Internal : taken.error().code;
}

TEST(TakeWish, PutsEachPropertyInItsPlace) {
    EXPECT_EQ(wished("DisplayName", string{"n"}).display_name, "n");
    EXPECT_EQ(wished("Priority", string{"low"}).priority, job::Priority::Low);
    EXPECT_EQ(wished("MinimumNotificationInterval", uint32_t{7}).minimum_notification_interval,
              std::chrono::milliseconds{7});
    EXPECT_EQ(wished("NoProgressTimeout", uint32_t{0}).no_progress_timeout, std::chrono::seconds{0});
    EXPECT_EQ(wished("MaximumDownloadSize", uint64_t{1}).maximum_download_size, 1u);
    EXPECT_EQ(wished("OnDemand", true).on_demand, true);
    EXPECT_EQ(wished("NetworkCost", string{"unmetered"}).network_cost, job::NetworkCost::Unmetered);
    EXPECT_EQ(wished("NotBefore", uint64_t{5}).not_before, WallTime{Usec{5}});
    EXPECT_EQ(wished("ProxyMode", string{"none"}).proxy_mode, job::Proxy::Mode::None);
    EXPECT_TRUE(wished("SecurityFlags", Words{"ignore-dates"}).security_flags->ignore_dates);
    EXPECT_EQ(wished("RedirectPolicy", string{"report"}).redirect_policy, job::RedirectPolicy::Report);
}

TEST(TakeWish, RefusesWordsThatThereAreNot) {
    for (const auto* name : {"Priority", "NetworkCost", "PowerPolicy", "ProxyMode", "RedirectPolicy"})
        EXPECT_EQ(refusal(name, string{"extreme"}), Errc::NotSupported) << name;
    EXPECT_EQ(refusal("NotifyFlags", Words{"transferred", "all"}), Errc::NotSupported);
    EXPECT_EQ(refusal("SecurityFlags", Words{"ignore-everything"}), Errc::NotSupported);
}

TEST(TakeWish, RefusesTheWrongTypeAndTheUnknownName) {
    EXPECT_EQ(refusal("Priority", uint32_t{1}), Errc::InvalidArgument);
    EXPECT_EQ(refusal("MaximumDownloadSize", uint32_t{1}), Errc::InvalidArgument);
    EXPECT_EQ(refusal("NotBefore", ~uint64_t{0}), Errc::InvalidArgument) << "no date is that far";
    EXPECT_EQ(refusal("State", string{"queued"}), Errc::NotSupported);
}

TEST(DecodeCreate, TakesPropertiesAsOptions) {
    auto made = decode_create(
        "n", "upload-reply",
        {{"Priority", Variant{string{"high"}}}, {"Key", Variant{string{"k"}}}, {"Resume", Variant{true}}},
        {});
    ASSERT_TRUE(made);
    EXPECT_EQ(made->request.type, job::Type::UploadReply);
    EXPECT_EQ(made->request.wishes.display_name, "n");
    EXPECT_EQ(made->request.wishes.priority, job::Priority::High);
    EXPECT_EQ(made->request.key, "k");
    EXPECT_TRUE(made->request.resume);
}

TEST(DecodeCreate, TakesCredentialsAndHeaders) {
    std::vector<CredentialsTuple> credentials{{"server", "basic", "u", "p"}, {"proxy", "bearer", "", "t"}};
    auto made =
        decode_create("n", "download",
                      {{"Credentials", Variant{credentials}}, {"CustomHeaders", Variant{Words{"A: b"}}}}, {});
    ASSERT_TRUE(made);
    const auto& wishes = made->request.wishes;
    ASSERT_EQ(wishes.credentials.size(), 2u);
    EXPECT_EQ(wishes.credentials[0].user, "u");
    EXPECT_EQ(wishes.credentials[1].target, job::Credentials::Target::Proxy);
    EXPECT_EQ(wishes.credentials[1].password, "t");
    EXPECT_EQ(wishes.custom_headers->lines, Words{"A: b"});
    EXPECT_FALSE(wishes.custom_headers->write_only);
}

TEST(DecodeCreate, RefusesWhatIsNoOption) {
    for (const auto* name : {"DisplayName", "State", "Files2", ""}) {
        auto made = decode_create("n", "download", {{name, Variant{string{"x"}}}}, {});
        ASSERT_FALSE(made) << name;
        EXPECT_EQ(made.error().code, Errc::NotSupported) << name;
    }
    EXPECT_EQ(decode_create("n", "sideload", {}, {}).error().code, Errc::NotSupported);
    std::vector<CredentialsTuple> strange{{"server", "kerberos", "", ""}};
    EXPECT_EQ(decode_create("n", "download", {{"Credentials", Variant{strange}}}, {}).error().code,
              Errc::NotSupported);
}

TEST(DecodeFiles, TakesRangesAndMirrors) {
    std::vector<RangeTuple> ranges{{10, 5}, {0, job::ToEnd}};
    auto specs = decode_files(
        {{"http://a/f", "/f", {{"Ranges", Variant{ranges}}, {"Mirrors", Variant{Words{"http://b/f"}}}}}}, {});
    ASSERT_TRUE(specs);
    EXPECT_EQ(specs->front().ranges, (std::vector<job::Range>{{10, 5}, {0, job::ToEnd}}));
    EXPECT_EQ(specs->front().mirrors, Words{"http://b/f"});
    EXPECT_EQ(decode_ranges(encode(specs->front().ranges)), specs->front().ranges);
}

TEST(DecodeFiles, NamesTheBadOneOfSeveral) {
    auto specs = decode_files(
        {{"http://a/f", "/f", {}}, {"http://a/g", "/g", {{"Colour", Variant{string{"red"}}}}}}, {});
    ASSERT_FALSE(specs);
    EXPECT_EQ(specs.error().code, Errc::NotSupported);
    EXPECT_NE(specs.error().message.find("file 2 of 2"), string::npos) << specs.error().message;
}

TEST(DecodeFiles, EndsWhereItIsTooMuch) {
    job::Limits limits;
    limits.files_per_job = 2;
    FileArgument file{"http://a/f", "/f", {}};
    FileArgument strange{"http://a/f", "/f", {{"Colour", Variant{string{"red"}}}}};
    EXPECT_TRUE(decode_files({file, file}, limits));
    EXPECT_EQ(decode_files({file, file, strange}, limits).error().code, Errc::TooManyFiles);
    EXPECT_EQ(decode_files({file, strange}, limits).error().code, Errc::NotSupported);
    limits.text_per_user = job::FileOverhead;
    EXPECT_EQ(decode_files({file, strange}, limits).error().code, Errc::TooLarge) << "whatever comes later";
}

TEST(DecodeFilter, TakesAllUsers) {
    EXPECT_TRUE(decode_filter({{"AllUsers", Variant{true}}})->all_users);
    EXPECT_FALSE(decode_filter({})->all_users);
    EXPECT_FALSE(decode_filter({{"State", Variant{string{"queued"}}}}));
}

} // namespace
} // namespace haulier::bus
