// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/message_size.hpp"

#include <array>
#include <cstring>
#include <systemd/sd-bus.h>

namespace haulier::bus {

namespace {

constexpr unsigned MostValues = 20'000;
/// Of numbers, lengths, signatures and padding.
constexpr uint64_t OfAnyValue = 8;

class Scales {
public:
    /// All that is left on this level; false when it cannot be read, or is too much to read.
    bool put_all(sd_bus_message* message) {
        char type = 0;
        const char* contents = nullptr;
        int r = 0;
        while ((r = sd_bus_message_peek_type(message, &type, &contents)) > 0)
            if (++values_ > MostValues || !put(message, type, contents)) return false;
        return r == 0;
    }
    [[nodiscard]] uint64_t weight() const { return weight_; }

private:
    bool put(sd_bus_message* message, char type, const char* contents) {
        weight_ += OfAnyValue;
        switch (type) {
        case SD_BUS_TYPE_ARRAY:
        case SD_BUS_TYPE_VARIANT:
        case SD_BUS_TYPE_STRUCT:
        case SD_BUS_TYPE_DICT_ENTRY:
            return sd_bus_message_enter_container(message, type, contents) > 0 && put_all(message) &&
                   sd_bus_message_exit_container(message) >= 0;
        case SD_BUS_TYPE_STRING:
        case SD_BUS_TYPE_OBJECT_PATH:
        case SD_BUS_TYPE_SIGNATURE: return put_text(message, type);
        default: return sd_bus_message_skip(message, std::array{type, '\0'}.data()) > 0;
        }
    }
    bool put_text(sd_bus_message* message, char type) {
        const char* text = nullptr;
        if (sd_bus_message_read_basic(message, type, &text) <= 0) return false;
        weight_ += std::strlen(text);
        return true;
    }

    unsigned values_ = 0;
    uint64_t weight_ = 0;
};

} // namespace

uint64_t message_size(sd_bus_message* message) {
    Scales scales;
    bool whole = sd_bus_message_rewind(message, 1) >= 0 && scales.put_all(message);
    sd_bus_message_rewind(message, 1);
    return whole ? scales.weight() : MaxMessageSize;
}

} // namespace haulier::bus
