// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apt/method.hpp"

#include "apt/staging.hpp"

#include <utility>

namespace haulier::apt {

Method::Output Method::from_apt(const Message& message) {
    if (message.number() == Configuration && begin_) {
        settings_ = settings_in(message);
        prefetch_ = std::exchange(begin_, {})(settings_);
    }
    if (message.number() == UriAcquire && prefetch_)
        if (auto package = package_in(message)) return on_package(*package, message);
    return {{}, message.text()};
}

Method::Output Method::on_package(const Package& package, const Message& acquire) {
    auto date = take_finished(settings_.staging, package);
    if (!date) {
        continue_from_prefetch(package);
        // It may have been completed just before its job was suspended.
        date = take_finished(settings_.staging, package);
    }
    if (!date) return {{}, acquire.text()};
    waiting_answers_ += found_here(package, format_date(*date));
    return {answers(), {}};
}

std::string Method::answers() {
    return is_transferring_ ? "" : std::exchange(waiting_answers_, {});
}

void Method::continue_from_prefetch(const Package& package) {
    auto file = prefetch_->pause(package);
    if (!file) return;
    take_beginning(file->temporary, package, file->last_modified);
    asked_.insert_or_assign(package.uri, *file);
}

std::string Method::from_own_method(const Message& message) {
    switch (message.number()) {
    case UriStart: is_transferring_ = true; break;
    case UriDone: note_arrival(message.field("URI").value_or("")); [[fallthrough]];
    case UriFailure:
    case GeneralFailure:
    case Redirect: is_transferring_ = false; break;
    }
    return message.text() + answers();
}

void Method::note_arrival(const std::string& uri) {
    auto file = asked_.find(uri);
    if (file != asked_.end()) prefetch_->has_arrived(file->second);
}

void Method::end() {
    if (prefetch_) prefetch_->end();
}

} // namespace haulier::apt
