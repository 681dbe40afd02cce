// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/describe.hpp"

#include "daemon/bus/names/error_names.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <system_error>

namespace haulier::bus {

namespace {

struct StatusRow {
    int32_t status;
    std::string_view message;
};

constexpr std::array StatusRows{
    StatusRow{304, "the server says that nothing has changed, though nobody asked"},
    StatusRow{400, "the server finds the request wrong"},
    StatusRow{401, "the server wants a user name and a password, or does not take the ones it got"},
    StatusRow{402, "the server wants money"},
    StatusRow{403, "the server refuses to give this file"},
    StatusRow{404, "the server has no such file"},
    StatusRow{405, "the server does not allow this with the file"},
    StatusRow{406, "the server has the file in no form that was asked for"},
    StatusRow{407, "the proxy wants a user name and a password, or does not take the ones it got"},
    StatusRow{408, "the server waited too long for the request"},
    StatusRow{409, "the server finds that the request contradicts what it has"},
    StatusRow{410, "the server had the file and has it no more"},
    StatusRow{411, "the server wants to know the length first"},
    StatusRow{412, "the file on the server is not the one that was expected"},
    StatusRow{413, "the file is too large for the server"},
    StatusRow{414, "the URL is too long for the server"},
    StatusRow{416, "the server does not have that part of the file"},
    StatusRow{423, "the file on the server is locked"},
    StatusRow{425, "the server wants to be asked once more"},
    StatusRow{426, "the server wants a newer protocol"},
    StatusRow{428, "the server wants to be told which version is meant"},
    StatusRow{429, "the server finds that it is asked too often"},
    StatusRow{431, "the headers are too large for the server"},
    StatusRow{451, "the law forbids the server to give this file"},
    StatusRow{500, "the server has a fault"},
    StatusRow{501, "the server does not know how to do this"},
    StatusRow{502, "a server behind the server has a fault"},
    StatusRow{503, "the server is overloaded or being repaired"},
    StatusRow{504, "a server behind the server does not answer"},
    StatusRow{505, "the server does not know this version of HTTP"},
    StatusRow{507, "the server has no space left"},
    StatusRow{511, "the network wants a log-in first"},
};

std::string_view sentence_of_class(int32_t status) {
    if (status >= 500) return "the server has a fault";
    if (status >= 400) return "the server refuses";
    if (status >= 300) return "the server points elsewhere, in a way that cannot be followed";
    return "the server answers something that makes no sense here";
}

bool has_errno(job::Cause cause) {
    return cause == job::Cause::LocalFile || cause == job::Cause::DiskFull;
}

std::string describe(job::Cause cause, int32_t code) {
    if (cause == job::Cause::HttpStatus && code != 0) return sentence_of_status(code);
    std::string message{sentence_of(cause)};
    if (code == 0 || !has_errno(cause)) return message;
    return fmt::format("{}: {}", message, std::generic_category().message(code));
}

} // namespace

std::string sentence_of_status(int32_t status) {
    auto row = std::find_if(StatusRows.begin(), StatusRows.end(),
                            [&](const StatusRow& r) { return r.status == status; });
    return fmt::format("{}: {}", status, row == StatusRows.end() ? sentence_of_class(status) : row->message);
}

std::string_view sentence_of(job::Cause cause) {
    using job::Cause;
    switch (cause) {
    case Cause::HttpStatus: return "the server refused, or had a fault";
    case Cause::NameResolution: return "the server's name has no address";
    case Cause::ConnectFailure: return "the server cannot be reached";
    case Cause::ConnectionLost: return "the connection broke";
    case Cause::Timeout: return "the server did not answer, or stopped sending, for too long";
    case Cause::TlsCertificate: return "the server's certificate is not one to trust";
    case Cause::TlsHandshake: return "no secure connection to the server came about";
    case Cause::TooManyRedirects: return "the server sends from one URL to the next without an end";
    case Cause::RedirectRefused: return "the server points to a place that may not be followed";
    case Cause::InvalidResponse: return "the server's answer makes no sense";
    case Cause::ShortBody: return "the server sent less than it had announced";
    case Cause::LongBody: return "the server sent more than it had announced";
    case Cause::SizeMismatch: return "the file on the server does not have the expected size";
    case Cause::RemoteFileChanged: return "the file on the server changed again and again";
    case Cause::ChecksumMismatch: return "the content is not the expected one: its checksum is wrong";
    case Cause::DiskFull: return "there is no space left for the file";
    case Cause::LocalFile: return "the local file or its folder cannot be used";
    case Cause::FileBusy: return "another process still writes the temporary file";
    case Cause::NoProgress: return "not a byte came for too long, in spite of many tries";
    case Cause::MaxDownloadTime: return "the job took longer than it may";
    case Cause::MaxDownloadSize: return "the files are larger than the job may fetch";
    case Cause::ValidationFailed: return "the program that asked for the file found its content wrong";
    case Cause::LocalFileChanged: return "the file changed while it was being sent";
    case Cause::MissingRangeSupport: return "the server gives no parts of files, and parts were asked for";
    case Cause::InvalidRange: return "a part was asked for that is beyond the end of the file";
    case Cause::Proxy: return "the proxy cannot be used";
    case Cause::NetworkLost: return "this machine has no network";
    case Cause::BlockedByCost: return "the present network costs more than the job may spend";
    case Cause::BlockedByPower: return "the job waits until power need not be saved";
    case Cause::WorkerLost: return "the process that transfers files died several times";
    case Cause::Internal: return "a fault of Haulier itself; its journal says more";
    }
    return {};
}

std::string_view sentence_of(Errc code) {
    switch (code) {
    case Errc::NotFound: return "there is no such job, or it has ended";
    case Errc::AccessDenied: return "the job is not yours, or there is none";
    case Errc::InvalidArgument: return "something in the call is malformed";
    case Errc::InvalidState: return "this cannot be done now, in the job's present state";
    case Errc::Empty: return "the job has nothing to transfer";
    case Errc::StringTooLong: return "a text is longer than it may be";
    case Errc::NotSupported: return "the call asks for something that this daemon cannot do for such a job";
    case Errc::TooManyJobs: return "there are as many jobs as there may be";
    case Errc::TooManyFiles: return "the job has as many files as it may have";
    case Errc::TooManyRanges: return "more parts of a file are asked for than may be";
    case Errc::InvalidRange: return "a part is asked for that no file can have";
    case Errc::OverlappingRanges: return "two of the parts that are asked for overlap";
    case Errc::ReadOnly: return "another choice has fixed this one";
    case Errc::ReadOnlyAfterAddFile: return "this must be chosen before the first file is added";
    case Errc::ReadOnlyAfterResume: return "this must be chosen before the job is started";
    case Errc::Pending: return "the file is not there yet";
    case Errc::TooLarge: return "the reply is too large to be handed over, or jobs have too much text";
    case Errc::NotActivatable: return "the bus does not know how to start that service";
    case Errc::LocalFile: return "a local file or folder cannot be used";
    case Errc::Store: return "the change could not be stored, mostly because the disk is full";
    case Errc::Internal: return "a fault of Haulier itself; its journal says more";
    }
    return {};
}

Result<std::string> describe(std::string_view name, int32_t code) {
    if (auto cause = job::parse_cause(name)) return describe(*cause, code);
    if (auto errc = errc_from_name(name)) return std::string{sentence_of(*errc)};
    return Error{Errc::NotFound,
                 fmt::format("there is no error named '{}'; docs/errors.md has them all", name)};
}

} // namespace haulier::bus
