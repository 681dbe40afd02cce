// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/small_files.hpp"

#include "transfer/group_sync.hpp"

#include <algorithm>
#include <utility>

namespace haulier::transfer {

namespace {

Status write(const SmallFile& file) {
    if (auto ok = file.part->prepare(0, file.content.size()); !ok) return ok;
    if (auto ok = file.part->write(0, file.content); !ok) return ok;
    // What cannot be applied is reported when the file gets its name. Until then its owner must be able to
    // open it.
    constexpr mode_t readable_and_writable = S_IRUSR | S_IWUSR;
    if ((file.metadata.mode & readable_and_writable) == readable_and_writable)
        static_cast<void>(apply(file.metadata, file.part->fd(), {}));
    return Done{};
}

/// Calls `step` for each file of which none has failed so far.
template <class Step>
void for_each_sound(const std::vector<SmallFile>& files, std::vector<Status>& results, Step step) {
    for (size_t i = 0; i < files.size(); ++i)
        if (results[i]) results[i] = step(files[i]);
}

/// True if the names are durable as well.
bool sync_contents(const std::vector<SmallFile>& files, std::vector<Status>& results) {
    std::vector<int> sound;
    for_each_sound(files, results, [&](const SmallFile& file) {
        sound.push_back(file.part->fd());
        return Status{Done{}};
    });
    if (sound.empty()) return true;
    auto synced = sync_group(sound);
    auto error = synced.errors.begin();
    for_each_sound(files, results, [&](const SmallFile& file) {
        int found = *error++;
        return found == 0 ? Status{Done{}} : Status{file.part->not_synced(found)};
    });
    return synced.names_are_durable;
}

/// Likewise, but files in the same directory share one result.
template <class Step>
void for_each_directory(const std::vector<SmallFile>& files, std::vector<Status>& results, Step step) {
    std::vector<std::pair<const Directory*, Status>> known;
    for_each_sound(files, results, [&](const SmallFile& file) {
        const auto& directory = file.part->directory();
        auto same = std::find_if(known.begin(), known.end(),
                                 [&](const auto& entry) { return entry.first->is_same_place(directory); });
        if (same == known.end()) same = known.emplace(same, &directory, step(*file.part));
        return same->second;
    });
}

} // namespace

std::vector<Status> store(std::vector<SmallFile> files) {
    std::vector<Status> results(files.size(), Done{});
    for_each_sound(files, results, write);
    if (!sync_contents(files, results))
        for_each_directory(files, results, [](PartFile& part) { return part.sync_name(); });
    for_each_directory(files, results, [](const PartFile& part) { return part.check_folder(); });
    for_each_sound(files, results, [](const SmallFile& file) { return file.part->check_name(); });
    return results;
}

void SmallFiles::add(const std::string& directory, SmallFile file, Done done) {
    auto [entry, is_idle] = waiting_.try_emplace(directory);
    entry->second.files.push_back(std::move(file));
    entry->second.done.push_back(std::move(done));
    if (is_idle) store_next(directory);
}

void SmallFiles::store_next(const std::string& directory) {
    auto [files, done] = std::exchange(waiting_[directory], {});
    if (files.empty()) {
        waiting_.erase(directory);
        return;
    }
    disk_.run(
        {.path = directory, .name = "small files"},
        [files = std::move(files)]() mutable { return store(std::move(files)); },
        [this, directory, done = std::move(done)](const std::vector<Status>& results) {
            store_next(directory);
            together_([&] {
                for (size_t i = 0; i < done.size(); ++i)
                    done[i](results[i]);
            });
        });
}

} // namespace haulier::transfer
