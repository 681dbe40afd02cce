// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/yield_counters.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <ifaddrs.h>
#include <memory>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace haulier::transfer {

namespace {

constexpr size_t MostText = 64 * 1024;
/// Columns of a line, after the name.
constexpr size_t ReceivedColumn = 0;
constexpr size_t SentColumn = 8;

/// The next number of `line`, which is shortened by it.
std::optional<uint64_t> next_number(std::string_view& line) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    uint64_t value = 0;
    auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
    if (error != std::errc{}) return std::nullopt;
    line.remove_prefix(static_cast<size_t>(end - line.data()));
    return value;
}

std::optional<InterfaceBytes> bytes_in(std::string_view columns) {
    InterfaceBytes bytes;
    for (size_t column = 0; column <= SentColumn; ++column) {
        auto value = next_number(columns);
        if (!value) return std::nullopt;
        if (column == ReceivedColumn) bytes.received = *value;
        if (column == SentColumn) bytes.sent = *value;
    }
    return bytes;
}

bool is_same_address(const sockaddr& one, const sockaddr_storage& other) {
    if (one.sa_family != other.ss_family) return false;
    auto same = [&](size_t offset, size_t size) {
        return std::memcmp(reinterpret_cast<const char*>(&one) + offset,
                           reinterpret_cast<const char*>(&other) + offset, size) == 0;
    };
    if (one.sa_family == AF_INET) return same(offsetof(sockaddr_in, sin_addr), sizeof(in_addr));
    if (one.sa_family == AF_INET6) return same(offsetof(sockaddr_in6, sin6_addr), sizeof(in6_addr));
    return false;
}

} // namespace

AllInterfaceBytes parse_interface_bytes(std::string_view text) {
    AllInterfaceBytes all;
    while (!text.empty()) {
        auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        auto colon = line.rfind(':');
        if (colon == std::string_view::npos) continue;
        auto name = line.substr(0, colon);
        name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
        if (auto bytes = bytes_in(line.substr(colon + 1))) all.emplace(name, *bytes);
    }
    return all;
}

AllInterfaceBytes InterfaceCounters::read() {
    if (!file_) file_ = Fd{open("/proc/self/net/dev", O_RDONLY | O_CLOEXEC)};
    std::string text;
    std::array<char, 4096> piece{};
    while (text.size() < MostText) {
        auto got = pread(file_.get(), piece.data(), piece.size(), static_cast<off_t>(text.size()));
        if (got <= 0) break;
        text.append(piece.data(), static_cast<size_t>(got));
    }
    return parse_interface_bytes(text);
}

std::optional<std::string> interface_of(const sockaddr_storage& address) {
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) < 0) return std::nullopt;
    std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner{list, &freeifaddrs};
    for (const auto* one = list; one != nullptr; one = one->ifa_next)
        if (one->ifa_addr && is_same_address(*one->ifa_addr, address)) return one->ifa_name;
    return std::nullopt;
}

} // namespace haulier::transfer
