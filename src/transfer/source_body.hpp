// SPDX-License-Identifier: LGPL-2.1-or-later
// The rest of a local file as the body of a request. Each read looks whether the file is still the one whose
// stamp was taken, so that no server ever gets the whole of a mixture.
#pragma once

#include "transfer/question.hpp"
#include "transfer/source_file.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace haulier::transfer {

class SourceBody final : public Body {
public:
    /// From `from` to the end that `stamp` says; `moved` is called at each read.
    SourceBody(std::shared_ptr<const SourceFile> source, Stamp stamp, uint64_t from,
               std::function<void()> moved);

    [[nodiscard]] uint64_t size() const noexcept override { return stamp_.size - from_; }
    size_t read(char* into, size_t most) noexcept override;
    bool rewind() noexcept override;

    /// All of it was read.
    [[nodiscard]] bool all_read() const { return at_ == stamp_.size; }
    /// Why reading was aborted.
    [[nodiscard]] const Trouble& trouble() const { return trouble_; }

private:
    std::shared_ptr<const SourceFile> source_;
    Stamp stamp_;
    uint64_t from_;
    uint64_t at_;
    std::function<void()> moved_;
    Trouble trouble_;
};

} // namespace haulier::transfer
