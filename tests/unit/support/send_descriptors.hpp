// SPDX-License-Identifier: LGPL-2.1-or-later
// Sends a packet with descriptors over a local socket.
#pragma once

#include <cstring>
#include <string_view>
#include <sys/socket.h>
#include <vector>

namespace haulier::test {

/// Returns what sendmsg() returns. The descriptors stay open.
inline ssize_t send_descriptors(int socket, std::string_view packet, const std::vector<int>& descriptors) {
    const auto size = descriptors.size() * sizeof(int);
    std::vector<cmsghdr> control(CMSG_SPACE(size) / sizeof(cmsghdr) + 1); // aligned
    iovec data{const_cast<char*>(packet.data()), packet.size()};
    msghdr header{};
    header.msg_iov = &data;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = CMSG_SPACE(size);
    auto* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(size);
    std::memcpy(CMSG_DATA(rights), descriptors.data(), size);
    return sendmsg(socket, &header, 0);
}

} // namespace haulier::test
