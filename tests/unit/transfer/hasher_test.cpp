// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/hasher.hpp"

#include <gtest/gtest.h>

namespace haulier::transfer {
namespace {

std::string digest(wire::Digest::Kind kind, std::initializer_list<std::string_view> pieces) {
    auto hasher = Hasher::make(kind);
    for (auto piece : pieces)
        hasher->update(piece);
    return hasher->hex();
}

TEST(Hasher, KnownAnswers) {
    EXPECT_EQ(digest(wire::Digest::SHA256, {"abc"}),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(digest(wire::Digest::SHA512, {"abc"}),
              "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
              "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
    EXPECT_EQ(digest(wire::Digest::SHA1, {"abc"}), "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(digest(wire::Digest::MD5, {"abc"}), "900150983cd24fb0d6963f7d28e17f72");
    EXPECT_EQ(digest(wire::Digest::SHA256, {}),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hasher, PiecesMakeTheSame) {
    EXPECT_EQ(digest(wire::Digest::SHA256, {"a", "", "bc"}), digest(wire::Digest::SHA256, {"abc"}));
}

TEST(Hasher, NoneIsNone) {
    EXPECT_EQ(Hasher::make(wire::Digest::NONE), nullptr);
}

} // namespace
} // namespace haulier::transfer
