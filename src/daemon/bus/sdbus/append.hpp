// SPDX-License-Identifier: LGPL-2.1-or-later
// Appends values to a message of libsystemd, for long lists: sdbus-c++ makes a message of its own for each
// variant, which takes ten times as long.
#pragma once

#include "base/must.hpp"
#include "daemon/bus/sdbus/compat.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <systemd/sd-bus.h>
#include <tuple>
#include <type_traits>
#include <vector>

namespace haulier::bus {

/// `content` appends what is in the container.
template <class Content>
void append_container(sd_bus_message* to, char type, const char* contents, Content content) {
    must(sd_bus_message_open_container(to, type, contents), "sd_bus_message_open_container");
    content();
    must(sd_bus_message_close_container(to), "sd_bus_message_close_container");
}

inline void append_basic(sd_bus_message* to, char type, const void* value) {
    must(sd_bus_message_append_basic(to, type, value), "sd_bus_message_append_basic");
}
inline void append(sd_bus_message* to, const std::string& text) {
    append_basic(to, SD_BUS_TYPE_STRING, text.c_str());
}
inline void append(sd_bus_message* to, const sdbus::ObjectPath& path) {
    append_basic(to, SD_BUS_TYPE_OBJECT_PATH, path.c_str());
}
template <class T>
requires std::is_arithmetic_v<T>
void append(sd_bus_message* to, T number) {
    static const std::string type = signature_of<T>();
    if constexpr (std::is_same_v<T, bool>) {
        const int truth = number;
        append_basic(to, type.front(), &truth);
    } else {
        append_basic(to, type.front(), &number);
    }
}
template <class... Ts>
void append(sd_bus_message* to, const sdbus::Struct<Ts...>& values);
template <class T>
void append(sd_bus_message* to, const std::vector<T>& values) {
    static const std::string type = signature_of<T>();
    append_container(to, SD_BUS_TYPE_ARRAY, type.c_str(), [&] {
        for (const auto& value : values)
            append(to, value);
    });
}
template <class... Ts>
void append(sd_bus_message* to, const sdbus::Struct<Ts...>& values) {
    static const std::string types = (signature_of<Ts>() + ...);
    append_container(to, SD_BUS_TYPE_STRUCT, types.c_str(), [&] {
        std::apply([&](const auto&... each) { (append(to, each), ...); }, members_of(values));
    });
}

/// An entry of a dictionary a{sv}.
template <class T>
void append_entry(sd_bus_message* to, const char* name, const T& value) {
    static const std::string type = signature_of<T>();
    append_container(to, SD_BUS_TYPE_DICT_ENTRY, "sv", [&] {
        append_basic(to, SD_BUS_TYPE_STRING, name);
        append_container(to, SD_BUS_TYPE_VARIANT, type.c_str(), [&] { append(to, value); });
    });
}

} // namespace haulier::bus
