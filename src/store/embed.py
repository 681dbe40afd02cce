#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes a C++ header of text files.

embed.py FILE HEADER           schema.sql becomes the constant haulier::store::schema_sql
embed.py --steps HEADER FILES NAMES   the array haulier::store::Steps of migrations.hpp
"""
import pathlib
import sys

CONSTANT = """// Made by embed.py.
#pragma once
#include <string_view>

namespace haulier::store {{
inline constexpr std::string_view {name} = R"embedded({text})embedded";
}} // namespace haulier::store
"""

STEPS = """// Made by embed.py.
#pragma once
#include "store/migrations.hpp"
#include <array>

namespace haulier::store {{
inline constexpr std::array Steps{{
{steps}
}};
}} // namespace haulier::store
"""


def constant(source: str, target: str) -> None:
    path = pathlib.Path(source)
    text = CONSTANT.format(name=path.name.replace(".", "_"), text=path.read_text())
    pathlib.Path(target).write_text(text)


def steps(target: str, *files_and_names: str) -> None:
    half = len(files_and_names) // 2
    rows = [f'    Step{{"{name}", R"embedded({pathlib.Path(file).read_text()})embedded"}},'
            for file, name in zip(files_and_names[:half], files_and_names[half:], strict=True)]
    pathlib.Path(target).write_text(STEPS.format(steps="\n".join(rows)))


if sys.argv[1] == "--steps":
    steps(*sys.argv[2:])
else:
    constant(*sys.argv[1:])
