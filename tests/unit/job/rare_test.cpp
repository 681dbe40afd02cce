// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/rare.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace haulier::job {
namespace {

using Numbers = std::vector<int>;

TEST(Rare, TakesAPointerWhereItIsEmpty) {
    EXPECT_EQ(sizeof(Rare<Numbers>), sizeof(void*));
    EXPECT_EQ(sizeof(Rare<std::string>), sizeof(void*));
}

TEST(Rare, IsReadAndReplacedLikeItsValue) {
    Rare<Numbers> numbers;
    EXPECT_TRUE(numbers.empty());
    EXPECT_EQ(numbers.begin(), numbers.end());
    numbers = Numbers{3, 4};
    EXPECT_EQ(numbers.size(), 2U);
    EXPECT_EQ(numbers[1], 4);
    EXPECT_EQ(numbers->front(), 3);
    const Numbers& value = numbers;
    EXPECT_EQ(value, (Numbers{3, 4}));
    numbers.clear();
    EXPECT_TRUE(numbers.empty());
    EXPECT_EQ(numbers.size(), 0U);
}

TEST(Rare, ACopyIsAValueOfItsOwn) {
    Rare<Numbers> first{Numbers{1}};
    Rare<Numbers> second = first;
    second.edit().push_back(2);
    EXPECT_EQ(first, Numbers{1});
    EXPECT_EQ(second, (Numbers{1, 2}));
    second = first;
    EXPECT_EQ(second, first);
}

/// It need not be told how it has become empty.
TEST(Rare, EmptyOnesAreEqual) {
    Rare<std::string> never;
    Rare<std::string> emptied{std::string{"text"}};
    emptied.edit().clear();
    EXPECT_TRUE(emptied.empty());
    EXPECT_EQ(never, emptied);
    EXPECT_EQ(never, std::string{});
}

} // namespace
} // namespace haulier::job
