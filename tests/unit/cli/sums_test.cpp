// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/sums.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haulier::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string A(64, 'a');
const std::string B(64, 'b');

TEST(ParseSums, ReadsWhatSha256sumWrites) {
    EXPECT_THAT(parse_sums(A + "  film.iso\n" + B + " *song.ogg\r\n"),
                ElementsAre(Sum{"sha256", A, "film.iso"}, Sum{"sha256", B, "song.ogg"}));
    EXPECT_THAT(parse_sums(A + "   two spaces"), ElementsAre(Sum{"sha256", A, " two spaces"}))
        << "the second is the marker";
    EXPECT_THAT(parse_sums("SHA256 (a (1).iso) = " + A + "\nSHA256(b)= " + B),
                ElementsAre(Sum{"sha256", A, "a (1).iso"}, Sum{"sha256", B, "b"}));
}

TEST(ParseSums, ReadsWhatOpenssl3Writes) {
    EXPECT_THAT(parse_sums("SHA2-256(a)= " + A + "\nSHA2-512(b)= " + A + A),
                ElementsAre(Sum{"sha256", A, "a"}, Sum{"sha512", A + A, "b"}));
    EXPECT_THAT(parse_sums("SHA3-256(a)= " + A + "\nSHA2-512/256(a)= " + A), IsEmpty());
}

TEST(ParseSums, KnowsTheKindByItsLength) {
    for (auto [kind, digits] :
         {std::pair{"md5", 32}, std::pair{"sha1", 40}, std::pair{"sha256", 64}, std::pair{"sha512", 128}})
        EXPECT_EQ(parse_sums(std::string(static_cast<size_t>(digits), '0') + "  f").front().kind, kind);
    EXPECT_THAT(parse_sums(std::string(56, '0') + "  f\n" + std::string(65, '0') + "  f"), IsEmpty());
}

TEST(ParseSums, ReplacesEscapeSequencesOnlyInEscapedNames) {
    EXPECT_EQ(parse_sums("\\" + A + "  a\\nb\\\\c\\r").front().name, "a\nb\\c\r");
    EXPECT_EQ(parse_sums("\\SHA256 (a\\nb) = " + A).front().name, "a\nb");
    EXPECT_EQ(parse_sums(A + "  a\\nb").front().name, "a\\nb");
    EXPECT_THAT(parse_sums("\\" + A + "  a\\tb\n\\" + A + "  a\\"), IsEmpty());
}

TEST(ParseSums, TakesABareBlankOnlyIfTheFirstLineHasOne) {
    EXPECT_THAT(parse_sums(A + " f\n" + B + " *g\n"),
                ElementsAre(Sum{"sha256", A, "f"}, Sum{"sha256", B, "*g"}));
    EXPECT_THAT(parse_sums(A + "  f\n" + B + " g\n"), ElementsAre(Sum{"sha256", A, "f"}));
}

TEST(ParseSums, SkipsCommentsSignaturesAndOtherKinds) {
    EXPECT_THAT(parse_sums("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n# film.iso: 5 bytes\n" + A +
                           "\n" + A + "\n" + A + "film\nBLAKE2b (f) = " + A + "\nSHA256 (f) = " + A +
                           "0\nSHA256 () = " + A + "\n)(\n"),
                IsEmpty());
}

std::string found(const std::string& text, const std::string& url, const std::string& local) {
    auto checksum = checksum_for(parse_sums(text), url, local, "SUMS");
    return checksum ? *checksum : checksum.error().message;
}

TEST(ChecksumFor, LooksForTheNameOnTheServerThenForTheNameHere) {
    auto list = A + "  film.iso\n" + B + "  other.iso\n";
    EXPECT_EQ(found(list, "https://example.org/x/film.iso?y#z", "/srv/other.iso"), "sha256:" + A);
    EXPECT_EQ(found(list, "https://example.org/download?id=1", "/srv/other.iso"), "sha256:" + B);
    EXPECT_EQ(found(A + "  a b.iso\n", "https://example.org/a%20b.iso", "/srv/x"), "sha256:" + A);
    EXPECT_THAT(found(list, "https://example.org/myfilm.iso", "/srv/myfilm.iso"),
                HasSubstr("'SUMS' has no checksum of 'myfilm.iso'"));
}

TEST(ChecksumFor, PrefersTheNameWithMoreDirectories) {
    auto list = A + "  ./netboot/film.iso\n" + B + "  film.iso\n";
    EXPECT_EQ(found(list, "https://example.org/netboot/film.iso", "/x"), "sha256:" + A);
    EXPECT_EQ(found(list, "https://example.org/cdrom/film.iso", "/x"), "sha256:" + B);
}

TEST(ChecksumFor, PrefersTheStrongerKindAndRefusesAContradiction) {
    std::string strong(128, 'c');
    EXPECT_EQ(found(A + "  f\n" + strong + "  f\n" + B + "  g\n", "https://example.org/f", "/f"),
              "sha512:" + strong);
    EXPECT_EQ(found(A + "  f\n" + std::string(64, 'A') + "  f\n", "https://example.org/f", "/f"),
              "sha256:" + A);
    EXPECT_THAT(found(A + "  f\n" + B + "  f\n", "https://example.org/f", "/f"),
                HasSubstr("different checksums of 'f'"));
}

} // namespace
} // namespace haulier::cli
