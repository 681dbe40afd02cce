// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/confinement.hpp"

#include "job/types.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace haulier::job {

namespace {

/// Whether the path is absolute and each of its parts is the name of a directory entry.
bool is_plain(std::string_view path) {
    if (path == "/") return true;
    if (!path.starts_with('/') || path.find('\0') != std::string_view::npos) return false;
    while (!path.empty()) {
        path.remove_prefix(1);
        auto part = path.substr(0, path.find('/'));
        if (part.empty() || part == "." || part == "..") return false;
        path.remove_prefix(part.size());
    }
    return true;
}

const Grant* innermost(const Grants& grants, std::string_view directory) {
    const Grant* found = nullptr;
    for (const auto& grant : grants)
        if (is_within(directory, grant.path) && (!found || grant.path.size() > found->path.size()))
            found = &grant;
    return found;
}

/// The root is the outermost directory to which the app can write, so that whatever the app could replace
/// with a link is below the root. No app can write to "/" itself.
const Grant& root_for(const Grants& grants, const Grant& decisive, std::string_view directory) {
    const Grant* root = &decisive;
    if (decisive.path != decisive.host) return decisive;
    for (const auto& grant : grants)
        if (grant.access == Grant::Access::Write && grant.path == grant.host && grant.path != "/" &&
            is_within(directory, grant.path) && grant.path.size() < root->path.size())
            root = &grant;
    return *root;
}

std::string below(const std::string& root, std::string_view rest) {
    if (root == "/") return rest.empty() ? root : std::string{rest};
    return root + std::string{rest};
}

Error outside(std::string_view directory, std::string_view why) {
    return {Errc::OutsideSandbox, fmt::format("'{}' {}", directory, why)};
}

} // namespace

bool is_within(std::string_view path, std::string_view directory) {
    if (directory == "/") return path.starts_with('/');
    return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/');
}

Result<Place> place_of(const std::optional<Grants>& grants, const std::string& directory, Use use) {
    if (!grants) return Place{"", directory};
    if (!is_plain(directory))
        return outside(directory,
                       "is not an absolute path without '.', '..' and empty parts, as the paths of "
                       "apps in sandboxes have to be");
    const auto* grant = innermost(*grants, directory);
    if (!grant || grant->access == Grant::Access::Hidden)
        return outside(directory, "is not a directory of the host that the app's sandbox has access to; the "
                                  "file chooser portal gives access to others");
    if (use == Use::Write && grant->access != Grant::Access::Write)
        return outside(directory, "is read-only for the app's sandbox");
    const auto& root = root_for(*grants, *grant, directory);
    auto rest = std::string_view{directory}.substr(root.path == "/" ? 0 : root.path.size());
    if (root.path == "/" && directory == "/") rest = {};
    return Place{root.host, below(root.host, rest)};
}

Place place_in(const Job& job, const std::string& directory, Use use) {
    auto place = place_of(job.grants, directory, use);
    return place ? *place : Place{"/", ""};
}

Status check_service_of_app(const NotifyService& service, const std::string& app) {
    const auto& name = service.name;
    bool is_below =
        !app.empty() && name.starts_with(app) && (name.size() == app.size() || name[app.size()] == '.');
    if (name.empty() || is_below) return Done{};
    return Error{
        Errc::AccessDenied,
        fmt::format("'{}' is not a bus name of the app '{}', whose sandbox may only have its own services "
                    "notified",
                    name, app)};
}

bool belongs_to(const Job& job, std::string_view app) {
    return app.empty() || (job.grants && job.app_id == app);
}

namespace {

/// A grant can be that of a single file, such as one that is read-only in a directory that is not.
Status check_file_at(const Job& job, const std::string& path, Use use) {
    if (path.empty()) return Done{};
    auto place = place_of(job.grants, directory_of(path), use);
    if (!place) return place.error();
    const auto* grant = job.grants ? innermost(*job.grants, path) : nullptr;
    if (!grant) return Done{};
    if (grant->access == Grant::Access::Hidden) return outside(path, "is hidden from the app's sandbox");
    if (use == Use::Write && grant->access != Grant::Access::Write)
        return outside(path, "is read-only for the app's sandbox");
    return Done{};
}

} // namespace

/// Negotiate would use the user's Kerberos tickets, to which the sandbox may have no access.
Status check_confinement(const Job& job) {
    if (!job.grants) return Done{};
    for (const auto& path :
         {job.http.client_certificate, job.http.client_key, job.http.certificate_authority})
        if (auto ok = check_file_at(job, path, Use::Read); !ok) return ok;
    if (!job.temporary_directory.empty())
        if (auto place = place_of(job.grants, job.temporary_directory, Use::Write); !place)
            return place.error();
    if (auto ok = check_file_at(job, job.reply_file_name, Use::Write); !ok) return ok;
    if (auto ok = check_service_of_app(job.notify_service, job.app_id); !ok) return ok;
    bool has_tickets =
        std::any_of(job.http.credentials.begin(), job.http.credentials.end(),
                    [](const Credentials& c) { return c.scheme == Credentials::Scheme::Negotiate; });
    if (has_tickets)
        return Error{Errc::AccessDenied,
                     "'negotiate' is not for apps in sandboxes, because it uses the tickets of the user"};
    return Done{};
}

Status check_confinement(const Job& job, const FileSpec& spec) {
    if (auto ok = check_file_at(job, spec.local, is_upload(job.type) ? Use::Read : Use::Write); !ok)
        return ok;
    if (job.type != Type::UploadReply) return Done{};
    return check_file_at(job, reply_file(job, spec.local), Use::Write);
}

} // namespace haulier::job
