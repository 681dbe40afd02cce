// SPDX-License-Identifier: LGPL-2.1-or-later
// A value, or an error with a code and a message: how all expected failures are returned.
#pragma once

#include <cassert>
#include <functional>
#include <string>
#include <utility>
#include <variant>

namespace haulier {

/// Every error of a method call. src/daemon/bus/names/error_names.cpp has the D-Bus name of each.
enum class Errc {
    NotFound,        ///< no such job
    AccessDenied,    ///< the caller may not do this, or the job does not exist
    InvalidArgument, ///< malformed input
    InvalidState,    ///< the method is not allowed in the job's state
    Empty,           ///< Resume without anything to transfer (BITS: BG_E_EMPTY)
    StringTooLong,   ///< over the documented length
    NotSupported,    ///< a value or option that is unknown, or not allowed for this job (BITS: E_NOTIMPL)
    TooManyJobs,
    TooManyFiles,         ///< of a job; an upload has one
    TooManyRanges,        ///< of a file
    InvalidRange,         ///< a range outside any file
    OverlappingRanges,    ///< including equal ones, as in BITS
    ReadOnly,             ///< fixed by another property, such as Priority by HttpMethod
    ReadOnlyAfterAddFile, ///< must be set before the first file is added
    ReadOnlyAfterResume,  ///< must be set before the first Resume
    Pending,              ///< not yet: the file is not transferred (BITS: E_PENDING)
    TooLarge,             ///< a reply too large for a message, or text over the limit on memory
    NotActivatable,       ///< the bus cannot start the notify service
    LocalFile,            ///< an operation on a file or directory failed; the message says which and why
    FileExists,           ///< the name is taken, and Existing is `keep`
    OutsideSandbox,       ///< the sandbox of the app has no access to this path
    Store,                ///< the database could not be written; nothing was changed
    Internal,             ///< a bug in Haulier
};

/// `message` is for people: it says what was wrong, with the value, and what would be right. Programs use
/// `code`.
struct Error {
    Errc code;
    std::string message;
    bool operator==(const Error&) const = default;
};

/// `E` is another type where failures carry other facts, as in the command-line client.
template <class T, class E = Error>
class [[nodiscard]] Result {
public:
    Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
    Result(E error) : held_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return held_.index() == 0; }
    T& operator*() & { return checked(*this); }
    const T& operator*() const& { return checked(*this); }
    T&& operator*() && { return std::move(checked(*this)); }
    T* operator->() { return &checked(*this); }
    const T* operator->() const { return &checked(*this); }
    [[nodiscard]] const E& error() const {
        assert(held_.index() == 1);
        return *std::get_if<1>(&held_);
    }

private:
    template <class Self>
    static auto& checked(Self& self) {
        assert(self.held_.index() == 0);
        return *std::get_if<0>(&self.held_);
    }
    std::variant<T, E> held_;
};

/// Success without a value.
struct Done {
    bool operator==(const Done&) const = default;
};
using Status = Result<Done>;

/// Called exactly once, with the result of an operation that completes later.
template <class T>
using Callback = std::function<void(const Result<T>&)>;

} // namespace haulier
