// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/piece.hpp"

#include "transfer/http_date.hpp"
#include "transfer/segment_rules.hpp"

#include <fmt/core.h>
#include <utility>

namespace haulier::transfer {

namespace {

/// The answer is about the file, however many connections there are.
bool is_about_file(int status) {
    return status == 401 || status == 404 || status == 410;
}

HttpRequest request_for(HttpRequest request, const ByteRange& range) {
    request.range = fmt::format("{}-{}", range.begin, range.end - 1);
    return request;
}

} // namespace

Piece::Piece(Network& network, HttpRequest request, ResumeState version, const ByteRange& range,
             PieceOwner& owner)
    : version_(std::move(version)), asked_(range), flow_(range, std::chrono::steady_clock::now()),
      owner_(owner), transaction_(network, request_for(std::move(request), range), *this) {}

bool Piece::head(const HttpResponse& response) noexcept {
    if (!decision_) evaluate_response(response);
    return decision_ == ResponseAction::Continue;
}

ResponseHandler::BodyAction Piece::body(const HttpResponse& response, std::string_view bytes) noexcept {
    if (!decision_) evaluate_response(response);
    if (decision_ != ResponseAction::Continue || flow_.is_done()) return BodyAction::Abort;
    if (owner_.is_full()) return BodyAction::Pause;
    auto wanted = bytes.substr(0, flow_.left().size());
    owner_.received(flow_.left().begin, wanted);
    flow_.received(wanted.size(), std::chrono::steady_clock::now());
    bool is_cut = flow_.is_done() && (flow_.left().end < asked_.end || wanted.size() < bytes.size());
    return is_cut ? BodyAction::Abort : BodyAction::Continue;
}

void Piece::evaluate_response(const HttpResponse& response) {
    version_.offset = asked_.begin;
    const Layout::Remaining segment{.start = asked_.begin,
                                    .remote = asked_.begin,
                                    .end = asked_.end,
                                    .local = asked_.begin,
                                    .to_end = false};
    decision_ = evaluate_segment(version_, true, segment, response, wall_seconds()).action;
}

void Piece::ended(const HttpResponse& response, const TransferResult& result) {
    bool is_answered = result.code == CURLE_OK || response.status >= 400;
    if (!decision_ && is_answered) evaluate_response(response);
    owner_.ended(*this, end_of(response));
}

PieceEnd Piece::end_of(const HttpResponse& response) const {
    if (flow_.is_done()) return PieceEnd::Complete;
    if (decision_ == ResponseAction::RequestWhole || is_about_file(response.status))
        return PieceEnd::Unusable;
    if (response.status == 0 || (flow_.received() > 0 && response.status < 400)) return PieceEnd::Lost;
    return PieceEnd::Refused;
}

} // namespace haulier::transfer
