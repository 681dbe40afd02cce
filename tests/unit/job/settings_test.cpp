// SPDX-License-Identifier: LGPL-2.1-or-later
// Values, limits and locks of the settings (BITS 1.2 to 1.6, 1.11, 3.2; D-4).
#include "job/validation.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

using std::chrono::seconds;

Sample sample_of(Type type, bool resumed = false) {
    auto request = request_for(1, resumed);
    request.type = type;
    return Sample{request};
}

SettingsPatch on_demand_patch() {
    return patch<&Settings::on_demand>(true);
}

SettingsPatch dynamic() {
    return patch<&Settings::dynamic_content>(true);
}

SettingsPatch method(const std::string& name) {
    return patch<&Settings::http, &Http::method>(name);
}

SettingsPatch proxy(Proxy::Mode mode, const std::string& list) {
    SettingsPatch p;
    p.set<&Settings::http, &Http::proxy, &Proxy::mode>(mode);
    p.set<&Settings::http, &Http::proxy, &Proxy::list>(list);
    return p;
}

TEST(Change, IsAllOrNothing) {
    Sample s{1, false};
    SettingsPatch p;
    p.set<&Settings::display_name>("new name");
    p.set<&Settings::bandwidth_limit>(1);
    EXPECT_EQ(s.refusal(p), Errc::InvalidArgument);
    p.set<&Settings::bandwidth_limit>(1024);
    s.change(p, 5);
    EXPECT_EQ(s.job.display_name, "new name");
    EXPECT_EQ(s.job.modified, at_second(5).wall);
    EXPECT_EQ(s.job.clocks.touched_at, at_second(5).boot);
}

TEST(Change, TakesEveryPlainProperty) {
    Sample s{1, false};
    SettingsPatch p;
    p.set<&Settings::description>("d");
    p.set<&Settings::priority>(Priority::Low);
    p.set<&Settings::minimum_notification_interval>(std::chrono::milliseconds{7});
    p.set<&Settings::network_cost>(NetworkCost::Unmetered);
    p.set<&Settings::power_policy>(PowerPolicy::AcOnly);
    p.set<&Settings::http, &Http::security>(SecurityFlags{true, false, false, false, false, false});
    p.set<&Settings::http, &Http::redirect>(RedirectPolicy::Report);
    p.set<&Settings::http, &Http::proxy, &Proxy::bypass>("<local>");
    p.set<&Settings::maximum_download_size>(9);
    s.change(p);
    EXPECT_EQ(s.job.description, "d");
    EXPECT_EQ(s.job.priority, Priority::Low);
    EXPECT_EQ(s.job.minimum_notification_interval, std::chrono::milliseconds{7});
    EXPECT_EQ(s.job.network_cost, NetworkCost::Unmetered);
    EXPECT_EQ(s.job.power_policy, PowerPolicy::AcOnly);
    EXPECT_TRUE(s.job.http.security.check_revocation);
    EXPECT_EQ(s.job.http.redirect, RedirectPolicy::Report);
    EXPECT_EQ(s.job.http.proxy.bypass, "<local>");
    EXPECT_EQ(s.job.maximum_download_size, uint64_t{9});
}

TEST(Limits, AreHeldAtTheBoundAndOneBeside) {
    Sample s{1, false};
    s.change(patch<&Settings::bandwidth_limit>(0));
    s.change(patch<&Settings::bandwidth_limit>(1024));
    EXPECT_EQ(s.refusal(patch<&Settings::bandwidth_limit>(1023)), Errc::InvalidArgument);
    s.change(patch<&Settings::maximum_download_time>(seconds{1}));
    EXPECT_EQ(s.refusal(patch<&Settings::maximum_download_time>(seconds{0})), Errc::InvalidArgument);
    s.change(patch<&Settings::maximum_download_size>(1));
    EXPECT_EQ(s.job.maximum_download_size, 1u);
    s.change(patch<&Settings::maximum_download_size>(0));
    EXPECT_EQ(s.job.maximum_download_size, std::nullopt) << "no limit, for those who cannot write 2^64-1";
    Usec latest{int64_t{1} << 61};
    s.change(patch<&Settings::not_before>(WallTime{latest}));
    EXPECT_EQ(s.refusal(patch<&Settings::not_before>(WallTime{latest + Usec{1}})), Errc::InvalidArgument);
    s.change(patch<&Settings::not_before>(WallTime{}));
}

