// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads and writes the arguments of messages.
#include "base/must.hpp"
#include "desktop/bus_link.hpp"

#include <cerrno>
#include <systemd/sd-bus.h>
#include <type_traits>

namespace haulier::desktop {

namespace {

template <class T, class Kept = T>
Value read_number(sd_bus_message* message, char type) {
    T value{};
    must(sd_bus_message_read_basic(message, type, &value), "sd_bus_message_read_basic");
    return Value{static_cast<Kept>(value)};
}

Value read_string(sd_bus_message* message, char type) {
    const char* value = nullptr;
    must(sd_bus_message_read_basic(message, type, &value), "sd_bus_message_read_basic");
    return Value{value};
}

Value read_container(sd_bus_message* message, char type, const char* contents) {
    must(sd_bus_message_enter_container(message, type, contents), "sd_bus_message_enter_container");
    Value::List members;
    while (sd_bus_message_at_end(message, 0) == 0)
        members.push_back(read_value(message));
    must(sd_bus_message_exit_container(message), "sd_bus_message_exit_container");
    return Value{std::move(members)};
}

Value read_variant(sd_bus_message* message, const char* contents) {
    must(sd_bus_message_enter_container(message, SD_BUS_TYPE_VARIANT, contents),
         "sd_bus_message_enter_container");
    auto value = read_value(message);
    must(sd_bus_message_exit_container(message), "sd_bus_message_exit_container");
    return value;
}

void append_variant(const Message& message, const Value& value) {
    auto* m = message.get();
    auto add = [&](const auto& held) {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, bool>)
            return sd_bus_message_append(m, "v", "b", int{held});
        else if constexpr (std::is_same_v<Held, uint8_t>)
            return sd_bus_message_append(m, "v", "y", held);
        else if constexpr (std::is_same_v<Held, int64_t>)
            return sd_bus_message_append(m, "v", "i", static_cast<int32_t>(held));
        else if constexpr (std::is_same_v<Held, uint64_t>)
            return sd_bus_message_append(m, "v", "t", held);
        else if constexpr (std::is_same_v<Held, double>)
            return sd_bus_message_append(m, "v", "d", held);
        else if constexpr (std::is_same_v<Held, std::string>)
            return sd_bus_message_append(m, "v", "s", held.c_str());
        else
            return -EINVAL;
    };
    must(std::visit(add, value.held), "sd_bus_message_append");
}

} // namespace

Value read_value(sd_bus_message* message) {
    char type = 0;
    const char* contents = nullptr;
    must(sd_bus_message_peek_type(message, &type, &contents), "sd_bus_message_peek_type");
    switch (type) {
    case SD_BUS_TYPE_BOOLEAN: return read_number<int, bool>(message, type);
    case SD_BUS_TYPE_BYTE: return read_number<uint8_t, uint64_t>(message, type);
    case SD_BUS_TYPE_INT16: return read_number<int16_t, int64_t>(message, type);
    case SD_BUS_TYPE_UINT16: return read_number<uint16_t, uint64_t>(message, type);
    case SD_BUS_TYPE_INT32: return read_number<int32_t, int64_t>(message, type);
    case SD_BUS_TYPE_UINT32: return read_number<uint32_t, uint64_t>(message, type);
    case SD_BUS_TYPE_INT64: return read_number<int64_t>(message, type);
    case SD_BUS_TYPE_UINT64: return read_number<uint64_t>(message, type);
    case SD_BUS_TYPE_DOUBLE: return read_number<double>(message, type);
    case SD_BUS_TYPE_STRING:
    case SD_BUS_TYPE_OBJECT_PATH:
    case SD_BUS_TYPE_SIGNATURE: return read_string(message, type);
    case SD_BUS_TYPE_VARIANT: return read_variant(message, contents);
    case SD_BUS_TYPE_ARRAY:
    case SD_BUS_TYPE_STRUCT:
    case SD_BUS_TYPE_DICT_ENTRY: return read_container(message, type, contents);
    default: must(-EBADMSG, "unknown type"); return {};
    }
}

Properties read_properties(sd_bus_message* message) {
    Properties properties;
    must(sd_bus_message_enter_container(message, SD_BUS_TYPE_ARRAY, "{sv}"), "an array of properties");
    while (sd_bus_message_at_end(message, 0) == 0) {
        auto entry = read_value(message);
        properties[entry.at(0).text()] = entry.at(1);
    }
    must(sd_bus_message_exit_container(message), "sd_bus_message_exit_container");
    return properties;
}

std::string read_text(sd_bus_message* message) {
    return read_value(message).text();
}

std::string error_of(sd_bus_message* reply) {
    const auto* error = sd_bus_message_get_error(reply);
    return error && error->name ? error->name : "";
}

std::string sender_of(sd_bus_message* message) {
    const char* sender = sd_bus_message_get_sender(message);
    return sender ? sender : "";
}

void append(const Message& message, const std::string& text) {
    must(sd_bus_message_append(message.get(), "s", text.c_str()), "sd_bus_message_append");
}

void append(const Message& message, const Properties& properties) {
    auto* m = message.get();
    must(sd_bus_message_open_container(m, SD_BUS_TYPE_ARRAY, "{sv}"), "sd_bus_message_open_container");
    for (const auto& [name, value] : properties) {
        must(sd_bus_message_open_container(m, SD_BUS_TYPE_DICT_ENTRY, "sv"), "sd_bus_message_open_container");
        append(message, name);
        append_variant(message, value);
        must(sd_bus_message_close_container(m), "sd_bus_message_close_container");
    }
    must(sd_bus_message_close_container(m), "sd_bus_message_close_container");
}

void append_list(const Message& message, const std::vector<std::string>& texts) {
    auto* m = message.get();
    must(sd_bus_message_open_container(m, SD_BUS_TYPE_ARRAY, "s"), "sd_bus_message_open_container");
    for (const auto& text : texts)
        append(message, text);
    must(sd_bus_message_close_container(m), "sd_bus_message_close_container");
}

} // namespace haulier::desktop
