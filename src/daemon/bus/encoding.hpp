// SPDX-License-Identifier: LGPL-2.1-or-later
// How the types of settings look on the bus: Encoding<T>::Type, and the way there and back.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "daemon/bus/codec.hpp"
#include "job/validation.hpp"

#include <chrono>
#include <cstdint>
#include <fmt/core.h>
#include <optional>
#include <string>
#include <vector>

namespace haulier::bus {

/// What is the same on the bus: bool, uint64_t, std::string and lists of them.
template <class T>
struct Encoding {
    using Type = T;
    static Type encode(const T& value) { return value; }
    static Result<T> decode(const Type& value) { return value; }
};

/// A number of seconds or milliseconds.
template <class Period>
struct Encoding<std::chrono::duration<int64_t, Period>> {
    using Span = std::chrono::duration<int64_t, Period>;
    using Type = uint32_t;
    static Type encode(Span span) { return static_cast<Type>(span.count()); }
    static Result<Span> decode(Type count) { return Span{count}; }
};

/// Microseconds since the epoch.
template <>
struct Encoding<WallTime> {
    using Type = uint64_t;
    static Type encode(WallTime date) { return bus::encode(date); }
    static Result<WallTime> decode(Type date) {
        if (date > static_cast<uint64_t>(INT64_MAX))
            return Error{Errc::InvalidArgument, fmt::format("{} is beyond any date", date)};
        return WallTime{Usec{static_cast<int64_t>(date)}};
    }
};

template <job::NamedEnum T>
struct Encoding<T> {
    using Type = std::string;
    static Type encode(T value) { return std::string{job::to_string(value)}; }
    static Result<T> decode(const Type& word) { return job::parse<T>(word); }
};

template <job::NamedFlags T>
struct Encoding<T> {
    using Type = std::vector<std::string>;
    static Type encode(const T& flags) { return job::to_strings(flags); }
    static Result<T> decode(const Type& words) { return job::parse<T>(words); }
};

/// Can be set, but not set to nothing again; clients read what holds instead.
template <job::NamedEnum T>
struct Encoding<std::optional<T>> {
    using Type = std::string;
    static Type encode(std::optional<T> value) { return value ? Encoding<T>::encode(*value) : Type{}; }
    static Result<std::optional<T>> decode(const Type& word) {
        auto value = job::parse<T>(word);
        if (!value) return value.error();
        return std::optional{*value};
    }
};

/// A limit; 2^64-1 = none.
template <>
struct Encoding<std::optional<uint64_t>> {
    using Type = uint64_t;
    static Type encode(std::optional<uint64_t> limit) { return limit.value_or(job::UnknownSize); }
    static Result<std::optional<uint64_t>> decode(Type limit) {
        return limit == job::UnknownSize ? std::nullopt : std::optional{limit};
    }
};

/// An option that is given or not, and is never read.
template <>
struct Encoding<std::optional<uint32_t>> {
    using Type = uint32_t;
    static Type encode(std::optional<uint32_t> value) { return value.value_or(0); }
    static Result<std::optional<uint32_t>> decode(Type value) { return std::optional{value}; }
};

template <>
struct Encoding<job::NotifyService> {
    using Type = NameAndPath;
    static Type encode(const job::NotifyService& service) { return bus::encode(service); }
    static Result<job::NotifyService> decode(const Type& value) {
        const auto& [name, path] = members_of(value);
        return job::parse_notify_service(name, path);
    }
};

/// They never leave the daemon.
template <>
struct Encoding<std::vector<job::Credentials>> {
    using Type = std::vector<CredentialsTuple>;
    static Type encode(const std::vector<job::Credentials>& /*all*/) { return {}; }
    static Result<std::vector<job::Credentials>> decode(const Type& all) { return decode_credentials(all); }
};

} // namespace haulier::bus