TEST(Texts, AreHeldAtTheirLengthInCharacters) {
    size_t limited = 0;
    for_each_setting([&]<class Row>(const Row& row) {
        if constexpr (std::is_same_v<typename Row::Value, std::string>) {
            if (row.longest == 0) return;
            ++limited;
            Sample s{1, false};
            SettingsPatch fits;
            SettingsPatch exceeds;
            std::string text;
            for (size_t i = 0; i < row.longest; ++i)
                text += "\xc3\xa4";
            fits.set(row, text);
            exceeds.set(row, text + "x");
            s.change(fits);
            EXPECT_EQ(row.in(s.job), text) << row.name;
            EXPECT_EQ(s.refusal(exceeds), Errc::StringTooLong) << row.name;
        }
    });
    EXPECT_GE(limited, 2u);
}

TEST(DisplayName, IsRequired) {
    EXPECT_EQ(Sample(1, false).refusal(patch<&Settings::display_name>("")), Errc::InvalidArgument);
    Sample s{1, false};
    s.change(patch<&Settings::display_name>(std::string(256, 'x')));
    EXPECT_EQ(s.refusal(patch<&Settings::display_name>(std::string(257, 'x'))), Errc::StringTooLong);
    s.change(patch<&Settings::description>(std::string(1024, 'x')));
    s.change(patch<&Settings::description>(""));
    EXPECT_EQ(s.refusal(patch<&Settings::description>(std::string(1025, 'x'))), Errc::StringTooLong);
    EXPECT_EQ(code_of(create(SampleId, 1000, Request{}, Limits{}, at_second(0))), Errc::InvalidArgument);
}

TEST(RetryDelay, D4IsRaisedToFive) {
    Sample s{1, false};
    s.change(patch<&Settings::minimum_retry_delay>(seconds{1}));
    EXPECT_EQ(s.job.minimum_retry_delay, seconds{5});
    s.change(patch<&Settings::minimum_retry_delay>(seconds{6}));
    EXPECT_EQ(s.job.minimum_retry_delay, seconds{6});
}

TEST(Paths, AreAbsolute) {
    Sample s{1, false};
    s.change(patch<&Settings::http, &Http::client_certificate>("/home/u/cert.pem"));
    EXPECT_EQ(s.refusal(patch<&Settings::http, &Http::client_certificate>("cert.pem")),
              Errc::InvalidArgument);
    EXPECT_EQ(s.refusal(patch<&Settings::http, &Http::certificate_authority>("ca.pem")),
              Errc::InvalidArgument);
    EXPECT_EQ(s.refusal(patch<&Settings::http, &Http::client_key>("key.pem")), Errc::InvalidArgument);
    s.change(patch<&Settings::http, &Http::client_certificate>(""));
    EXPECT_EQ(s.job.http.client_certificate, "");
}

TEST(Uploads, HaveNoneOfTheDownloadsChoices) {
    for (auto type : {Type::Upload, Type::UploadReply}) {
        auto s = sample_of(type);
        EXPECT_EQ(s.refusal(dynamic()), Errc::NotSupported);
        EXPECT_EQ(s.refusal(on_demand_patch()), Errc::NotSupported);
        EXPECT_EQ(s.refusal(patch<&Settings::high_performance>(true)), Errc::NotSupported);
        EXPECT_EQ(s.refusal(patch<&Settings::maximum_download_size>(uint64_t{5})), Errc::NotSupported);
        EXPECT_EQ(s.refusal(method("DELETE")), Errc::NotSupported);
        s.change(method("POST"));
        EXPECT_EQ(s.job.priority, Priority::Normal);
    }
}

TEST(Choices, AreFixedByTheFirstResume) {
    Sample s{1};
    EXPECT_EQ(s.refusal(dynamic()), Errc::ReadOnlyAfterResume);
    EXPECT_EQ(s.refusal(on_demand_patch()), Errc::ReadOnlyAfterResume);
    EXPECT_EQ(s.refusal(method("POST")), Errc::ReadOnlyAfterResume);
    EXPECT_EQ(s.refusal(patch<&Settings::maximum_download_size>(uint64_t{5})), Errc::ReadOnlyAfterResume);
    s.take(*suspend(s.job, at_second(1)));
    EXPECT_EQ(s.refusal(dynamic()), Errc::ReadOnlyAfterResume);
}

TEST(HighPerformance, IsFixedByTheFirstFile) {
    Sample empty{0, false};
    empty.change(patch<&Settings::high_performance>(true));
    EXPECT_TRUE(empty.job.high_performance);
    EXPECT_EQ(Sample(1, false).refusal(patch<&Settings::high_performance>(true)), Errc::ReadOnlyAfterAddFile);
    auto request = request_for(2);
    request.settings.set<&Settings::high_performance>(true);
    EXPECT_TRUE(Sample{request}.job.high_performance);
}

