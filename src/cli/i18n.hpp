// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages in the language of the user; see base/i18n.hpp.
#pragma once

#include "base/i18n.hpp"
