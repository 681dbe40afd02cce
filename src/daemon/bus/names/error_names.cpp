// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/names/error_names.hpp"

#include <string_view>

namespace haulier::bus {

namespace {

constexpr std::string_view Prefix = "org.haulier.Haulier1.Error.";

std::string_view word(Errc code) {
    switch (code) {
    case Errc::NotFound: return "NotFound";
    case Errc::AccessDenied: return "AccessDenied";
    case Errc::InvalidArgument: return "InvalidArgument";
    case Errc::InvalidState: return "InvalidState";
    case Errc::Empty: return "Empty";
    case Errc::StringTooLong: return "StringTooLong";
    case Errc::NotSupported: return "NotSupported";
    case Errc::TooManyJobs: return "TooManyJobs";
    case Errc::TooManyFiles: return "TooManyFiles";
    case Errc::TooManyRanges: return "TooManyRanges";
    case Errc::InvalidRange: return "InvalidRange";
    case Errc::OverlappingRanges: return "OverlappingRanges";
    case Errc::ReadOnly: return "ReadOnly";
    case Errc::ReadOnlyAfterAddFile: return "ReadOnlyAfterAddFile";
    case Errc::ReadOnlyAfterResume: return "ReadOnlyAfterResume";
    case Errc::Pending: return "Pending";
    case Errc::TooLarge: return "TooLarge";
    case Errc::NotActivatable: return "NotActivatable";
    case Errc::LocalFile: return "LocalFile";
    case Errc::FileExists: return "FileExists";
    case Errc::OutsideSandbox: return "OutsideSandbox";
    case Errc::Store: return "Store";
    case Errc::Internal: return "Internal";
    }
    return "Internal";
}

} // namespace

std::string bus_name(Errc code) {
    return std::string{Prefix} + std::string{word(code)};
}

std::optional<Errc> errc_from_name(std::string_view name) {
    if (name.starts_with(Prefix)) name.remove_prefix(Prefix.size());
    for (int i = 0; i <= static_cast<int>(Errc::Internal); ++i)
        if (word(static_cast<Errc>(i)) == name) return static_cast<Errc>(i);
    return std::nullopt;
}

} // namespace haulier::bus
