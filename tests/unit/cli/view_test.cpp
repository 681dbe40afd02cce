// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/view.hpp"

#include <gtest/gtest.h>

namespace haulier::cli {
namespace {

constexpr uint64_t Unknown = ~uint64_t{0};
constexpr uint32_t NoFile = ~uint32_t{0};

Json properties(const char* state, const char* reason) {
    Json p = Json::object();
    p["Id"] = "0123";
    p["DisplayName"] = "name";
    p["State"] = state;
    p["WaitReason"] = Json::array({reason, 0});
    p["BytesTotal"] = Unknown;
    p["BytesTransferred"] = 5;
    p["FilesTotal"] = 2;
    p["FilesTransferred"] = 1;
    p["Error"] = Json::array({"", "", 0, "", NoFile});
    return p;
}

std::optional<End> end_after(const char* state, const char* reason = "") {
    return end_of(view_of(properties(state, reason)));
}

TEST(ViewOf, TakesTheProperties) {
    auto job = view_of(properties("queued", "turn"));
    EXPECT_EQ(job.id, "0123");
    EXPECT_EQ(job.wait_reason, "turn");
    EXPECT_EQ(job.done, 5u);
    EXPECT_FALSE(job.total);
    auto known = properties("queued", "turn");
    known["BytesTotal"] = 7;
    EXPECT_EQ(view_of(known).total, 7u);
}

TEST(ViewOf, IgnoresMissingAndStrangeValues) {
    EXPECT_EQ(view_of(Json::object()), JobView{});
    auto strange = properties("queued", "turn");
    strange["WaitReason"] = nullptr;
    strange["Error"] = 7;
    strange["State"] = 1;
    strange["BytesTotal"] = "many";
    auto job = view_of(strange);
    EXPECT_EQ(job.state, "");
    EXPECT_FALSE(job.total);
}

TEST(EndOf, IsNothingWhileTheJobContinues) {
    for (const char* state : {"suspended", "queued", "connecting", "transferring", "transient-error", ""})
        EXPECT_EQ(end_after(state), std::nullopt) << state;
    EXPECT_EQ(end_after("transferred", "completing"), std::nullopt);
}

TEST(EndOf, DependsOnStateAndReason) {
    EXPECT_EQ(end_after("transferred", "needs-complete"), End::Transferred);
    EXPECT_EQ(end_after("error", "needs-resume"), End::Failed);
    EXPECT_EQ(end_after("cancelled", "ended"), End::Cancelled);
    EXPECT_EQ(end_after("acknowledged", "ended"), End::Partial) << "one of two files";
    auto whole = properties("acknowledged", "ended");
    whole["FilesTransferred"] = 2;
    EXPECT_EQ(end_of(view_of(whole)), End::Completed);
    EXPECT_EQ(end_from_result("complete"), End::Completed);
    EXPECT_EQ(end_from_result("partial"), End::Partial);
    EXPECT_EQ(end_from_result("cancelled"), End::Cancelled);
    EXPECT_EQ(end_from_result("expired"), End::Expired);
    EXPECT_EQ(end_from_result("taken"), End::Taken);
}

TEST(PublicJson, HasNullForNone) {
    auto p = properties("queued", "turn");
    p["NotifyService"] = Json::array({"", "/"});
    p["TransferCompletionTime"] = 0;
    auto out = to_public_json(p);
    EXPECT_EQ(out["BytesTotal"], nullptr);
    EXPECT_EQ(out["Error"], nullptr);
    EXPECT_EQ(out["NotifyService"], nullptr);
    EXPECT_EQ(out["TransferCompletionTime"], nullptr);
    EXPECT_EQ(out["BytesTransferred"], 5);
    EXPECT_EQ(out["WaitReason"].dump(), R"({"Reason":"turn","Until":null})");
}

TEST(PublicJson, NamesTheMembersOfStructures) {
    auto p = properties("error", "needs-resume");
    p["Error"] = Json::array({"remote-file", "http-status", 404, "the server said 404", 0});
    p["NotifyService"] = Json::array({"org.example.App", "/x"});
    p["NotifyFlags"] = Json::array({"transferred", "error"});
    auto out = to_public_json(p);
    EXPECT_EQ(out["Error"].dump(), R"({"Context":"remote-file","Name":"http-status","Code":404,)"
                                   R"("Message":"the server said 404","File":0})");
    EXPECT_EQ(out["NotifyService"].dump(), R"({"Name":"org.example.App","Path":"/x"})");
    EXPECT_EQ(out["NotifyFlags"].dump(), R"(["transferred","error"])");
}

TEST(PublicJson, LeavesUnknownStructuresAsTheyAre) {
    auto p = Json{{"WaitReason", Json::array({"turn", 0, "more"})}};
    EXPECT_EQ(to_public_json(p)["WaitReason"].dump(), R"(["turn",0,"more"])");
}

TEST(FormatValue, ReadsWell) {
    EXPECT_EQ(format_value("Owner", 0), "root");
    EXPECT_EQ(format_value("BytesTotal", Unknown), "unknown");
    EXPECT_EQ(format_value("BytesTransferred", 1'500'000), "1.5 MB");
    EXPECT_EQ(format_value("TransferCompletionTime", 0), "never");
    EXPECT_EQ(format_value("Error", Json::array({"", "", 0, "", NoFile})), "none");
    EXPECT_EQ(format_value("Error", Json::array({"remote-file", "http-status", 404, "not there", 0})),
              "http-status: not there");
    EXPECT_EQ(format_value("NotifyFlags", Json::array({"transferred", "error"})), "transferred error");
    EXPECT_EQ(format_value("WaitReason", Json::array({"turn", 0})), "turn");
    EXPECT_EQ(format_value("WaitReason", Json::array({"clock", 0})),
              "clock (waiting for the clock of this machine, which seems to be wrong)");
    EXPECT_EQ(format_value("Transferred", true), "yes");
    EXPECT_EQ(format_value("FilesTotal", 3), "3");
    EXPECT_EQ(format_value("DisplayName", "a\nb"), "a?b");
}

TEST(FormatValue, FormatsLimitsTimeSpansAndRanges) {
    EXPECT_EQ(format_value("MaximumDownloadSize", Unknown), "none");
    EXPECT_EQ(format_value("BandwidthLimit", 0), "none");
    EXPECT_EQ(format_value("BandwidthLimit", 2'000'000), "2.0 MB/s");
    EXPECT_EQ(format_value("NotBefore", 0), "none");
    EXPECT_EQ(format_value("MinimumRetryDelay", 60), "60 s");
    EXPECT_EQ(format_value("MaximumDownloadTime", 7776000), "90 d") << "a span, not a date";
    EXPECT_EQ(format_value("ReplyProgress", Json::array({Unknown, 0})), "none");
    EXPECT_EQ(format_value("ReplyProgress", Json::array({2000, 1000})), "1.0 kB of 2.0 kB");
    EXPECT_EQ(format_value("Ranges", Json::array({Json::array({0, 100}), Json::array({200, Unknown})})),
              "0:100 200:");
    EXPECT_EQ(format_value("ResponseHeaders", "HTTP/1.1 200 OK\nServer: x\n"), "HTTP/1.1 200 OK; Server: x");
}

TEST(PublicJson, NamesTheMembersOfRangesAndReplies) {
    Json p = Json::object();
    p["Ranges"] = Json::array({Json::array({0, 100}), Json::array({200, Unknown})});
    p["ReplyProgress"] = Json::array({7, 5});
    p["NotBefore"] = 0;
    p["MaximumDownloadSize"] = Unknown;
    auto out = to_public_json(p);
    EXPECT_EQ(out["Ranges"].dump(), R"([{"Offset":0,"Length":100},{"Offset":200,"Length":null}])");
    EXPECT_EQ(out["ReplyProgress"].dump(), R"({"Total":7,"Received":5})");
    EXPECT_EQ(out["NotBefore"], nullptr);
    EXPECT_EQ(out["MaximumDownloadSize"], nullptr);
    EXPECT_EQ(to_public_json({{"Ranges", "of tomorrow"}})["Ranges"], "of tomorrow");
}

} // namespace
} // namespace haulier::cli
