// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/sandbox.hpp"

#include "job/validation.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace haulier::bus {

namespace {

using process::UserFolders;
using GrantAccess = job::Grant::Access;

/// Removes the text before `end`, and `end` itself, from the front of `text`, and returns that text.
std::string_view cut(std::string_view& text, char end) {
    auto part = text.substr(0, text.find(end));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    return part;
}

/// The escapes of GLib's key files are `\s`, `\n`, `\t`, `\r`, `\\` and, in lists, `\;`.
char unescape(char c) {
    switch (c) {
    case 's': return ' ';
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    default: return c;
    }
}

/// A list of a key file, with a semicolon after each entry.
std::vector<std::string> entries(std::string_view text) {
    std::vector<std::string> found;
    std::string entry;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == ';')
            found.push_back(std::exchange(entry, {}));
        else if (text[i] == '\\' && i + 1 < text.size())
            entry += unescape(text[++i]);
        else
            entry += text[i];
    }
    if (!entry.empty()) found.push_back(entry);
    return found;
}

std::string without_slash_at_end(std::string path) {
    while (path.size() > 1 && path.ends_with('/'))
        path.pop_back();
    return path;
}

/// Grants in these directories are ignored, because the sandbox has directories of its own there.
constexpr std::array<std::string_view, 13> OwnOfSandbox{
    "/app",    "/bin",  "/dev",  "/etc",         "/lib",      "/lib32", "/lib64",
    "/libx32", "/proc", "/sbin", "/run/flatpak", "/run/host", "/usr"};
/// Directories that `host` does not include.
constexpr std::array<std::string_view, 16> NotOfHost{"/app", "/bin",   "/boot",  "/dev",    "/efi",  "/etc",
                                                     "/lib", "/lib32", "/lib64", "/libx32", "/proc", "/root",
                                                     "/run", "/sbin",  "/sys",   "/tmp"};

/// An entry of Flatpak's list of file systems, such as "~/Music:ro" and "!xdg-music".
struct Listed {
    std::string name;
    GrantAccess access = GrantAccess::Write;
};

std::optional<GrantAccess> access_of(std::string_view suffix) {
    if (suffix.empty() || suffix == ":rw" || suffix == ":create") return GrantAccess::Write;
    return suffix == ":ro" ? std::optional{GrantAccess::Read} : std::nullopt;
}

/// Returns nothing for unknown entries, and for "!host" and "!home", which do not restrict other entries.
std::optional<Listed> parse_listed(std::string_view text) {
    Listed listed;
    bool negated = text.starts_with('!');
    if (negated) text.remove_prefix(1);
    size_t i = 0;
    for (; i < text.size() && text[i] != ':'; ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        listed.name += text[i];
    }
    auto access = access_of(text.substr(i));
    bool whole = listed.name == "host" || listed.name == "home";
    if (!access || (negated && whole)) return std::nullopt;
    listed.access = negated ? GrantAccess::Hidden : *access;
    return listed;
}

/// Wider entries come first and restrictions last, because each entry replaces those before it.
std::vector<Listed> in_order(const std::vector<std::string>& file_systems) {
    std::vector<Listed> all;
    for (const auto& entry : file_systems)
        if (auto listed = parse_listed(entry)) all.push_back(std::move(*listed));
    auto rank = [](const Listed& listed) {
        int width = listed.name == "host" ? 0 : listed.name == "home" ? 1 : 2;
        return std::tuple{listed.access == GrantAccess::Hidden, width, listed.name};
    };
    std::sort(all.begin(), all.end(), [&](const Listed& a, const Listed& b) { return rank(a) < rank(b); });
    return all;
}

class GrantList {
public:
    explicit GrantList(const UserFolders& folders) : folders_(folders) {}

