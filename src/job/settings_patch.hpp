// SPDX-License-Identifier: LGPL-2.1-or-later
// Values for some of a job's settings, as CreateJob, a setter or a method brings them; the others stay as
// they are.
#pragma once

#include "job/settings.hpp"

#include <bitset>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace haulier::job {

class SettingsPatch {
public:
    template <auto... Path>
    void set(ValueAt<Settings, Path...> value) {
        set(Setting<Path...>{}, std::move(value));
    }
    template <auto... Path>
    [[nodiscard]] bool has() const {
        return has(Setting<Path...>{});
    }
    /// What was set, or the default.
    template <auto... Path>
    [[nodiscard]] const auto& get() const {
        return at<Path...>(values_);
    }

    // The same with a row of all_settings.

    template <class Row>
    void set(const Row& /*row*/, typename Row::Value value) {
        Row::in(values_) = std::move(value);
        present_.set(index_of<Row>);
    }
    template <class Row>
    [[nodiscard]] bool has(const Row& /*row*/) const {
        return present_.test(index_of<Row>);
    }
    template <class Row>
    [[nodiscard]] const auto& get(const Row& /*row*/) const {
        return Row::in(values_);
    }

private:
    static constexpr size_t count = std::tuple_size_v<decltype(all_settings)>;

    template <class Row, size_t... I>
    static constexpr size_t find(std::index_sequence<I...> /*all*/) {
        return ((std::is_same_v<Row, std::remove_cvref_t<decltype(std::get<I>(all_settings))>> ? I : 0) +
                ...);
    }
    /// Fails to compile for what has no row.
    template <class Row>
    static constexpr size_t index_of = [] {
        constexpr size_t found = find<Row>(std::make_index_sequence<count>{});
        static_assert(std::is_same_v<Row, std::remove_cvref_t<decltype(std::get<found>(all_settings))>>);
        return found;
    }();

    Settings values_;
    std::bitset<count> present_;
};

/// Checks each value of the patch and then all together, and sets them in the job. What that does to a job
/// that runs or waits is decided by change(). Leaves a broken job behind when it fails.
Status apply_settings(Job& job, const SettingsPatch& patch);

} // namespace haulier::job
