#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Makes a C++ header of a text file: schema.sql becomes the constant haulier::store::schema_sql.
import pathlib
import sys

HEADER = """// Made of {file} by embed.py.
#pragma once
#include <string_view>

namespace haulier::store {{
inline constexpr std::string_view {name} = R"embedded({text})embedded";
}} // namespace haulier::store
"""

source, target = (pathlib.Path(argument) for argument in sys.argv[1:])
name = source.name.replace(".", "_")
target.write_text(HEADER.format(file=source.name, name=name, text=source.read_text()))
