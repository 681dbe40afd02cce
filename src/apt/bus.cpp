// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apt/bus.hpp"

#include "base/must.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <systemd/sd-bus.h>

namespace haulier::apt {

namespace {

constexpr const char* Service = "org.haulier.Haulier1";
constexpr const char* ManagerPath = "/org/haulier/Haulier1";
constexpr const char* ManagerInterface = "org.haulier.Haulier1.Manager";
constexpr const char* JobInterface = "org.haulier.Haulier1.Job";
/// apt waits meanwhile.
constexpr std::chrono::microseconds Limit = std::chrono::seconds{10};
/// A list of jobs with fewer entries is complete.
constexpr uint32_t LeastOfList = 256;

std::string read_text(sd_bus_message* m, char type) {
    const char* text = nullptr;
    must(sd_bus_message_read_basic(m, type, &text), "a text");
    return text;
}

/// A variant that is no text is "", except a boolean.
std::string read_variant(sd_bus_message* m) {
    const char* contents = nullptr;
    must(sd_bus_message_peek_type(m, nullptr, &contents), "a variant");
    if (std::strcmp(contents, "s") != 0 && std::strcmp(contents, "b") != 0) {
        must(sd_bus_message_skip(m, "v"), "a variant");
        return {};
    }
    must(sd_bus_message_enter_container(m, SD_BUS_TYPE_VARIANT, contents), "a variant");
    std::string text;
    if (*contents == SD_BUS_TYPE_BOOLEAN) {
        int value = 0;
        must(sd_bus_message_read_basic(m, SD_BUS_TYPE_BOOLEAN, &value), "a boolean");
        text = value ? "true" : "false";
    } else {
        text = read_text(m, SD_BUS_TYPE_STRING);
    }
    must(sd_bus_message_exit_container(m), "a variant");
    return text;
}

Texts read_texts(sd_bus_message* m) {
    Texts texts;
    must(sd_bus_message_enter_container(m, SD_BUS_TYPE_ARRAY, "{sv}"), "properties");
    while (sd_bus_message_at_end(m, 0) == 0) {
        must(sd_bus_message_enter_container(m, SD_BUS_TYPE_DICT_ENTRY, "sv"), "a property");
        auto name = read_text(m, SD_BUS_TYPE_STRING);
        texts[name] = read_variant(m);
        must(sd_bus_message_exit_container(m), "a property");
    }
    must(sd_bus_message_exit_container(m), "properties");
    return texts;
}

/// Calls `read` at each structure of a list, whose members are `contents`. Returns their number.
uint32_t read_list(sd_bus_message* m, const char* contents, const std::function<void()>& read) {
    uint32_t count = 0;
    auto type = "(" + std::string{contents} + ")";
    must(sd_bus_message_enter_container(m, SD_BUS_TYPE_ARRAY, type.c_str()), "a list");
    for (; sd_bus_message_at_end(m, 0) == 0; ++count) {
        must(sd_bus_message_enter_container(m, SD_BUS_TYPE_STRUCT, contents), "an entry of a list");
        read();
        must(sd_bus_message_exit_container(m), "an entry of a list");
    }
    return count;
}

void append_filter(sd_bus_message* m, uint32_t offset, const std::vector<std::string>& properties) {
    must(sd_bus_message_open_container(m, SD_BUS_TYPE_ARRAY, "{sv}"), "a filter");
    must(sd_bus_message_append(m, "{sv}", "Offset", "u", offset), "a filter");
    must(sd_bus_message_open_container(m, SD_BUS_TYPE_DICT_ENTRY, "sv"), "a filter");
    must(sd_bus_message_append(m, "s", "Properties"), "a filter");
    must(sd_bus_message_open_container(m, SD_BUS_TYPE_VARIANT, "as"), "a filter");
    must(sd_bus_message_open_container(m, SD_BUS_TYPE_ARRAY, "s"), "a filter");
    for (const auto& property : properties)
        must(sd_bus_message_append(m, "s", property.c_str()), "a filter");
    for (int i = 0; i < 4; ++i)
        must(sd_bus_message_close_container(m), "a filter");
}

} // namespace

Bus::Bus() {
    must(sd_bus_open_system(&bus_), "the system bus");
}

Bus::~Bus() {
    sd_bus_close_unref(bus_);
}

Bus::Message Bus::new_call(const std::string& path, const char* interface, const char* method) {
    sd_bus_message* made = nullptr;
    must(sd_bus_message_new_method_call(bus_, &made, Service, path.c_str(), interface, method), method);
    Message call{made, &sd_bus_message_unref};
    must(sd_bus_message_set_auto_start(made, 0), method);
    return call;
}

void Bus::limit_all_calls() {
    deadline_ = std::chrono::steady_clock::now() + Limit;
}

uint64_t Bus::microseconds_left() const {
    auto left = Limit;
    if (deadline_)
        left = std::chrono::duration_cast<std::chrono::microseconds>(*deadline_ -
                                                                     std::chrono::steady_clock::now());
    return static_cast<uint64_t>(std::max<int64_t>(left.count(), 0));
}

Bus::Message Bus::reply_to(const Message& call) {
    const char* method = sd_bus_message_get_member(call.get());
    auto limit = microseconds_left();
    if (limit == 0) must(-ETIMEDOUT, method); // for sd-bus, 0 is the default
    sd_bus_message* reply = nullptr;
    must(sd_bus_call(bus_, call.get(), limit, nullptr, &reply), method);
    return {reply, &sd_bus_message_unref};
}

std::map<std::string, Texts> Bus::jobs(const std::vector<std::string>& properties) {
    std::map<std::string, Texts> found;
    for (uint32_t offset = 0;;) {
        auto call = new_call(ManagerPath, ManagerInterface, "ListJobs");
        append_filter(call.get(), offset, properties);
        auto reply = reply_to(call);
        auto count = read_list(reply.get(), "oa{sv}", [&] {
            auto path = read_text(reply.get(), SD_BUS_TYPE_OBJECT_PATH);
            found[path] = read_texts(reply.get());
        });
        if (count < LeastOfList) return found;
        offset += count;
    }
}

void Bus::files(const std::string& job, const std::function<void(uint32_t, Texts)>& each) {
    uint32_t count = 1;
    for (uint32_t next = 0; count > 0;) {
        auto call = new_call(job, JobInterface, "ListFiles");
        must(sd_bus_message_append(call.get(), "uu", next, uint32_t{0}), "ListFiles");
        auto reply = reply_to(call);
        count = read_list(reply.get(), "ua{sv}", [&] {
            uint32_t index = 0;
            must(sd_bus_message_read_basic(reply.get(), SD_BUS_TYPE_UINT32, &index), "the number of a file");
            each(index, read_texts(reply.get()));
            next = index + 1;
        });
    }
}

void Bus::remove_files(const std::string& job, const std::vector<uint32_t>& indexes) {
    auto call = new_call(job, JobInterface, "RemoveFiles");
    must(sd_bus_message_append_array(call.get(), SD_BUS_TYPE_UINT32, indexes.data(),
                                     indexes.size() * sizeof(uint32_t)),
         "RemoveFiles");
    reply_to(call);
}

void Bus::call(const std::string& job, const char* method) {
    reply_to(new_call(job, JobInterface, method));
}

} // namespace haulier::apt
