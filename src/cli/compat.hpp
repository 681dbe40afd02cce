// SPDX-License-Identifier: LGPL-2.1-or-later
// The only file of the command that knows which sdbus-c++ it is built with: today 1.2; what 2.x spells
// otherwise is gathered here.
#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <cstdint>
#include <map>
#include <string>

namespace haulier::cli::compat {

using Destination = std::string;
using Path = std::string;
using Options = std::map<std::string, sdbus::Variant>;
/// What a handler of an asynchronous reply is told of its failure; tested like a pointer.
using CallError = const sdbus::Error*;

/// The D-Bus type of T, as in "a{sv}".
template <class T>
std::string signature_of() {
    return sdbus::signature_of<T>::str();
}
/// Handles one message; false when there was none.
inline bool process_one(sdbus::IConnection& c) {
    return c.processPendingRequest();
}
/// Absolute deadline on CLOCK_MONOTONIC in microseconds, UINT64_MAX for none.
inline uint64_t deadline_of(const sdbus::IConnection::PollData& data) {
    return data.timeout_usec;
}

} // namespace haulier::cli::compat
