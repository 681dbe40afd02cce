// SPDX-License-Identifier: LGPL-2.1-or-later
// Is what a client says sane? Pure checks with messages; what needs a disk or a URL parser is asked of the
// worker.
#pragma once

#include "job/types.hpp"

#include <string>
#include <string_view>

namespace haulier::job {

/// Longest remote name, in bytes (BITS: 2,200 characters; signed URLs of today are longer).
inline constexpr size_t MaxRemoteName = 8000;
/// Of the remote name and the mirrors of one file together, in bytes: a worker gets them in one packet.
inline constexpr size_t MaxSources = 32768;
/// PATH_MAX less its terminator (choice U-26).
inline constexpr size_t MaxLocalName = 4095;
/// Longest file name, NAME_MAX.
inline constexpr size_t MaxFileName = 255;
/// Characters, not bytes (choice U-25).
inline constexpr size_t MaxDisplayName = 256;
inline constexpr size_t MaxKey = 256;
inline constexpr size_t MaxDescription = 1024;

/// Of a service's object, in bytes; D-Bus has no limit of its own.
inline constexpr size_t MaxObjectPath = 4096;

/// What off_t can count.
inline constexpr uint64_t MaxFileSize = (uint64_t{1} << 63) - 1;

/// Code points in a UTF-8 string.
size_t length_of(const std::string& utf8);

Status check_display_name(const std::string& name);
Status check_description(const std::string& text);
Status check_key(const std::string& key);
/// An http or https URL with a host.
Status check_remote(const std::string& remote);
/// The remote name and the mirrors, and that they are not too much together.
Status check_sources(const FileSpec& spec);
/// An absolute path of a file; `what` names it in the message.
Status check_path(std::string_view what, const std::string& path);
Status check_file(const FileSpec& spec);
/// As check_file for each; the message names the first bad one by its number in the list.
Status check_files(const std::vector<FileSpec>& specs);

/// The error of file number `index` (from 0) in a list of `count`; of one file alone there is nothing to add.
Error about_file(const Error& error, size_t index, size_t count);

/// "sha256:HEX" and its like.
Result<Checksum> parse_checksum(const std::string& text);
std::string to_text(const Checksum& checksum);
std::string_view to_string(Checksum::Kind kind);

Result<NotifyFlags> parse_notify_flags(const std::vector<std::string>& words);
std::vector<std::string> to_strings(const NotifyFlags& flags);

Result<Type> parse_type(const std::string& word);
std::string_view to_string(Type type);

/// A well-known bus name and an object path, or an empty name to clear. The name may begin with
/// `SessionPrefix`.
Result<NotifyService> parse_notify_service(const std::string& name, const std::string& path);
/// In the name of a notify service: it is to be found on the session bus of the job's owner.
inline constexpr std::string_view SessionPrefix = "session:";
bool is_in_session(std::string_view service);
/// The bus name alone.
std::string bus_name_of(std::string_view service);

} // namespace haulier::job
