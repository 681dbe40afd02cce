// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/state_words.hpp"

#include "cli/i18n.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <array>

namespace haulier::cli {

namespace {

constexpr std::array StateWords{
    N_("suspended"), N_("queued"),       N_("connecting"),   N_("transferring"), N_("transient-error"),
    N_("error"),     N_("transferred"),  N_("acknowledged"), N_("cancelled"),    N_("taken"),
    N_("complete"),  N_("partial"),      N_("invalid"),      N_("expired"),      N_("download"),
    N_("upload"),    N_("upload-reply"), N_("removed"),
};

} // namespace

std::string state_word(const std::string& state) {
    auto known = std::find(StateWords.begin(), StateWords.end(), state);
    return known == StateWords.end() ? sanitize(state) : _(*known);
}

} // namespace haulier::cli
