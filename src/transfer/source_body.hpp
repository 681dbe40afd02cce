// SPDX-License-Identifier: LGPL-2.1-or-later
// The rest of a local file as the content of a request. Each read checks that the file still has its stamp,
// so that no server gets a complete file that is a mixture of two versions.
#pragma once

#include "transfer/http_request.hpp"
#include "transfer/source_file.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace haulier::transfer {

class SourceBody final : public RequestBody {
public:
    /// The bytes from `from` up to `end`. `on_read` is called after each read.
    SourceBody(std::shared_ptr<const SourceFile> source, Stamp stamp, uint64_t from, uint64_t end,
               std::function<void()> on_read);

    [[nodiscard]] uint64_t size() const noexcept override { return end_ - from_; }
    size_t read(char* into, size_t most) noexcept override;
    bool rewind() noexcept override;

    [[nodiscard]] bool all_read() const { return position_ == end_; }
    /// Why reading was aborted; success if it was not.
    [[nodiscard]] const Status& status() const { return status_; }

private:
    std::shared_ptr<const SourceFile> source_;
    Stamp stamp_;
    uint64_t from_;
    uint64_t end_;
    uint64_t position_;
    std::function<void()> on_read_;
    Status status_ = Done{};
};

} // namespace haulier::transfer
