// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/peers.hpp"

#include "job/decide.hpp"
#include "job/mirrors.hpp"
#include "job/retry.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>
#include <string>

namespace haulier::job {
namespace {

constexpr const char* FirstPeer = "https://localhost:27500/f";
constexpr const char* SecondPeer = "http://10.0.0.2/f";

FileSpec spec_with_peers() {
    FileSpec spec{"http://files.example/a/f.deb?x=1", "/srv/f"};
    spec.checksum = Checksum{Checksum::Kind::Sha256, std::string(64, 'a')};
    spec.size = 1000;
    spec.peers = {FirstPeer, SecondPeer};
    return spec;
}

Request request_with(const FileSpec& spec) {
    Request request;
    request.settings.set<&Settings::display_name>("peers");
    request.files = {spec};
    request.resume = true;
    return request;
}

class PeersTest : public testing::Test {
protected:
    PeersTest() : s(request_with(spec_with_peers())) { s.run(); }

    void fail(Cause cause, bool void_offset = false, bool storage = false) {
        Failure failure;
        failure.error = {cause, 404, "no", 0};
        failure.fatal = true;
        failure.void_offset = void_offset;
        failure.storage = storage;
        s.fail(failure, 5);
    }
    void checkpoint(uint64_t offset, uint64_t total = 1000) {
        Report report{offset, {}, total};
        report.validators.etag = "\"peer\"";
        s.take(*checkpointed(s.job, 0, s.files[0], report, {}, at_second(4)));
    }
    [[nodiscard]] const File& file() const { return s.files[0]; }

    Sample s;
};

TEST_F(PeersTest, AreAskedBeforeTheOtherSources) {
    EXPECT_EQ(url_of(file()), FirstPeer);
    fail(Cause::HttpStatus);
    EXPECT_EQ(url_of(file()), SecondPeer);
    fail(Cause::Timeout);
    EXPECT_EQ(url_of(file()), file().spec.remote);
    EXPECT_TRUE(is_running(s.job.state));
    EXPECT_EQ(s.job.error_count, 0U);
    EXPECT_EQ(file().failures, 0U);
    EXPECT_FALSE(s.job.error || file().error);
}

TEST_F(PeersTest, WhatTheySentIsKeptForTheNextSource) {
    checkpoint(400, 2000);
    EXPECT_TRUE(file().from_peers);
    EXPECT_EQ(file().total, 1000U) << "a peer may say anything";
    fail(Cause::ConnectionLost);
    EXPECT_EQ(file().offset, 400U);
    EXPECT_EQ(file().validators, Validators{}) << "the next source has others";
    EXPECT_TRUE(file().from_peers);
    fail(Cause::LongBody, true);
    EXPECT_EQ(file().offset, 0U);
    EXPECT_FALSE(file().from_peers);
}

TEST_F(PeersTest, WrongContentEndsThemAll) {
    checkpoint(400);
    fail(Cause::ChecksumMismatch, true);
    EXPECT_EQ(url_of(file()), file().spec.remote);
    EXPECT_EQ(file().offset, 0U);
    EXPECT_EQ(file().mismatches, 0U);
}

TEST_F(PeersTest, WrongContentThatOnlyEndedAtAnotherSourceIsNotItsFault) {
    checkpoint(400);
    fail(Cause::ConnectionLost);
    fail(Cause::ConnectFailure);
    EXPECT_EQ(url_of(file()), file().spec.remote);
    fail(Cause::ChecksumMismatch, true);
    EXPECT_EQ(file().mismatches, 0U);
    EXPECT_TRUE(is_running(s.job.state));
    fail(Cause::ChecksumMismatch, true);
    EXPECT_EQ(file().mismatches, 1U) << "all bytes were its own";
}

TEST_F(PeersTest, ASizeThatExceedsTheLimitIsThePeersFault) {
    fail(Cause::MaxDownloadSize);
    EXPECT_EQ(url_of(file()), SecondPeer);
    EXPECT_TRUE(is_running(s.job.state));
}

TEST_F(PeersTest, AFullDiskIsNotTheirFault) {
    fail(Cause::DiskFull, false, true);
    EXPECT_EQ(url_of(file()), FirstPeer);
    EXPECT_EQ(file().wait, Wait::Storage);
}

TEST(Peers, NeedAChecksumThatProvesTheContent) {
    auto code = [](const FileSpec& spec) {
        auto made = create(SampleId, 1000, request_with(spec), Limits{}, at_second(0));
        return made ? Errc::Internal : made.error().code;
    };
    auto spec = spec_with_peers();
    EXPECT_EQ(code(spec), Errc::Internal) << "accepted";
    spec.checksum->kind = Checksum::Kind::Sha1;
    EXPECT_EQ(code(spec), Errc::InvalidArgument);
    spec.checksum.reset();
    EXPECT_EQ(code(spec), Errc::InvalidArgument);
    spec = spec_with_peers();
    spec.size = UnknownSize;
    EXPECT_EQ(code(spec), Errc::InvalidArgument) << "a peer could fill the disk";
    spec = spec_with_peers();
    spec.peers = {"http://anna@10.0.0.2/f"};
    EXPECT_EQ(code(spec), Errc::InvalidArgument);
    spec.peers.edit().assign(MaxPeers + 1, FirstPeer);
    EXPECT_EQ(code(spec), Errc::InvalidArgument);
    spec = spec_with_peers();
    spec.if_none_match = "\"1\"";
    EXPECT_EQ(code(spec), Errc::NotSupported);
    spec = spec_with_peers();
    spec.peers = {"ftp://10.0.0.2/f"};
    EXPECT_EQ(code(spec), Errc::NotSupported);
}

TEST(Peers, OfTheConfigurationAreForJobsThatWantThem) {
    Limits limits;
    limits.peer_sources = {"https://localhost:27500/{name}?sha256={sha256}",
                           "http://cache.example/{sha512}",
                           "http://cache.example/{size}/{name}",
                           "http://cache.example/{color}",
                           "http://x/{",
                           "http://anna@cache.example/{name}",
                           "http://cache.example/all"};
    Job job;
    auto spec = spec_with_peers();
    add_configured_peers(job, spec, limits);
    EXPECT_EQ(spec.peers.size(), 2U);
    job.use_peers = true;
    spec.size = 17;
    add_configured_peers(job, spec, limits);
    EXPECT_EQ(spec.peers,
              (std::vector<std::string>{FirstPeer, SecondPeer,
                                        "https://localhost:27500/f.deb?sha256=" + std::string(64, 'a'),
                                        "http://cache.example/17/f.deb", "http://cache.example/all"}));
    FileSpec unproved{"http://files.example/f", "/srv/f"};
    unproved.size = 17;
    add_configured_peers(job, unproved, limits);
    EXPECT_TRUE(unproved.peers.empty());
    FileSpec unlimited{"http://files.example/f", "/srv/f"};
    unlimited.checksum = spec.checksum;
    add_configured_peers(job, unlimited, limits);
    EXPECT_TRUE(unlimited.peers.empty());
}

} // namespace
} // namespace haulier::job
