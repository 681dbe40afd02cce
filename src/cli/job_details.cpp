// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/job_details.hpp"

#include "cli/create.hpp"
#include "cli/i18n.hpp"
#include "cli/input.hpp"
#include "cli/names.hpp"
#include "cli/progress.hpp"
#include "cli/properties.hpp"
#include "cli/state_words.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>

namespace haulier::cli {

namespace {

constexpr size_t MaxFiles = 10;

std::string state_text(const JobView& job) {
    auto text = situation(job, now_usec());
    auto state = state_word(job.state);
    if (job.yields) text = _("yields to other traffic");
    bool same = text.empty() || text == state || job.state == "error";
    return same ? state : fmt::format("{}, {}", state, text);
}

std::string progress_text(const JobView& job, std::optional<double> rate) {
    auto text =
        percent_text(job) == "?" ? amount_of(job) : fmt::format("{}, {}", percent_text(job), amount_of(job));
    if (!rate) return text;
    text += fmt::format(", {}/s", size_text(static_cast<uint64_t>(*rate)));
    auto left = time_left_text(job, rate);
    return left.empty() ? text : translate("{}, {} left", text, left);
}

std::string kind_text(const Json& properties, const JobView& job) {
    return translate("{} of {}, created {}", state_word(job.type), sanitize(user_name(job.owner)),
                     format_value("CreationTime", properties.value("CreationTime", Json(0))));
}

/// The settings that are not the usual ones, as `set` takes them.
std::string settings_text(const Json& properties, Scope scope) {
    std::string out;
    auto unusual = non_default(properties, scope);
    for (const auto& [name, value] : unusual.items()) {
        const auto* property = find_property(name);
        bool shown = property && property->settable && name != "DisplayName" && name != "Description" &&
                     !(value.is_array() && value.empty());
        if (shown) out += fmt::format("{}{}={}", out.empty() ? "" : ", ", name, format_value(name, value));
    }
    return out;
}

/// Those that move or have failed come first.
size_t rank_of(const FileView& file) {
    constexpr std::array Stages{"error", "invalid", "transferring", "transient-error", "queued"};
    return static_cast<size_t>(std::find(Stages.begin(), Stages.end(), file.stage) - Stages.begin());
}

/// The directory of all files; empty if they have several.
std::string common_folder(const std::vector<FileView>& files) {
    std::string folder;
    for (const auto& file : files) {
        auto own = file.local.substr(0, file.local.rfind('/') + 1);
        if (!folder.empty() && own != folder) return "";
        folder = own;
    }
    return folder;
}

/// Why the file does not go on; the error of the only file is that of the job.
std::string trouble_of(const FileView& file, const JobView& job) {
    if (file.error_message.empty() || job.files < 2 || file.stage == "transferring") return "";
    return "  " + sanitize(file.error_message);
}

void add_files(DetailRows& rows, const JobView& job, std::vector<FileView> files) {
    std::stable_sort(files.begin(), files.end(),
                     [](const auto& a, const auto& b) { return rank_of(a) < rank_of(b); });
    auto folder = common_folder(files);
    rows.push_back({_("Files:"), translate("{} of {} transferred{}", job.files_done, job.files,
                                           folder.empty() ? "" : translate(", in {}", sanitize(folder)))});
    size_t stage = 0;
    for (const auto& file : files)
        stage = std::max(stage, columns_of(state_word(file.stage)));
    for (size_t i = 0; i < files.size() && i < MaxFiles; ++i) {
        const auto& file = files[i];
        rows.push_back(
            {"", fmt::format("{}  {:<20}  {}{}", padded(state_word(file.stage), stage),
                             amount_text(file.done, file.total),
                             sanitize(folder.empty() ? file.local : file.name()), trouble_of(file, job))});
    }
    if (files.size() > MaxFiles)
        rows.push_back({"", translate("and {} more, see 'haulierctl files {}'", files.size() - MaxFiles,
                                      short_id(job.id))});
}

} // namespace

DetailRows job_details(const Json& properties, const std::vector<FileView>& files, std::optional<double> rate,
                       const std::string& meaning, Scope scope) {
    auto job = view_of(properties);
    if (!job.total) job.estimate = estimated_total(files);
    DetailRows rows{{_("Id:"), job.id}, {_("Name:"), sanitize(job.name)}};
    auto description = sanitize(properties.value("Description", ""));
    if (!description.empty()) rows.push_back({"", description});
    if (!job.key.empty()) rows.push_back({_("Key:"), sanitize(job.key)});
    rows.push_back({_("Job:"), kind_text(properties, job)});
    rows.push_back({_("State:"), state_text(job)});
    if (!job.error_message.empty()) {
        rows.push_back(
            {_("Error:"), fmt::format("{}: {}", sanitize(job.error_name), sanitize(job.error_message))});
        if (!meaning.empty()) rows.push_back({"", sanitize(meaning)});
    }
    rows.push_back({_("Progress:"), progress_text(job, rate)});
    if (auto settings = settings_text(properties, scope); !settings.empty())
        rows.push_back({_("Settings:"), settings});
    if (files.size() == 1) {
        rows.push_back({_("File:"), sanitize(files.front().local)});
        rows.push_back({_("URL:"), sanitize(files.front().remote)});
    } else {
        add_files(rows, job, files);
    }
    return rows;
}

std::string fitted_details(const DetailRows& rows, size_t columns) {
    auto text = table(rows);
    size_t second = 0;
    for (const auto& row : rows)
        second = std::max(second, columns_of(row.front()) + 2);
    std::string out;
    for (const auto& line : lines_of(text))
        out += wrapped(line, columns, second) + "\n";
    return out;
}

} // namespace haulier::cli