TEST(HttpMethod, ForcesAndFixesTheForeground) {
    Sample s{1, false};
    s.change(method("POST"));
    EXPECT_EQ(s.job.priority, Priority::Foreground);
    EXPECT_EQ(s.refusal(patch<&Settings::priority>(Priority::High)), Errc::ReadOnly);
    s.change(patch<&Settings::priority>(Priority::Foreground));
    s.change(method("GET"));
    EXPECT_EQ(s.job.http.method, "");
    s.change(patch<&Settings::priority>(Priority::High));
}

TEST(HttpMethod, MakesEveryFailureFinalAndResumeBeginAtZero) {
    Sample s{1, false};
    s.change(method("POST"));
    s.take(*resume(s.job, s.files, at_second(1)));
    s.run();
    s.take(*checkpointed(s.job, 0, s.files[0], report(50), {}, at_second(2)));
    s.fail(transient_failure(), 3);
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.files[0].offset, 50U);
    s.take(*resume(s.job, s.files, at_second(4)));
    EXPECT_EQ(s.files[0].offset, 0U);
    s.run();
    EXPECT_EQ(interrupted(s.job, at_second(5))->job.state, State::Error);
    EXPECT_EQ(blocked(s.job, Cause::NetworkLost, at_second(5))->job.state, State::Error);
}

TEST(Choices, ThatExcludeEachOtherAreRefusedTogether) {
    Sample s{1, false};
    s.change(dynamic());
    EXPECT_EQ(s.refusal(on_demand_patch()), Errc::NotSupported);
    EXPECT_EQ(s.refusal(method("POST")), Errc::NotSupported);
    auto both = patch<&Settings::dynamic_content>(false);
    both.set<&Settings::on_demand>(true);
    s.change(both);
    EXPECT_EQ(s.refusal(method("POST")), Errc::NotSupported);
}

TEST(Choices, ThatExcludeRangesAreRefusedWithThem) {
    auto ranged = spec("r");
    ranged.ranges = {{0, 10}};
    for (const auto& choice : {dynamic(), on_demand_patch(), method("POST")}) {
        Sample first{0, false};
        first.change(choice);
        EXPECT_EQ(code_of(add_files(first.job, {ranged}, Limits{}, at_second(1))), Errc::NotSupported);
    }
    for (const auto& choice : {dynamic(), method("POST")}) {
        Sample later{0, false};
        later.take(*add_files(later.job, {ranged}, Limits{}, at_second(1)));
        later.change(choice);
        EXPECT_EQ(code_of(resume(later.job, later.files, at_second(2))), Errc::NotSupported);
    }
}

TEST(Proxies, NeedAListToOverride) {
    Sample s{1, false};
    EXPECT_EQ(s.refusal(proxy(Proxy::Mode::Override, "")), Errc::InvalidArgument);
    EXPECT_EQ(s.refusal(patch<&Settings::http, &Http::proxy, &Proxy::mode>(Proxy::Mode::Override)),
              Errc::InvalidArgument);
    s.change(proxy(Proxy::Mode::Override, "proxy.example:3128"));
    EXPECT_EQ(s.refusal(patch<&Settings::http, &Http::proxy, &Proxy::list>(" ")), Errc::InvalidArgument);
    s.change(proxy(Proxy::Mode::None, ""));
    EXPECT_EQ(s.job.http.proxy, (Proxy{Proxy::Mode::None, "", ""}));
}

TEST(CustomHeaders, StayWriteOnly) {
    Sample s{1, false};
    s.change(headers({"X-A: 1"}, true));
    s.change(headers({"X-B: 2"}, false));
    EXPECT_TRUE(s.job.http.headers_write_only);
    EXPECT_EQ(s.job.http.headers, (std::vector<std::string>{"X-B: 2"}));
    s.change(headers({}, false));
    EXPECT_TRUE(s.job.http.headers.empty());
}

