// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/retry.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

using std::chrono::seconds;

struct StatusRow {
    int status;
    bool fatal;
};

TEST(HttpStatus, IsFatalOrTransientAsBitsSays) {
    // BITS 3.3; 423 and 429 are departures, 308 is what 307 is.
    const StatusRow rows[] = {
        {100, false}, {202, false}, {204, false}, {300, true},  {301, true},  {302, true}, {303, true},
        {304, true},  {305, true},  {306, false}, {307, true},  {308, true},  {400, true}, {401, true},
        {403, true},  {404, true},  {407, true},  {408, false}, {409, false}, {410, true}, {412, true},
        {416, true},  {423, false}, {429, false}, {451, true},  {500, false}, {501, true}, {502, false},
        {503, false}, {504, false}, {505, true},  {507, false}, {599, false}, {999, false}};
    for (const auto& row : rows)
        EXPECT_EQ(is_fatal(Cause::HttpStatus, row.status), row.fatal) << row.status;
}

TEST(Causes, AreFatalOnlyWhereTimeCannotHelp) {
    for (auto cause :
         {Cause::NameResolution, Cause::ConnectFailure, Cause::ConnectionLost, Cause::Timeout,
          Cause::TlsHandshake, Cause::ShortBody, Cause::LongBody, Cause::InvalidResponse, Cause::FileBusy,
          Cause::WorkerLost, Cause::NetworkLost, Cause::BlockedByCost, Cause::BlockedByPower})
        EXPECT_FALSE(is_fatal(cause, 0)) << to_string(cause);
    for (auto cause :
         {Cause::TlsCertificate, Cause::TooManyRedirects, Cause::RedirectRefused, Cause::SizeMismatch,
          Cause::RemoteFileChanged, Cause::ChecksumMismatch, Cause::DiskFull, Cause::LocalFile,
          Cause::NoProgress, Cause::Internal, Cause::MaxDownloadTime, Cause::MaxDownloadSize,
          Cause::ValidationFailed, Cause::LocalFileChanged, Cause::MissingRangeSupport, Cause::InvalidRange,
          Cause::Proxy})
        EXPECT_TRUE(is_fatal(cause, 0)) << to_string(cause);
}

TEST(CauseWords, LeadBackToTheirCauses) {
    for (int i = 0; i <= static_cast<int>(Cause::Internal); ++i) {
        auto cause = static_cast<Cause>(i);
        EXPECT_EQ(parse_cause(to_string(cause)), cause);
        EXPECT_FALSE(context_of(cause).empty());
    }
    EXPECT_FALSE(parse_cause("unknown"));
}

struct DelayRow {
    const char* name;
    Backoff backoff;
    int minimum;
    uint32_t failures;
    int retry_after;
    double random;
    int delay;
};

TEST(RetryDelay, FollowsTheTable) {
    const DelayRow rows[] = {
        {"the first wait is the minimum", Backoff::Exponential, 60, 1, 0, 0.0, 60},
        {"jitter does not shorten the first", Backoff::Exponential, 60, 1, 0, 0.99, 60},
        {"it doubles", Backoff::Exponential, 60, 2, 0, 0.0, 120},
        {"and doubles", Backoff::Exponential, 60, 4, 0, 0.0, 480},
        {"jitter takes up to a quarter", Backoff::Exponential, 60, 4, 0, 1.0, 360},
        {"up to an hour", Backoff::Exponential, 60, 30, 0, 0.0, 3600},
        {"with jitter at the ceiling, too", Backoff::Exponential, 60, 30, 0, 1.0, 2700},
        {"no overflow", Backoff::Exponential, 60, 4000000000U, 0, 0.0, 3600},
        {"a minimum over the ceiling stays", Backoff::Exponential, 7200, 9, 0, 1.0, 7200},
        {"constant is BITS", Backoff::Constant, 600, 9, 0, 0.5, 600},
        {"Retry-After is a floor", Backoff::Exponential, 60, 1, 300, 0.0, 300},
        {"a small one does not shorten", Backoff::Exponential, 60, 3, 10, 0.0, 240},
        {"and is clamped to a day", Backoff::Exponential, 60, 1, 10000000, 0.0, 86400},
    };
    for (const auto& row : rows) {
        RetryPolicy policy;
        policy.backoff = row.backoff;
        FixedRandom random{row.random};
        EXPECT_EQ(retry_delay(policy, seconds{row.minimum}, row.failures, seconds{row.retry_after}, random),
                  seconds{row.delay})
            << row.name;
    }
}

} // namespace

} // namespace haulier::job
