// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/describe.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <system_error>

namespace haulier::job {

namespace {

struct StatusMeaning {
    int32_t status;
    std::string_view meaning;
};

/// RFC 9110 15, RFC 4918 11, RFC 6585, RFC 7725 and RFC 8470.
constexpr std::array StatusMeanings{
    StatusMeaning{304, "the server sent no content, although the request was unconditional"},
    StatusMeaning{400, "the server rejected the request as malformed"},
    StatusMeaning{401, "the server requires a user name and a password, or rejected those it was given"},
    StatusMeaning{402, "the server requires a payment"},
    StatusMeaning{403, "the server refuses access to this file"},
    StatusMeaning{404, "the server has no such file"},
    StatusMeaning{405, "the server does not allow this method for the file"},
    StatusMeaning{406, "the server cannot provide an acceptable form of the file"},
    StatusMeaning{407, "the proxy requires a user name and a password, or rejected those it was given"},
    StatusMeaning{408, "the server waited too long for the request"},
    StatusMeaning{409, "the request conflicts with the state of the file on the server"},
    StatusMeaning{410, "the file has been removed from the server"},
    StatusMeaning{411, "the server requires the length in advance"},
    StatusMeaning{412, "the file on the server is not the expected version"},
    StatusMeaning{413, "the file is too large for the server"},
    StatusMeaning{414, "the URL is too long for the server"},
    StatusMeaning{416, "the server does not have that range of the file"},
    StatusMeaning{423, "the file on the server is locked"},
    StatusMeaning{425, "the server asks for the request to be repeated later"},
    StatusMeaning{426, "the server requires a newer protocol"},
    StatusMeaning{428, "the server requires a conditional request"},
    StatusMeaning{429, "the server received too many requests"},
    StatusMeaning{431, "the request headers are too large for the server"},
    StatusMeaning{451, "the file is unavailable for legal reasons"},
    StatusMeaning{500, "the server has an internal error"},
    StatusMeaning{501, "the server does not support this method"},
    StatusMeaning{502, "the server received an invalid response from another server"},
    StatusMeaning{503, "the server is overloaded or under maintenance"},
    StatusMeaning{504, "the server received no response from another server"},
    StatusMeaning{505, "the server does not support this version of HTTP"},
    StatusMeaning{507, "the server has no space left"},
    StatusMeaning{511, "the network requires a log-in"},
};

std::string_view describe_status_class(int32_t status) {
    if (status >= 500) return "the server has an error";
    if (status >= 400) return "the server refused the request";
    if (status >= 300) return "the server sent a redirect that cannot be followed";
    return "the server sent an unexpected status";
}

std::string describe_status(int32_t status) {
    const auto* row = std::find_if(StatusMeanings.begin(), StatusMeanings.end(),
                                   [&](const StatusMeaning& r) { return r.status == status; });
    return fmt::format("{}: {}", status,
                       row == StatusMeanings.end() ? describe_status_class(status) : row->meaning);
}

bool has_errno(Cause cause) {
    return cause == Cause::LocalFile || cause == Cause::DiskFull;
}

} // namespace

std::string describe(Cause cause, int32_t code) {
    if (cause == Cause::HttpStatus && code != 0) return describe_status(code);
    std::string meaning{describe(cause)};
    if (code == 0 || !has_errno(cause)) return meaning;
    return fmt::format("{}: {}", meaning, std::generic_category().message(code));
}

std::string_view describe(Cause cause) {
    switch (cause) {
    case Cause::HttpStatus: return "the server refused the request or has an error";
    case Cause::NameResolution: return "the name of the server cannot be resolved";
    case Cause::ConnectFailure: return "the server cannot be reached";
    case Cause::ConnectionLost: return "the connection was lost";
    case Cause::Timeout: return "the server did not respond, or stopped sending, for too long";
    case Cause::TlsCertificate: return "the certificate of the server is not trusted";
    case Cause::TlsHandshake: return "no secure connection to the server could be established";
    case Cause::TooManyRedirects: return "there were too many redirects";
    case Cause::RedirectRefused: return "the server redirects to a URL that may not be followed";
    case Cause::InvalidResponse: return "the response of the server is invalid";
    case Cause::ShortBody: return "the server sent fewer bytes than it had announced";
    case Cause::LongBody: return "the server sent more bytes than it had announced";
    case Cause::SizeMismatch: return "the file on the server does not have the expected size";
    case Cause::RemoteFileChanged: return "the file on the server changed repeatedly during the transfer";
    case Cause::ChecksumMismatch: return "the checksum of the content is not the expected one";
    case Cause::DiskFull: return "there is no space left for the file";
    case Cause::LocalFile: return "the local file or its directory cannot be used";
    case Cause::FileBusy: return "another process is still writing the temporary file";
    case Cause::NoProgress: return "no data arrived for too long, despite many attempts";
    case Cause::MaxDownloadTime: return "the job took longer than it may";
    case Cause::MaxDownloadSize: return "the files are larger than the job may download";
    case Cause::ValidationFailed: return "the program that requested the file rejected its content";
    case Cause::LocalFileChanged: return "the file changed while it was being uploaded";
    case Cause::MissingRangeSupport: return "ranges were requested, but the server does not support them";
    case Cause::InvalidRange: return "a requested range is beyond the end of the file";
    case Cause::Proxy: return "the proxy cannot be used";
    case Cause::NetworkLost: return "this machine has no network";
    case Cause::BlockedByCost: return "the job may not use the current network because of its cost";
    case Cause::BlockedByPower: return "the job may not run on the current power supply";
    case Cause::FileExists: return "a file with this name exists already and is not to be replaced";
    case Cause::WorkerLost: return "the process that transfers files died several times";
    case Cause::Internal: return "an internal error of Haulier occurred, see its journal";
    }
    return {};
}

std::string_view describe(Errc code) {
    switch (code) {
    case Errc::NotFound: return "the job does not exist or has ended";
    case Errc::AccessDenied: return "the caller may not do this, or the job does not exist";
    case Errc::InvalidArgument: return "an argument of the call is malformed";
    case Errc::InvalidState: return "this is not possible in the current state of the job";
    case Errc::Empty: return "the job has nothing to transfer";
    case Errc::StringTooLong: return "a text is longer than allowed";
    case Errc::NotSupported: return "the call requests something that is not supported for such a job";
    case Errc::TooManyJobs: return "the limit on the number of jobs is reached";
    case Errc::TooManyFiles: return "the limit on the number of files of a job is reached";
    case Errc::TooManyRanges: return "the limit on the number of ranges of a file is exceeded";
    case Errc::InvalidRange: return "a requested range is one that no file can have";
    case Errc::OverlappingRanges: return "two of the requested ranges overlap";
    case Errc::ReadOnly: return "the value is determined by another property";
    case Errc::ReadOnlyAfterAddFile: return "the value can only be set before the first file is added";
    case Errc::ReadOnlyAfterResume: return "the value can only be set before the job is started";
    case Errc::Pending: return "the file has not been transferred yet";
    case Errc::TooLarge:
        return "the reply is too large to be passed in memory, or the jobs contain too much text";
    case Errc::NotActivatable: return "the bus does not know how to start that service";
    case Errc::LocalFile: return "a local file or directory cannot be used";
    case Errc::FileExists: return "a file with this name exists already and is not to be replaced";
    case Errc::OutsideSandbox: return "the sandbox of the app has no access to this directory";
    case Errc::Store: return "the change could not be stored, usually because the disk is full";
    case Errc::Internal: return "an internal error of Haulier occurred, see its journal";
    }
    return {};
}

} // namespace haulier::job