TEST(ReplyFileName, IsForUploadReplyAndStaysInItsDirectoryOnceTheReplyIsReceived) {
    EXPECT_EQ(Sample(1, false).refusal(patch<&Settings::reply_file_name>("/tmp/r")), Errc::NotSupported);
    EXPECT_EQ(sample_of(Type::Upload).refusal(patch<&Settings::reply_file_name>("/tmp/r")),
              Errc::NotSupported);
    auto s = sample_of(Type::UploadReply, true);
    EXPECT_EQ(reply_file(s.job, s.files), "/srv/files/f0.reply");
    s.change(patch<&Settings::reply_file_name>("/tmp/r"));
    EXPECT_EQ(reply_file(s.job, s.files), "/tmp/r");
    EXPECT_EQ(s.refusal(patch<&Settings::reply_file_name>("r")), Errc::InvalidArgument);
    s.run();
    s.take(*replied(s.job, 40, 10));
    EXPECT_FALSE(replied(s.job, 40, 10));
    EXPECT_EQ(s.refusal(patch<&Settings::reply_file_name>("/srv/s")), Errc::InvalidState);
    s.change(patch<&Settings::reply_file_name>("/tmp/s"));
    s.fetch(0);
    s.take(*complete(s.job, at_second(3)));
    s.take(*publish_failed(s.job, {Errc::LocalFile, "“s” is a directory"}, at_second(4)));
    EXPECT_EQ(s.job.state, State::Transferred);
    EXPECT_EQ(s.refusal(patch<&Settings::reply_file_name>("")), Errc::InvalidState);
    s.change(patch<&Settings::reply_file_name>("/tmp/t"));
    EXPECT_EQ(reply_file(s.job, s.files), "/tmp/t");
}

TEST(ReplyFileName, MustBePossible) {
    auto s = sample_of(Type::UploadReply);
    for (const char* source : {"/srv/files/f0", "/srv/files/./f0", "/srv//files/x/../f0"})
        EXPECT_EQ(s.refusal(patch<&Settings::reply_file_name>(source)), Errc::InvalidArgument);
    EXPECT_EQ(s.refusal(patch<&Settings::reply_file_name>("/tmp/" + std::string(256, 'x'))),
              Errc::StringTooLong);

    auto request = request_for(1);
    request.type = Type::UploadReply;
    request.files[0].local = "/srv/files/" + std::string(250, 'x');
    auto made = [&] { return create(SampleId, 1000, request, Limits{}, at_second(0)); };
    EXPECT_EQ(code_of(made()), Errc::StringTooLong);
    request.settings.set<&Settings::reply_file_name>(request.files[0].local);
    EXPECT_EQ(code_of(made()), Errc::InvalidArgument);
    request.settings.set<&Settings::reply_file_name>("/srv/files/reply");
    s = Sample{request};
    EXPECT_EQ(s.refusal(patch<&Settings::reply_file_name>("")), Errc::StringTooLong);
    request.type = Type::Upload;
    request.settings = request_for(1).settings;
    EXPECT_TRUE(made());
}

TEST(ARunningJob, IsRestartedByWhatItsFlightsWereStartedWith) {
    Sample s{1};
    s.run();
    s.change(patch<&Settings::bandwidth_limit>(5000));
    EXPECT_TRUE(has(s.effects, Effect::StopTransfers));
    EXPECT_EQ(s.job.state, State::Transferring);
    s.change(patch<&Settings::bandwidth_limit>(5000));
    EXPECT_TRUE(s.effects.empty());
    s.change(patch<&Settings::http, &Http::security>({false, true, false, false, false, false}));
    EXPECT_TRUE(has(s.effects, Effect::StopTransfers));
    s.change(patch<&Settings::description>("x"));
    EXPECT_TRUE(s.effects.empty());
}

TEST(ARunningJob, GoesOnAsItIsIfItsRequestMustNotComeTwice) {
    Sample post{1, false};
    post.change(method("POST"));
    post.take(*resume(post.job, post.files, at_second(1)));
    std::vector<Sample> jobs{post, sample_of(Type::Upload, true)};
    for (auto& s : jobs) {
        s.run();
        s.change(patch<&Settings::bandwidth_limit>(5000));
        EXPECT_TRUE(s.effects.empty());
        EXPECT_EQ(s.job.bandwidth_limit, 5000u);
        s.change(patch<&Settings::http, &Http::security>({false, true, false, false, false, false}));
        EXPECT_TRUE(s.effects.empty());
    }
    post.run();
    auto renamed = set_remote_name(post.job, 0, post.files[0], "https://example.net/", at_second(2));
    EXPECT_TRUE(renamed->effects.empty());
    EXPECT_EQ(renamed->files.at(0).spec.remote, "https://example.net/");
}

