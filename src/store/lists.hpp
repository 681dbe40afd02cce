// SPDX-License-Identifier: LGPL-2.1-or-later
// Lists in one column, in a form that people can read: ranges '0+1024 4096+', statuses '2 0 1!', and other
// lists one entry a line. What no client can have asked for is not read. Private to the module.
#pragma once

#include "job/types.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::store {

/// All pieces between the separators, also empty ones.
std::vector<std::string> split(std::string_view text, char separator);

/// OFFSET+LENGTH, or OFFSET+ to the end of the file.
std::string to_text(const std::vector<job::Range>& ranges);
std::optional<std::vector<job::Range>> ranges_from_text(std::string_view text);
/// As above, by offset, and no two touch.
std::optional<std::vector<job::Range>> merged_ranges_from_text(std::string_view text);

/// The failures of each source, with a ! when it is excluded.
std::string to_text(const std::vector<job::SourceStatus>& statuses);
std::optional<std::vector<job::SourceStatus>> source_statuses_from_text(std::string_view text);

/// Flags: words with a space between them.
std::string words_to_text(const std::vector<std::string>& words);
std::vector<std::string> words_from_text(std::string_view text);

/// No entry may be empty.
std::string to_text(const std::vector<std::string>& lines);
std::optional<std::vector<std::string>> lines_from_text(std::string_view text);

/// Three lines for each; the result is empty if it could not be read again.
std::optional<std::string> to_text(const job::Grants& grants);
std::optional<job::Grants> grants_from_text(std::string_view text);

} // namespace haulier::store
