// SPDX-License-Identifier: LGPL-2.1-or-later
// The columns of a table, each described once: SELECT, INSERT, binding and reading follow from the list.
// Private to the module.
#pragma once

#include "store/cells.hpp"

#include "job/settings.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haulier::store {

/// One column of the rows that hold a T, or several that belong together.
template <class T>
struct Column {
    std::string names; ///< with commas between them
    void (*put)(BoundStatement& use, std::string_view names, const T& object);
    void (*take)(Row& row, T& object);
    bool (*is_default)(const T& object);
};
template <class T>
using Columns = std::vector<Column<T>>;

/// A member of T, kept as `AsCell` says.
template <class AsCell, class T, auto... Path>
Column<T> column_as(std::string names) {
    return {std::move(names),
            [](BoundStatement& use, std::string_view column, const T& object) {
                AsCell::put(use, column, job::at<Path...>(object));
            },
            [](Row& row, T& object) { job::at<Path...>(object) = AsCell::take(row); },
            [](const T& object) {
                static const T plain{};
                return job::at<Path...>(object) == job::at<Path...>(plain);
            }};
}
template <class T, auto... Path>
Column<T> column(std::string names) {
    return column_as<Cell<job::ValueAt<T, Path...>>, T, Path...>(std::move(names));
}

/// As in "INSERT INTO jobs (...)" and in "SELECT ...".
template <class T>
std::string names_of(const Columns<T>& columns) {
    std::string names;
    for (const auto& column : columns)
        names += (names.empty() ? "" : ", ") + column.names;
    return names;
}
template <class T>
void put_all(BoundStatement& use, const Columns<T>& columns, const T& object) {
    for (const auto& column : columns)
        column.put(use, column.names, object);
}
template <class T>
void take_all(Row& row, const Columns<T>& columns, T& object) {
    for (const auto& column : columns)
        column.take(row, object);
}
/// Is there nothing worth a row?
template <class T>
bool all_default(const Columns<T>& columns, const T& object) {
    return std::all_of(columns.begin(), columns.end(),
                       [&](const auto& column) { return column.is_default(object); });
}

} // namespace haulier::store
