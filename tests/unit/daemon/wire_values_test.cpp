// SPDX-License-Identifier: LGPL-2.1-or-later
// What a worker says is untrusted: nothing of it may reach the bus or the store unfit.
#include "daemon/wire_values.hpp"

#include <gtest/gtest.h>

namespace haulier::daemon {

namespace {

TEST(FailureOf, TurnsUnknownCausesIntoOurFault) {
    wire::Failed failed;
    failed.set_cause(static_cast<wire::Cause>(4711));
    EXPECT_EQ(failure_of(failed).error.cause, job::Cause::Internal);
}

TEST(FailureOf, MakesSentencesFitForTheBus) {
    wire::Failed failed;
    failed.set_cause(wire::LOCAL_FILE);
    failed.set_sentence(std::string{"bad \xff\x01 gr\xc3\xbc\xc3\x9f"} + std::string(10000, 'x'));
    auto failure = failure_of(failed);
    EXPECT_EQ(failure.error.sentence.substr(0, 15), "bad ?? gr\xc3\xbc\xc3\x9f"
                                                    "xx");
    EXPECT_LE(failure.error.sentence.size(), 8192U);
    EXPECT_TRUE(failure.fatal);
}

TEST(Causes, OfTheWireAllHaveOneOfOurs) {
    for (int i = wire::Cause_MIN; i <= wire::Cause_MAX; ++i) {
        if (!wire::Cause_IsValid(i) || i == wire::INTERNAL) continue;
        wire::Failed failed;
        failed.set_cause(static_cast<wire::Cause>(i));
        EXPECT_NE(failure_of(failed).error.cause, job::Cause::Internal) << i;
    }
}

TEST(ToWire, TellsWhatIsStoredOnlyWhenThereAreBytes) {
    FetchOrder order{job::Id{std::string(32, 'a')}, 3, {}};
    order.file.spec.remote = "http://example.org/f";
    order.file.spec.local = "/srv/f";
    order.file.validators = {"\"tag\"", "", false};
    order.file.total = 100;
    EXPECT_FALSE(to_wire(1, order).has_identity());
    order.file.offset = 50;
    auto fetch = to_wire(1, order);
    EXPECT_EQ(fetch.identity().etag(), "\"tag\"");
    EXPECT_EQ(fetch.identity().size(), 100U);
    EXPECT_EQ(fetch.directory(), "/srv");
    EXPECT_EQ(fetch.temporary(), ".haulier-" + std::string(32, 'a') + "-3.part");
}

TEST(SizeOf, IsUnknownUnlessSaid) {
    wire::Identity identity;
    EXPECT_EQ(size_of(identity), job::UnknownSize);
    identity.set_size_known(true);
    EXPECT_EQ(size_of(identity), 0U);
}

} // namespace

} // namespace haulier::daemon
