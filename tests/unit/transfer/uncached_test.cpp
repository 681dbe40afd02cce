// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/uncached.hpp"

#include "cached_pages.hpp"
#include "support/temp_dir.hpp"
#include "transfer/part_file.hpp"
#include "transfer/write_buffer.hpp"
#include "transfer_samples.hpp"

#include <gtest/gtest.h>
#include <random>
#include <string>

namespace haulier::transfer {
namespace {

constexpr const char* UncachedName = ".haulier-0-0.part";
constexpr uint64_t Block = UncachedAlignment;

Result<PartFile, Failure> open_uncached_part(const std::string& directory) {
    auto opened = Directory::open(directory);
    if (!opened) return opened.error();
    return PartFile::open(*std::move(opened), UncachedName);
}

std::string random_bytes(size_t size) {
    std::mt19937 random{5};
    std::string bytes(size, '\0');
    for (auto& byte : bytes)
        byte = static_cast<char>(random());
    return bytes;
}

WriteBuffer aligned(uint64_t at, std::string_view bytes) {
    WriteBuffer buffer;
    buffer.align(at, bytes.size());
    buffer.append(bytes);
    return buffer;
}

TEST(NextStep, OnlyWholeBlocksBypassTheCache) {
    auto buffer = aligned(3 * Block + 100, std::string(3 * Block, 'x'));
    auto step = next_step(3 * Block + 100, buffer.bytes());
    EXPECT_EQ(step.bytes.size(), Block - 100) << "the rest of the block in which the file ends";
    EXPECT_FALSE(step.uncached);

    auto rest = buffer.bytes().substr(Block - 100);
    step = next_step(4 * Block, rest);
    EXPECT_EQ(step.bytes.size(), 2 * Block);
    EXPECT_TRUE(step.uncached);

    step = next_step(6 * Block, rest.substr(2 * Block));
    EXPECT_EQ(step.bytes.size(), 100u) << "the beginning of a block";
    EXPECT_FALSE(step.uncached);
}

TEST(NextStep, BytesInAnotherPlaceOfAPageAreCopied) {
    auto buffer = aligned(1, std::string(2 * Block, 'x'));
    auto step = next_step(0, buffer.bytes());
    EXPECT_EQ(step.bytes.size(), 2 * Block);
    EXPECT_FALSE(step.uncached);
}

class UncachedPart : public testing::Test {
protected:
    test::TempDir directory;
    PartFile file = *open_uncached_part(directory.path());
};

TEST_F(UncachedPart, HasTheSameContentWhereverAWriteBeginsAndEnds) {
    auto bytes = random_bytes(3 * Mebi);
    ASSERT_TRUE(file.prepare(0, bytes.size()));
    file.bypass_cache();
    std::mt19937 random{6};
    for (size_t at = 0; at < bytes.size();) {
        // Among them are whole blocks, and a few bytes.
        size_t size = std::uniform_int_distribution<size_t>{1, 40}(random) * (random() % 2 ? Block : 97);
        auto buffer = aligned(at, std::string_view{bytes}.substr(at, size));
        ASSERT_TRUE(file.write(at, buffer.bytes()));
        at += buffer.size();
        ASSERT_EQ(file.size(), at);
    }
    ASSERT_TRUE(file.sync());
    EXPECT_EQ(directory.read(UncachedName), bytes);
}

TEST_F(UncachedPart, TakesNoPlaceInTheCache) {
    auto bytes = random_bytes(8 * Mebi);
    ASSERT_TRUE(file.prepare(0, bytes.size()));
    file.bypass_cache();
    if (!file.bypasses_cache()) GTEST_SKIP() << "this file system cannot do without the page cache";
    auto buffer = aligned(0, bytes);
    ASSERT_TRUE(file.write(0, buffer.bytes()));
    ASSERT_TRUE(file.sync());
    EXPECT_EQ(cached_bytes(directory.at(UncachedName)), 0u);
    EXPECT_EQ(directory.read(UncachedName), bytes);
}

TEST_F(UncachedPart, EndsWithTheNextBeginning) {
    ASSERT_TRUE(file.prepare(0, Mebi));
    file.bypass_cache();
    ASSERT_TRUE(file.prepare(0, Mebi));
    EXPECT_FALSE(file.bypasses_cache());
}

TEST(UncachedInMemory, AFileSystemThatHasNothingButTheCacheUsesIt) {
    if (access("/dev/shm", W_OK) < 0) GTEST_SKIP() << "there is no /dev/shm";
    test::TempDir memory{"/dev/shm"};
    auto file = *open_uncached_part(memory.path());
    auto bytes = random_bytes(2 * Block + 5);
    ASSERT_TRUE(file.prepare(0, bytes.size()));
    file.bypass_cache();
    ASSERT_TRUE(file.write(0, aligned(0, bytes).bytes()));
    ASSERT_TRUE(file.sync());
    EXPECT_EQ(memory.read(UncachedName), bytes);
}

} // namespace
} // namespace haulier::transfer
