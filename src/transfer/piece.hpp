// SPDX-License-Identifier: LGPL-2.1-or-later
// One connection that fetches a part of a file for which other connections fetch other parts. Its response
// has to prove that it belongs to the same version of the file.
#pragma once

#include "transfer/flow.hpp"
#include "transfer/http_rules.hpp"
#include "transfer/http_transaction.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace haulier::transfer {

class Piece;

enum class PieceEnd {
    Complete, ///< all of it is here, or another connection fetches the rest
    Lost,     ///< the connection broke, after some bytes or before an answer
    Refused,  ///< by the server
    Unusable, ///< the source does not have the file any more, or has another version of it
};

class PieceOwner {
public:
    virtual ~PieceOwner() = default;
    [[nodiscard]] virtual bool is_full() const noexcept = 0;
    virtual void received(uint64_t at, std::string_view bytes) noexcept = 0;
    /// The last call. The owner must not destroy the piece in it.
    virtual void ended(Piece& piece, PieceEnd end) = 0;
};

class Piece final : private ResponseHandler {
public:
    /// `version`: what every part must belong to. Its offset does not matter.
    Piece(Network& network, HttpRequest request, ResumeState version, const ByteRange& range,
          PieceOwner& owner);

    void resume() { transaction_.resume(); }
    [[nodiscard]] const Flow& flow() const { return flow_; }
    /// Another connection fetches what follows.
    void end_at(uint64_t end) { flow_.end_at(end); }
    [[nodiscard]] std::string origin() const { return transaction_.origin(); }
    [[nodiscard]] bool is_yielding() const { return transaction_.is_yielding(); }

private:
    bool head(const HttpResponse& response) noexcept override;
    BodyAction body(const HttpResponse& response, std::string_view bytes) noexcept override;
    void ended(const HttpResponse& response, const TransferResult& result) override;
    void evaluate_response(const HttpResponse& response);
    [[nodiscard]] PieceEnd end_of(const HttpResponse& response) const;

    ResumeState version_;
    const ByteRange asked_;
    Flow flow_;
    PieceOwner& owner_;
    std::optional<ResponseAction> decision_;
    HttpTransaction transaction_;
};

} // namespace haulier::transfer
