// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/node_list.hpp"

#include "base/log.hpp"

#include <cerrno>
#include <fmt/core.h>
#include <systemd/sd-bus.h>

namespace haulier::bus {

namespace {

constexpr const char* Introspectable = "org.freedesktop.DBus.Introspectable";

std::string describe_children(const std::vector<std::string>& names) {
    std::string xml = "<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection 1.0//EN\"\n"
                      "\"https://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\">\n<node>\n";
    for (const auto& name : names)
        xml += fmt::format(" <node name=\"{}\"/>\n", name);
    return xml + "</node>\n";
}

} // namespace

int reply_with_nodes(sd_bus_message* call, const std::function<std::vector<std::string>()>& names) {
    if (sd_bus_message_is_method_call(call, Introspectable, "Introspect") <= 0) return 0;
    try {
        return sd_bus_reply_method_return(call, "s", describe_children(names()).c_str());
    } catch (const std::exception& e) {
        log::error(std::string{"objects could not be listed: "} + e.what());
        return -EIO;
    }
}

} // namespace haulier::bus
