// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/error_names.hpp"

#include <string_view>

namespace haulier::bus {

namespace {

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
    case Errc::NotActivatable: return "NotActivatable";
    case Errc::LocalFile: return "LocalFile";
    case Errc::Store: return "Store";
    case Errc::Internal: return "Internal";
    }
    return "Internal";
}

} // namespace

std::string bus_name(Errc code) {
    return "org.haulier.Haulier1.Error." + std::string{word(code)};
}

} // namespace haulier::bus