TEST(NoProgressTimeout, LoweredBelowTheTimeSpentFailsAtOnce) {
    Sample s{1};
    s.run();
    s.fail(transient_failure(), 10);
    s.change(patch<&Settings::no_progress_timeout>(seconds{3600}), 20);
    EXPECT_EQ(s.job.state, State::TransientError);
    s.change(patch<&Settings::no_progress_timeout>(seconds{60}), 69);
    EXPECT_EQ(s.job.state, State::TransientError);
    s.change(patch<&Settings::no_progress_timeout>(seconds{60}), 70);
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.error->cause, Cause::NoProgress);
    EXPECT_EQ(s.notifications, (std::vector<Notification>{{NotificationKind::Error, 0}}));
}

TEST(NoProgressTimeout, OfZeroHarmsNoJobWithoutAnError) {
    Sample s{1};
    s.run();
    s.change(patch<&Settings::no_progress_timeout>(seconds{0}));
    EXPECT_EQ(s.job.state, State::Transferring);
}

TEST(RetryDelay, RaisedOverTheTimeoutFailsAtOnce) {
    Sample s{1};
    s.run();
    s.fail(transient_failure(), 10);
    s.change(patch<&Settings::minimum_retry_delay>(seconds{1209601}), 20);
    EXPECT_EQ(s.job.state, State::Error);
}

TEST(AutoComplete, SetOnATransferredJobCompletesIt) {
    Sample s{1};
    s.run();
    s.fetch(0);
    s.change(patch<&Settings::auto_complete>(true), 3);
    EXPECT_EQ(s.job.state, State::Publishing);
    EXPECT_EQ(s.effects, (std::vector<Effect>{Effect::Publish}));

    Sample more{1};
    more.run();
    more.fetch(0);
    more.take(*add_files(more.job, {spec("late")}, Limits{}, at_second(3)));
    more.change(patch<&Settings::auto_complete>(true), 4);
    EXPECT_NE(more.job.state, State::Publishing);
}

TEST(OptionWords, LeadThereAndBack) {
    for (const auto* word : {"foreground", "high", "normal", "low"})
        EXPECT_EQ(to_string(*parse<Priority>(word)), word);
    for (const auto* word : {"always", "no-roaming", "standard", "unmetered"})
        EXPECT_EQ(to_string(*parse<NetworkCost>(word)), word);
    for (const auto* word : {"always", "no-saver", "ac-only"})
        EXPECT_EQ(to_string(*parse<PowerPolicy>(word)), word);
    for (const auto* word : {"silent", "report", "disallow"})
        EXPECT_EQ(to_string(*parse<RedirectPolicy>(word)), word);
    for (const auto* word : {"preconfigured", "none", "override", "auto"})
        EXPECT_EQ(to_string(*parse<Proxy::Mode>(word)), word);
    for (const auto* word : {"basic", "digest", "ntlm", "negotiate", "bearer"})
        EXPECT_EQ(to_string(*parse<Credentials::Scheme>(word)), word);
    for (const auto* word : {"server", "proxy"})
        EXPECT_EQ(to_string(*parse<Credentials::Target>(word)), word);
    for (const auto* word : {"none", "valid", "invalid"})
        EXPECT_EQ(to_string(*parse<Validation>(word)), word);
    std::vector<std::string> flags{"check-revocation",  "ignore-host-name",   "ignore-dates",
                                   "ignore-unknown-ca", "ignore-wrong-usage", "allow-https-to-http"};
    EXPECT_EQ(to_strings(*parse<SecurityFlags>(flags)), flags);
}

TEST(OptionWords, D5OutsideTheirRangeAreNotSupported) {
    EXPECT_EQ(code_of(parse<Priority>("7")), Errc::NotSupported);
    EXPECT_EQ(code_of(parse<NotifyFlags>({"transferred", "often"})), Errc::NotSupported);
    EXPECT_EQ(code_of(parse<Proxy::Mode>("")), Errc::NotSupported);
    EXPECT_EQ(code_of(parse<SecurityFlags>({"ignore-everything"})), Errc::NotSupported);
    EXPECT_EQ(code_of(parse<NetworkCost>("cheap")), Errc::NotSupported);
    EXPECT_EQ(code_of(parse<PowerPolicy>("solar")), Errc::NotSupported);
    EXPECT_EQ(code_of(parse<RedirectPolicy>("loud")), Errc::NotSupported);
    EXPECT_EQ(code_of(parse<Credentials::Scheme>("passport")), Errc::NotSupported);
    EXPECT_EQ(code_of(parse<Credentials::Target>("friend")), Errc::NotSupported);
    EXPECT_FALSE(parse<Validation>("maybe"));
}

} // namespace

} // namespace haulier::job
