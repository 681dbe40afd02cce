// SPDX-License-Identifier: LGPL-2.1-or-later
// A value of a D-Bus message as far as the agent needs it, and the properties of an object. Numbers are read
// from every integer type; they are sent as "y", "i", "t" and "d".
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace haulier::desktop {

struct Value {
    using List = std::vector<Value>; ///< also the members of a structure
    std::variant<std::monostate, bool, uint8_t, int64_t, uint64_t, double, std::string, List> held;

    Value() = default;
    bool operator==(const Value&) const = default;
    Value(bool value) : held(value) {}
    Value(uint8_t value) : held(value) {}
    Value(double value) : held(value) {}
    Value(int32_t value) : held(int64_t{value}) {}
    Value(uint32_t value) : held(uint64_t{value}) {}
    Value(int64_t value) : held(value) {}
    Value(uint64_t value) : held(value) {}
    Value(const char* value) : held(std::string{value}) {}
    Value(std::string value) : held(std::move(value)) {}
    Value(List value) : held(std::move(value)) {}

    /// A value of another type is empty, 0 or false.
    [[nodiscard]] std::string text() const { return get<std::string>(); }
    [[nodiscard]] uint64_t number() const { return get<uint64_t>(); }
    [[nodiscard]] int64_t integer() const { return get<int64_t>(); }
    /// Member `index` of a structure; empty if there is none.
    [[nodiscard]] Value at(size_t index) const {
        const auto* list = std::get_if<List>(&held);
        return list && index < list->size() ? (*list)[index] : Value{};
    }

private:
    template <class T>
    [[nodiscard]] T get() const {
        const auto* value = std::get_if<T>(&held);
        return value ? *value : T{};
    }
};

using Properties = std::map<std::string, Value>;

} // namespace haulier::desktop
