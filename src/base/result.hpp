// SPDX-License-Identifier: LGPL-2.1-or-later
// A value, or an error with a name and a message. The only way expected failures travel in Haulier.
#pragma once

#include <cassert>
#include <functional>
#include <string>
#include <utility>
#include <variant>

namespace haulier {

/// Every failure a method can answer with. Each has one D-Bus name, paired in src/daemon/bus/error_names.cpp.
enum class Errc {
    NotFound,        ///< no such job
    AccessDenied,    ///< not the owner's job; says nothing about whether it exists
    InvalidArgument, ///< malformed input
    InvalidState,    ///< the verb is not legal now
    Empty,           ///< Resume without anything to transfer (BITS: BG_E_EMPTY)
    StringTooLong,   ///< over the documented length
    NotSupported,    ///< value or option outside its range, or not for this job (BITS: E_NOTIMPL)
    TooManyJobs,
    TooManyFiles,         ///< of a job; an upload has one
    TooManyRanges,        ///< of a file
    InvalidRange,         ///< a range that no file can have
    OverlappingRanges,    ///< BITS: also two that are equal
    ReadOnly,             ///< fixed by another choice, such as Priority by HttpMethod
    ReadOnlyAfterAddFile, ///< to be chosen before the first file
    ReadOnlyAfterResume,  ///< to be chosen before the first Resume
    Pending,              ///< not yet: the file is not transferred (BITS: E_PENDING)
    TooLarge,             ///< a reply over what is handed over in memory, or texts over what is kept in it
    NotActivatable,       ///< notify service is not known to the bus
    LocalFile,            ///< a file or directory refuses; the message says which and why
    Store,                ///< the database could not take the change; nothing was changed
    Internal,             ///< a fault of ours
};

/// `message` says what was wrong, with the value, and what would be right. It is for people; programs use
/// `code`.
struct Error {
    Errc code;
    std::string message;
    bool operator==(const Error&) const = default;
};

/// `E` is another error type only where the meaning of failure is another, as in the command line client.
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

/// Gets the result of something that is done later, exactly once.
template <class T>
using Callback = std::function<void(const Result<T>&)>;

} // namespace haulier
