// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/message_size.hpp"

#include <array>
#include <cstring>
#include <systemd/sd-bus.h>

namespace haulier::bus {

namespace {

constexpr unsigned MaxValues = 20'000;
/// Added for each value: numbers, lengths, signatures and padding.
constexpr uint64_t PerValue = 8;

class SizeCounter {
public:
    /// The remaining values of the open container; false if they are malformed or too many.
    bool add_all(sd_bus_message* message) {
        char type = 0;
        const char* contents = nullptr;
        int r = 0;
        while ((r = sd_bus_message_peek_type(message, &type, &contents)) > 0)
            if (++values_ > MaxValues || !add(message, type, contents)) return false;
        return r == 0;
    }
    [[nodiscard]] uint64_t size() const { return size_; }

private:
    bool add(sd_bus_message* message, char type, const char* contents) {
        size_ += PerValue;
        switch (type) {
        case SD_BUS_TYPE_ARRAY:
        case SD_BUS_TYPE_VARIANT:
        case SD_BUS_TYPE_STRUCT:
        case SD_BUS_TYPE_DICT_ENTRY:
            return sd_bus_message_enter_container(message, type, contents) > 0 && add_all(message) &&
                   sd_bus_message_exit_container(message) >= 0;
        case SD_BUS_TYPE_STRING:
        case SD_BUS_TYPE_OBJECT_PATH:
        case SD_BUS_TYPE_SIGNATURE: return add_text(message, type);
        default: return sd_bus_message_skip(message, std::array{type, '\0'}.data()) > 0;
        }
    }
    bool add_text(sd_bus_message* message, char type) {
        const char* text = nullptr;
        if (sd_bus_message_read_basic(message, type, &text) <= 0) return false;
        size_ += std::strlen(text);
        return true;
    }

    unsigned values_ = 0;
    uint64_t size_ = 0;
};

} // namespace

uint64_t message_size(sd_bus_message* message) {
    SizeCounter counter;
    bool complete = sd_bus_message_rewind(message, 1) >= 0 && counter.add_all(message);
    sd_bus_message_rewind(message, 1);
    return complete ? counter.size() : MaxMessageSize;
}

} // namespace haulier::bus
