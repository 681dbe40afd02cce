// SPDX-License-Identifier: LGPL-2.1-or-later
#include "world.hpp"

#include <cmath>
#include <fmt/core.h>

namespace haulier::simulation {

Usec Dice::span(Usec shortest, Usec longest) {
    auto ratio = static_cast<double>(longest.count()) / static_cast<double>(shortest.count());
    return Usec{static_cast<int64_t>(static_cast<double>(shortest.count()) * std::pow(ratio, fraction()))};
}

World::World(uint64_t seed) : dice(seed) {
    for (int h = 0; h < 3; ++h)
        for (int f = 0; f < 4; ++f) {
            constexpr std::array<uint64_t, 6> Sizes{0, 1, 100, 20'000, 70'000, 1'000'000};
            hosts[fmt::format("h{}.example", h)].files[fmt::format("/f{}", f)] = {dice.any_of(Sizes), 1,
                                                                                  !dice.maybe(20)};
        }
}

void World::later(Usec delay, std::function<void()> action) {
    bus.later(delay, [this, life = this->life, action = std::move(action)] {
        if (life == this->life && !is_dead()) action();
    });
}

bool World::acts() {
    if (actions_left_ > 0) --actions_left_;
    return actions_left_ != 0;
}

void World::fault(const std::string& what) {
    faults.push_back(fmt::format("at {} us: {}", bus.now.since_boot.count(), what));
    note([&] { return "FAULT: " + what; });
}

void World::trace(const std::string& text) {
    fmt::print("{:>15} {}\n", bus.now.since_boot.count(), text);
}

Place place_of(const std::string& url) {
    auto begin = url.find("//") + 2;
    auto slash = url.find('/', begin);
    return {url.substr(begin, slash - begin), url.substr(slash)};
}

} // namespace haulier::simulation
