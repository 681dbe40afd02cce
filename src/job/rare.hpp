// SPDX-License-Identifier: LGPL-2.1-or-later
// A text or list that most objects of a kind do not have. There are many files, so an empty one takes no more
// than a pointer in each. It is read and replaced like a T; only edit() changes it in place.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

namespace haulier::job {

template <class T>
class Rare {
public:
    using value_type = typename T::value_type;
    using const_iterator = typename T::const_iterator;

    Rare() = default;
    Rare(T value) { *this = std::move(value); }
    Rare(const Rare& other) { *this = other.get(); }
    Rare(Rare&&) noexcept = default;
    Rare& operator=(Rare&&) noexcept = default;
    Rare& operator=(const Rare& other) {
        if (this != &other) *this = T{other.get()};
        return *this;
    }
    Rare& operator=(T value) {
        value_ = value.empty() ? nullptr : std::make_unique<T>(std::move(value));
        return *this;
    }
    ~Rare() = default;

    [[nodiscard]] const T& get() const {
        static const T none{};
        return value_ ? *value_ : none;
    }
    operator const T&() const { return get(); }
    const T* operator->() const { return &get(); }
    T& edit() {
        if (!value_) value_ = std::make_unique<T>();
        return *value_;
    }

    [[nodiscard]] bool empty() const { return !value_ || value_->empty(); }
    [[nodiscard]] size_t size() const { return get().size(); }
    [[nodiscard]] const_iterator begin() const { return get().begin(); }
    [[nodiscard]] const_iterator end() const { return get().end(); }
    const value_type& operator[](size_t index) const { return get()[index]; }
    void clear() { value_.reset(); }

    friend bool operator==(const Rare& a, const Rare& b) { return a.get() == b.get(); }
    friend bool operator==(const Rare& a, const T& b) { return a.get() == b; }

private:
    std::unique_ptr<T> value_;
};

} // namespace haulier::job
