// SPDX-License-Identifier: LGPL-2.1-or-later
// The texts that people read, without control characters and directional marks.
#pragma once

#include "desktop/job.hpp"
#include "desktop/picture.hpp"

#include <string>

namespace haulier::desktop {

/// A name or a sentence of other programs, made safe and cut to a length that can be shown.
std::string shown_name(const std::string& name);
std::string shown_sentence(const std::string& sentence);

/// `text` such that these characters are shown where markup is expected.
std::string escaped(const std::string& text);

/// Why the job does not move; empty if it does.
std::string info_of(const Job& job);

/// "312.4 MB of 700.0 MB, 2.9 MB/s, waiting for a network".
std::string progress_text(const View& view);

/// Of a job that has come to its end, or of one that waits for something that a person can change.
std::string summary_of(const Job& job, NoticeKind kind);
/// Of one that was completed with some of its files.
std::string summary_of_part(const Job& job);
/// "film.iso: cannot connect to example.org".
std::string with_name(const Job& job, const std::string& sentence);

/// Of several jobs of an app.
std::string title_of_several(size_t jobs);
std::string summary_of_several(size_t finished, size_t failed);

/// What a person can cure: a metered network, a full disk, a wrong clock, or a network that wants a log-in.
/// Empty if there is nothing of the kind.
std::string curable_wait(const Job& job);
/// What such a wait, or several of them, is about.
std::string wait_sentence(const Job& job, size_t jobs);

} // namespace haulier::desktop
