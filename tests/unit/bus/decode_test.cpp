// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/job_properties.hpp"
#include "job/memory_usage.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <utility>

namespace haulier::bus {
namespace {

using sdbus::Variant;
using std::string;
using Words = std::vector<string>;

using job::Settings;

Status take(job::SettingsPatch& patch, const string& name, const Variant& value) {
    return bus::take(patch, name, value, setting_takers(), "setting");
}

template <class T>
job::SettingsPatch patch(const string& name, const T& value) {
    job::SettingsPatch taken;
    EXPECT_TRUE(take(taken, name, Variant{value})) << name;
    return taken;
}

template <class T>
Errc refusal(const string& name, const T& value) {
    job::SettingsPatch unchanged;
    auto taken = take(unchanged, name, Variant{value});
    EXPECT_FALSE(taken) << name;
    return taken ? Errc::Internal : taken.error().code;
}

TEST(TakeSetting, PutsEachInItsPlace) {
    EXPECT_EQ(patch("DisplayName", string{"n"}).get<&Settings::display_name>(), "n");
    EXPECT_EQ(patch("Priority", string{"low"}).get<&Settings::priority>(), job::Priority::Low);
    EXPECT_EQ(
        patch("MinimumNotificationInterval", uint32_t{7}).get<&Settings::minimum_notification_interval>(),
        std::chrono::milliseconds{7});
    EXPECT_EQ(patch("NoProgressTimeout", uint32_t{0}).get<&Settings::no_progress_timeout>(),
              std::chrono::seconds{0});
    EXPECT_EQ(patch("MaximumDownloadSize", uint64_t{1}).get<&Settings::maximum_download_size>(), 1u);
    EXPECT_EQ(patch("MaximumDownloadSize", ~uint64_t{0}).get<&Settings::maximum_download_size>(),
              std::nullopt);
    EXPECT_TRUE(patch("OnDemand", true).get<&Settings::on_demand>());
    EXPECT_EQ(patch("NetworkCost", string{"unmetered"}).get<&Settings::network_cost>(),
              job::NetworkCost::Unmetered);
    EXPECT_EQ(patch("NotBefore", uint64_t{5}).get<&Settings::not_before>(), WallTime{Usec{5}});
    auto http = [](const job::SettingsPatch& p) { return p.get<&Settings::http>(); };
    EXPECT_EQ(http(patch("ProxyMode", string{"none"})).proxy.mode, job::Proxy::Mode::None);
    EXPECT_TRUE(http(patch("SecurityFlags", Words{"ignore-dates"})).security.ignore_dates);
    EXPECT_EQ(http(patch("RedirectPolicy", string{"report"})).redirect, job::RedirectPolicy::Report);
}

TEST(TakeSetting, RefusesUnknownWords) {
    for (const auto* name : {"Priority", "NetworkCost", "PowerPolicy", "ProxyMode", "RedirectPolicy"})
        EXPECT_EQ(refusal(name, string{"extreme"}), Errc::NotSupported) << name;
    EXPECT_EQ(refusal("NotifyFlags", Words{"transferred", "all"}), Errc::NotSupported);
    EXPECT_EQ(refusal("SecurityFlags", Words{"ignore-everything"}), Errc::NotSupported);
}

TEST(TakeSetting, RefusesTheWrongTypeAndTheUnknownName) {
    EXPECT_EQ(refusal("Priority", uint32_t{1}), Errc::InvalidArgument);
    EXPECT_EQ(refusal("MaximumDownloadSize", string{"1"}), Errc::InvalidArgument);
    EXPECT_EQ(refusal("AutoComplete", int32_t{1}), Errc::InvalidArgument);
    EXPECT_EQ(refusal("NotBefore", ~uint64_t{0}), Errc::InvalidArgument) << "no date is that far";
    EXPECT_EQ(refusal("State", string{"queued"}), Errc::NotSupported);
    EXPECT_EQ(refusal("HeadersWriteOnly", true), Errc::NotSupported) << "part of SetCustomHeaders";
}

TEST(TakeSetting, TakesNumbersOfAnyTypeThatHoldTheSame) {
    auto size = [](const auto& value) {
        return patch("MaximumDownloadSize", value).template get<&Settings::maximum_download_size>();
    };
    EXPECT_EQ(size(uint8_t{7}), 7u);
    EXPECT_EQ(size(int16_t{7}), 7u);
    EXPECT_EQ(size(int32_t{7}), 7u);
    EXPECT_EQ(size(uint32_t{7}), 7u);
    EXPECT_EQ(size(int64_t{1} << 40), uint64_t{1} << 40);
    EXPECT_EQ(size(7.0), 7u);
    EXPECT_EQ(patch("NoProgressTimeout", int64_t{7}).get<&Settings::no_progress_timeout>(),
              std::chrono::seconds{7});
}

TEST(TakeSetting, RefusesNumbersThatItCannotHold) {
    EXPECT_EQ(refusal("MaximumDownloadSize", int32_t{-1}), Errc::InvalidArgument);
    EXPECT_EQ(refusal("MaximumDownloadSize", 7.5), Errc::InvalidArgument);
    EXPECT_EQ(refusal("MaximumDownloadSize", 1e17), Errc::InvalidArgument) << "not every number is exact";
    EXPECT_EQ(refusal("MaximumDownloadSize", std::nan("")), Errc::InvalidArgument);
    EXPECT_EQ(refusal("NoProgressTimeout", int64_t{1} << 32), Errc::InvalidArgument);
}

TEST(TakeSetting, TakesListsOfVariantsWithStrings) {
    std::vector<Variant> words{Variant{string{"transferred"}}, Variant{string{"modification"}}};
    EXPECT_TRUE(patch("NotifyFlags", words).get<&Settings::notify_flags>().modification);
    patch("NotifyFlags", std::vector<Variant>{});
    words.emplace_back(uint32_t{1});
    EXPECT_EQ(refusal("NotifyFlags", words), Errc::InvalidArgument);
}

TEST(DecodeCreate, TakesFilesWithoutOptions) {
    using Pair = sdbus::Struct<string, string>;
    auto pairs =
        decode_create("n", "download", {{"Files", Variant{std::vector{Pair{"http://h/a", "/a"}}}}}, {});
    auto lists = decode_create(
        "n", "download", {{"Files", Variant{std::vector<Words>{{"http://h/a", "/a"}, {"http://h/b", "/b"}}}}},
        {});
    ASSERT_TRUE(pairs);
    ASSERT_TRUE(lists);
    ASSERT_EQ(pairs->request.files.size(), 1u);
    ASSERT_EQ(lists->request.files.size(), 2u);
    EXPECT_EQ(pairs->request.files[0].remote, "http://h/a");
    EXPECT_EQ(lists->request.files[1].local, "/b");
    auto odd = decode_create("n", "download", {{"Files", Variant{std::vector<Words>{{"http://h/a"}}}}}, {});
    ASSERT_FALSE(odd);
    EXPECT_EQ(odd.error().code, Errc::InvalidArgument);
}

TEST(DecodeCreate, TakesPathsAndServicesInStrings) {
    using Pair = sdbus::Struct<string, string>;
    auto made = decode_create("n", "download",
                              {{"NotifyObject", Variant{string{"/object"}}},
                               {"NotifyService", Variant{Pair{"org.example.App", "/app"}}}},
                              {});
    ASSERT_TRUE(made);
    EXPECT_EQ(made->notify_object, "/object");
    EXPECT_EQ(made->request.settings.get<&Settings::notify_service>().path, "/app");
    for (const auto* name : {"NotifyObject", "NotifyService"}) {
        auto value = string{name} == "NotifyObject" ? Variant{string{"no path"}}
                                                    : Variant{Pair{"org.example.App", "no path"}};
        EXPECT_FALSE(decode_create("n", "download", {{name, value}}, {})) << name;
    }
}

TEST(DecodeFiles, TakesRangesInOtherNumbers) {
    using Pair = sdbus::Struct<int32_t, int32_t>;
    auto file = [](Pair range) {
        return FileArgument{"http://h/a", "/a", Options{{"Ranges", Variant{std::vector{range}}}}};
    };
    auto files = decode_files({file({5, 10})}, {});
    ASSERT_TRUE(files);
    ASSERT_EQ((*files)[0].ranges.size(), 1u);
    EXPECT_EQ((*files)[0].ranges[0].offset, 5u);
    EXPECT_FALSE(decode_files({file({-1, 10})}, {}));
}

TEST(DecodeCreate, TakesPropertiesAsOptions) {
    auto made = decode_create(
        "n", "upload-reply",
        {{"Priority", Variant{string{"high"}}}, {"Key", Variant{string{"k"}}}, {"Resume", Variant{true}}},
        {});
    ASSERT_TRUE(made);
    EXPECT_EQ(made->request.type, job::Type::UploadReply);
    EXPECT_EQ(made->request.settings.get<&Settings::display_name>(), "n");
    EXPECT_EQ(made->request.settings.get<&Settings::priority>(), job::Priority::High);
    EXPECT_EQ(made->request.key, "k");
    EXPECT_TRUE(made->request.resume);
}

TEST(DecodeCreate, TakesCredentialsAndHeaders) {
    std::vector<CredentialsTuple> credentials{{"server", "basic", "u", "p"}, {"proxy", "bearer", "", "t"}};
    auto made =
        decode_create("n", "download",
                      {{"Credentials", Variant{credentials}}, {"CustomHeaders", Variant{Words{"A: b"}}}}, {});
    ASSERT_TRUE(made);
    const auto& http = made->request.settings.get<&Settings::http>();
    ASSERT_EQ(http.credentials.size(), 2u);
    EXPECT_EQ(http.credentials[0].user, "u");
    EXPECT_EQ(http.credentials[1].target, job::Credentials::Target::Proxy);
    EXPECT_EQ(http.credentials[1].password, "t");
    EXPECT_EQ(http.headers, Words{"A: b"});
    EXPECT_FALSE(http.headers_write_only);
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
    std::vector<RangeTuple> rounded{{7, uint64_t{1} << 63}, {7, (uint64_t{1} << 63) - 1}};
    EXPECT_EQ(decode_ranges(rounded)[0].length, job::ToEnd) << "JavaScript has no 2^64-1";
    EXPECT_NE(decode_ranges(rounded)[1].length, job::ToEnd);
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

TEST(DecodeFilter, TakesNamesOfProperties) {
    EXPECT_EQ(decode_filter({{"Properties", Variant{Words{"Icon", "Rate"}}}})->properties,
              (Words{"Icon", "Rate"}));
    EXPECT_FALSE(decode_filter({})->properties);
    auto unknown = decode_filter({{"Properties", Variant{Words{"Credentials"}}}});
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, Errc::NotSupported);
}

TEST(DecodeFilter, TakesAllUsers) {
    EXPECT_TRUE(decode_filter({{"AllUsers", Variant{true}}})->all_users);
    EXPECT_FALSE(decode_filter({})->all_users);
    EXPECT_FALSE(decode_filter({{"State", Variant{string{"queued"}}}}));
}

} // namespace
} // namespace haulier::bus