    void add(const std::string& path, GrantAccess access) { add(path, path, access); }
    void add(std::string path, std::string host, GrantAccess access) {
        path = without_slash_at_end(std::move(path));
        if (!path.starts_with('/')) return;
        std::erase_if(grants_, [&](const job::Grant& grant) { return grant.path == path; });
        grants_.push_back({path, std::move(host), access});
    }
    void add(const Listed& listed) {
        if (listed.name == "host") return add_host(listed.access);
        auto path = path_of(listed.name);
        bool replaced = std::any_of(OwnOfSandbox.begin(), OwnOfSandbox.end(),
                                    [&](std::string_view own) { return job::is_within(path, own); });
        bool documents = !folders_.runtime.empty() && job::is_within(path, folders_.runtime + "/doc");
        if (!replaced && !documents && path != "/") add(path, listed.access);
    }
    /// Returns the grants in a fixed order, because the order in the file may vary.
    job::Grants take() {
        std::sort(grants_.begin(), grants_.end(),
                  [](const job::Grant& a, const job::Grant& b) { return a.path < b.path; });
        return std::move(grants_);
    }

private:
    void add_host(GrantAccess access) {
        add("/", access);
        for (auto hidden : NotOfHost)
            add(std::string{hidden}, GrantAccess::Hidden);
        for (const auto* more : {"/usr", "/var"})
            add(more, GrantAccess::Hidden);
        add("/run/media", access);
        add(folders_.home, access);
    }

    /// Returns an empty path for an entry that is not a directory of the host.
    [[nodiscard]] std::string path_of(const std::string& name) const {
        if (name == "home" || name == "~") return folders_.home;
        if (name.starts_with("~/")) return folders_.home + name.substr(1);
        if (name.starts_with('/')) return name;
        auto slash = std::min(name.find('/'), name.size());
        auto below = name.substr(slash);
        if (name.starts_with("xdg-run/") && !folders_.runtime.empty()) return folders_.runtime + below;
        auto folder = folders_.named.find(name.substr(0, slash));
        return folder == folders_.named.end() ? std::string{} : folder->second + below;
    }

    const UserFolders& folders_;
    job::Grants grants_;
};

/// Nothing is left out: it could take back what another entry grants.
bool is_sound(const std::vector<std::string>& list) {
    constexpr size_t MostEntries = 512;
    auto is_control = [](unsigned char c) { return c < ' ' || c == 127; };
    return list.size() <= MostEntries &&
           std::none_of(list.begin(), list.end(), [&](const std::string& entry) {
               return std::any_of(entry.begin(), entry.end(), is_control);
           });
}

} // namespace

std::optional<FlatpakInfo> parse_flatpak_info(std::string_view content) {
    FlatpakInfo info;
    std::string_view group;
    while (!content.empty()) {
        auto line = cut(content, '\n');
        if (line.starts_with('[')) group = line;
        auto key = cut(line, '=');
        bool names_app = group == "[Application]" || group == "[Runtime]";
        if (names_app && key == "name" && info.app.empty()) info.app = line;
        if (group == "[Instance]" && key == "instance-id") info.instance = line;
        if (group != "[Context]") continue;
        if (key == "filesystems") info.file_systems = entries(line);
        if (key == "persistent") info.persistent = entries(line);
        if (key == "shared") {
            auto shared = entries(line);
            info.network = std::find(shared.begin(), shared.end(), "network") != shared.end();
        }
    }
    if (info.app.empty() || !job::check_app_id(info.app)) return std::nullopt;
    if (!is_sound(info.file_systems) || !is_sound(info.persistent)) return std::nullopt;
    return info;
}

job::Grants grants_of(const FlatpakInfo& info, const UserFolders& folders) {
    GrantList grants{folders};
    for (const auto& listed : in_order(info.file_systems))
        grants.add(listed);
    GrantList all{folders};
    auto apps = folders.home + "/.var/app";
    all.add(apps, GrantAccess::Hidden);
    for (const auto& name : info.persistent)
        if (name != ".") all.add(folders.home + "/" + name, GrantAccess::Hidden);
    for (const auto& grant : grants.take())
        all.add(grant.path, grant.access);
    all.add(apps + "/" + info.app, GrantAccess::Write);
    // Flatpak mounts the documents of the app where the host has all documents.
    auto documents = folders.runtime + "/doc";
    if (!folders.runtime.empty()) all.add(documents, documents + "/by-app/" + info.app, GrantAccess::Write);
    return all.take();
}

} // namespace haulier::bus
