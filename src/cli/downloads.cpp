// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/downloads.hpp"

#include "base/text.hpp"
#include "cli/create.hpp"
#include "cli/i18n.hpp"
#include "cli/input.hpp"
#include "cli/metalink.hpp"
#include "cli/names.hpp"
#include "cli/sums.hpp"

#include <filesystem>
#include <fmt/core.h>
#include <map>
#include <utility>

namespace haulier::cli {

namespace {

namespace fs = std::filesystem;

/// What the words mean.
struct Wanted {
    std::vector<std::string> urls;
    std::string file; ///< or directory; empty if it is not named
};

bool is_directory(const std::string& path) {
    std::error_code unknown;
    return fs::is_directory(path, unknown);
}

/// "get URL FILE" is a name for the file unless it is another URL.
Result<Wanted, Failure> meaning_of(const GetOptions& options) {
    const auto& words = options.words;
    if (words.size() != 2 || !options.list.empty() || is_http_url(words[1])) return Wanted{words, ""};
    if (words[1].find("://") != std::string::npos)
        return usage_error(translate("'{0}' looks like a URL, but only http and https are supported; to name "
                                     "a file so, write './{0}'",
                                     words[1]));
    if (!options.file.empty() || !options.directory.empty())
        return usage_error(
            translate("'{}' is not a URL, and --output or --directory names the file already", words[1]));
    return Wanted{{words[0]}, words[1]};
}

/// Refuses a word that is not a URL. One word alone is examined by new_file().
Result<Done, Failure> check_words(const GetOptions& options) {
    if (options.words.size() < 2 && options.list.empty()) return Done{};
    for (const auto& word : options.words)
        if (word.find("://") == std::string::npos)
            return usage_error(translate(
                "'{}' is not a URL such as https://host/path; of several words each must be a URL, except in "
                "'get URL FILE'",
                word));
    return Done{};
}

/// One URL in each line. Empty lines and comments are skipped.
Result<Done, Failure> read_list(const std::string& path, std::vector<std::string>& urls) {
    auto text = read_input(path);
    if (!text) return text.error();
    size_t number = 0;
    for (const auto& line : lines_of(*text)) {
        ++number;
        std::string url{trimmed(line)};
        if (url.empty() || url[0] == '#') continue;
        auto valid = check_utf8(url);
        if (valid) valid = check_url(url);
        if (valid && (url.find(' ') != std::string::npos || has_control_character(url)))
            valid = usage_error(
                _("the URL contains a space or a control character, which must be escaped, such as %20 for a "
                  "space"));
        if (!valid) return usage_error(translate("line {} of '{}': {}", number, path, valid.error().message));
        urls.push_back(url);
    }
    return Done{};
}

std::string as_directory(const std::string& path) {
    return path.empty() || path.ends_with('/') ? path : path + '/';
}

/// The place of every file, or of the only one.
Result<std::string, Failure> place_for(const GetOptions& options, size_t count) {
    auto directory = as_directory(options.directory);
    if (options.file.empty()) return directory;
    if (count > 1)
        return usage_error(
            translate("--output names one file, but there are {}; name a directory with --directory", count));
    auto file = absolute(options.file, directory.empty() ? "." : directory);
    if (options.file.ends_with('/') || is_directory(file))
        return usage_error(
            translate("'{}' is a directory; name it with --directory instead of --output", options.file));
    return directory.empty() ? options.file : file;
}

Result<Done, Failure> add_checksums(const std::string& list, std::vector<NewFile>& files) {
    auto text = read_input(list);
    if (!text) return text.error();
    auto sums = parse_sums(*text);
    if (sums.empty()) return usage_error(translate("'{}' contains no checksums", list));
    for (auto& file : files) {
        auto checksum = checksum_for(sums, file.remote, file.local, list);
        if (!checksum) return checksum.error();
        file.checksum = *checksum;
    }
    return Done{};
}

Result<std::vector<MetalinkFile>, Failure> read_metalink(const std::string& list) {
    if (is_http_url(list))
        return usage_error(translate("'{}' is a URL, but --metalink takes a file; download it first", list));
    auto text = read_input(list);
    if (!text) return text.error();
    return parse_metalink(*text, list);
}

/// `place`: a directory with a slash at its end, or empty, or the name of the only file.
Result<std::vector<NewFile>, Failure> files_at(const std::string& place,
                                               const std::vector<MetalinkFile>& listed) {
    std::vector<NewFile> files;
    for (const auto& one : listed) {
        auto local = place.empty() || place.ends_with('/') ? place + one.name : place;
        if (is_directory(local)) return usage_error(translate("'{}' is a directory", local));
        auto file = new_file(one.urls.front(), local);
        if (!file) return file.error();
        file->mirrors.assign(one.urls.begin() + 1, one.urls.end());
        file->checksum = one.checksum;
        file->size = one.size;
        files.push_back(std::move(*file));
    }
    if (auto distinct = check_distinct(files); !distinct) return distinct.error();
    return files;
}

Result<std::vector<NewFile>, Failure> listed_files_to_get(const GetOptions& options) {
    if (!options.words.empty() || options.file_options.any())
        return usage_error(_("--metalink has the URLs and the checksums already; name no others"));
    auto listed = read_metalink(options.metalink);
    if (!listed) return listed.error();
    if (options.file_options.server_name)
        return usage_error(_("--metalink has the names of the files already; -J is for URLs"));
    auto place = place_for(options, listed->size());
    if (!place) return place.error();
    auto files = files_at(*place, *listed);
    if (files)
        for (auto& file : *files)
            choose_names(file, options.file_options);
    return files;
}

} // namespace

Result<std::vector<NewFile>, Failure> files_of_metalink(const std::string& list,
                                                        const std::string& directory) {
    auto listed = read_metalink(list);
    if (!listed) return listed.error();
    return files_at(as_directory(directory), *listed);
}

Result<Done, Failure> check_distinct(const std::vector<NewFile>& files) {
    std::map<std::string, std::string> urls;
    for (const auto& file : files) {
        auto name = fs::path{file.local}.lexically_normal().string();
        auto [first, added] = urls.try_emplace(name, file.remote);
        if (!added)
            return usage_error(translate("'{}' and '{}' would both become '{}'; get them one by one, each "
                                         "with a name of its own",
                                         without_user(first->second), without_user(file.remote), name));
    }
    return Done{};
}

Result<std::vector<NewFile>, Failure> files_to_get(const GetOptions& options) {
    if (!options.metalink.empty()) return listed_files_to_get(options);
    auto wanted = meaning_of(options);
    if (!wanted) return wanted.error();
    if (auto urls = wanted->file.empty() ? check_words(options) : Done{}; !urls) return urls.error();
    if (options.list == "-" && options.sums == "-")
        return usage_error(_("standard input can be read once; name a file for --input or --sums"));
    if (!options.list.empty())
        if (auto read = read_list(options.list, wanted->urls); !read) return read.error();
    if (wanted->urls.empty())
        return usage_error(options.list.empty()
                               ? std::string{_("a URL is missing (see haulierctl get --help)")}
                               : translate("'{}' contains no URLs", options.list));
    if (options.file_options.any() && wanted->urls.size() > 1)
        return usage_error(
            _("--checksum, --mirror and --range are for one URL; --sums has the checksums of several"));
    auto place = wanted->file.empty() ? place_for(options, wanted->urls.size())
                                      : Result<std::string, Failure>{wanted->file};
    if (!place) return place.error();
    std::vector<NewFile> files;
    for (const auto& url : wanted->urls) {
        auto file = new_file(url, *place, options.file_options);
        if (!file) return file.error();
        files.push_back(std::move(*file));
    }
    if (auto distinct = check_distinct(files); !distinct && !options.file_options.server_name)
        return distinct.error();
    if (!options.sums.empty())
        if (auto added = add_checksums(options.sums, files); !added) return added.error();
    return files;
}

} // namespace haulier::cli
