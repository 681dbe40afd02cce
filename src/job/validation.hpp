// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks of what a client passes for a job and its files. They are pure; what needs the disk or a full URL
// parser is checked by the worker.
#pragma once

#include "base/limits.hpp"
#include "job/text_checks.hpp"
#include "job/types.hpp"

#include <string>
#include <string_view>

namespace haulier::job {

/// Bytes in the remote name, the mirrors and the peers of one file together: one packet to a worker holds
/// them all.
inline constexpr size_t MaxSources = 32768;
/// Bytes in a local path: PATH_MAX without its terminator (choice U-26).
inline constexpr size_t MaxLocalName = 4095;
/// The greatest length of IfNoneMatch in bytes.
inline constexpr size_t MaxEntityTags = 1024;
/// Code points, not bytes (choice U-25).
inline constexpr size_t MaxKey = 256;
/// Bytes in the object path of a notify service; D-Bus itself sets no limit.
inline constexpr size_t MaxObjectPath = 4096;

/// At most MaxKey characters, or StringTooLong.
Status check_key(const std::string& key);
/// The name of a .desktop file without its ending, or nothing: letters, digits, '.', '-' and '_', at most
/// MaxFileName bytes.
Status check_app_id(const std::string& id);
/// An http or https URL with a host, of at most MaxUrl bytes. NotSupported for another scheme.
Status check_remote(const std::string& remote);
/// As check_remote for the remote name and each mirror; together they have at most MaxSources bytes.
Status check_sources(const FileSpec& spec);
/// An absolute path that ends with the name of a file. `what` names the path in the message.
Status check_path(std::string_view what, const std::string& path);
/// Sources, local path, size and mode, and that the size fits the ranges.
Status check_file(const FileSpec& spec);
/// As check_file for each; the message names the first bad file by its number in the list, from 1.
Status check_files(const std::vector<FileSpec>& specs);

/// Entity tags as If-None-Match has them (RFC 9110 13.1.2), each in double quotes, with commas between them.
Status check_entity_tags(const std::string& tags);

/// The file gets this name in its directory, if it can be one.
void take_name(FileSpec& spec, const std::string& name);

/// Prefixes the message with the number of the file; `index` counts from 0. With a `count` of 1 the error is
/// returned unchanged.
Error about_file(const Error& error, size_t index, size_t count);

/// sha256:, sha512:, sha1: or md5: and the hex digits, in any case. NotSupported for another algorithm.
Result<Checksum> parse_checksum(const std::string& text);
std::string to_text(const Checksum& checksum);
std::string_view to_string(Checksum::Kind kind);

/// Can the reply of an upload have its name, beside the file `local`? Always of other jobs.
Status check_reply(const Job& job, const std::string& local);

/// A well-known bus name in its text form (job/notify_service.hpp) and an object path, or an empty name to
/// clear.
Result<NotifyService> parse_notify_service(const std::string& name, const std::string& path);

} // namespace haulier::job
