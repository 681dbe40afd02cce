// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/enum_names.hpp"

#include <fmt/format.h>

namespace haulier::job {

Error not_a_word(Errc code, std::string_view what, const std::string& word,
                 const std::vector<std::string_view>& all) {
    return {code, fmt::format("{} '{}' is not one of {}", what, word, fmt::join(all, ", "))};
}

} // namespace haulier::job
