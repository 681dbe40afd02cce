// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/i18n.hpp"

#include <clocale>
#include <cstdlib>
#include <fmt/format.h>
#include <libintl.h>

namespace haulier {

namespace {

constexpr const char* Domain = "haulier";

} // namespace

/// Numbers and dates look the same in every language. TEXTDOMAINDIR is what gettext(1) reads, too.
void choose_language() {
    std::setlocale(LC_CTYPE, "");
    std::setlocale(LC_MESSAGES, "");
    const char* directory = std::getenv("TEXTDOMAINDIR");
    bindtextdomain(Domain, directory ? directory : HAULIER_LOCALE_DIR);
    bind_textdomain_codeset(Domain, "UTF-8"); // as all names that D-Bus carries
}

/// The translation of the empty text would be the head of the catalogue.
const char* _(const char* text) {
    return *text == '\0' ? text : dgettext(Domain, text);
}

std::string format_translation(const char* english, fmt::format_args arguments) {
    try {
        return fmt::vformat(_(english), arguments);
    } catch (const fmt::format_error&) {
        return fmt::vformat(english, arguments);
    }
}

} // namespace haulier
