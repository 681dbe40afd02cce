// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of Fetch for a file that is fetched over several connections, or was in an earlier transfer.
#include "base/limits.hpp"
#include "transfer/fetch.hpp"

#include <fmt/core.h>
#include <utility>

namespace haulier::transfer {

/// The range for a request: the bytes that follow those on disk, up to the next ones on disk.
std::string Fetch::rest_of_hole() const {
    const auto& here = pieces_ ? pieces_->received_ranges() : present_;
    auto size = resume_.identity.size;
    auto end = size ? here.end_of_hole(resume_.offset, *size) : ToEnd;
    if (!in_pieces_ || !size || end >= *size) return fmt::format("{}-", resume_.offset);
    return fmt::format("{}-{}", resume_.offset, end - 1);
}

bool Fetch::are_pieces_sound() const {
    const auto& pieces = order_.pieces;
    if (pieces.is_empty()) return true;
    return plain_ && !order_.from_zero && pieces.prefix() > 0 && pieces.size() == order_.offset &&
           order_.identity.size && pieces.end() <= *order_.identity.size;
}

/// Other connections must be able to prove that what they fetch belongs to the same version. Where only the
/// checksum can prove it and has failed, one connection gets the bytes of one version.
bool Fetch::may_split() const {
    bool provable = is_strong(identity_) || (resume_.digest && !alone_);
    bool large = identity_.size && *identity_.size >= order_.split_from;
    return ranges_allowed_ && provable && large && !unexpected_page_ && order_.connections > 1;
}

/// The first bytes of a response have come: other connections may fetch what follows.
void Fetch::begin_piece() {
    if (!in_pieces_ || !identity_.size || !end_) return;
    if (!pieces_ && (may_split() || !present_.is_prefix())) {
        present_.add({resume_.offset, at_});
        open_pieces();
    }
    if (pieces_ && !pieces_->has_first()) pieces_->first_begins({at_, *end_});
}

void Fetch::open_pieces() {
    Pieces::Plan plan{.connections = may_split() ? order_.connections : 1,
                      .total = *identity_.size,
                      .version = {.identity = identity_,
                                  .digest = resume_.digest,
                                  .expected_size = order_.expected_size,
                                  .page_expected = resume_.page_expected},
                      .sources = {{order_.url, order_.http}}};
    if (!alone_) plan.sources.insert(plan.sources.end(), order_.mirrors.begin(), order_.mirrors.end());
    pieces_ = std::make_unique<Pieces>(context_, std::move(plan), *sink_, present_,
                                       Pieces::Events{.idle = [this] { pieces_idle(); },
                                                      .cut_first = [this] { cut_first(); },
                                                      .progress = [this] { schedule_progress(); }});
}

/// In other phases, the exchange is about to end and to report that.
void Fetch::cut_first() {
    if (phase_ == Phase::Receiving) transaction_.reset();
}

/// The part of these bytes of the first connection that no other connection has fetched.
std::string_view Fetch::wanted_of(std::string_view bytes) const {
    if (!pieces_ || (end_ && at_ + bytes.size() > *end_)) return bytes;
    return bytes.substr(0, pieces_->left_of_first());
}

/// The first connection has ended, while others fetch or may fetch the rest.
void Fetch::first_part_ended() {
    transaction_.reset();
    phase_ = Phase::Receiving;
    pieces_->first_ended();
}

/// What other connections could not fetch is requested as after an interruption, by the same rules.
void Fetch::pieces_idle() {
    if (phase_ != Phase::Receiving || transaction_) return;
    if (pieces_->is_complete()) return verify_pieces();
    resume_.offset = pieces_->received_ranges().prefix();
    resume_.identity = identity_;
    must_match_version_ = true;
    request_next();
}

/// What did not come in order is read once more for the checksum.
void Fetch::verify_pieces() {
    if (!hasher_ || hashed_ == *identity_.size) return finish();
    phase_ = Phase::Hashing;
    auto verified = [this](Result<std::shared_ptr<Hasher>, Failure> hasher) {
        if (!hasher) return fail(hasher.error());
        hasher_ = *std::move(hasher);
        finish();
    };
    sink_->flush([this, verified](const Status& flushed) {
        if (!flushed) return sink_failed(flushed.error());
        hash_task_ = std::make_unique<HashTask>(context_.disk, lane(), part_, std::move(hasher_),
                                                *identity_.size, verified, hashed_);
    });
}

/// Whether another source than the present one may have sent a part, also in an earlier transfer, or whether
/// the parts may be of several versions.
bool Fetch::may_be_mixed() const {
    if (alone_) return false;
    if (order_.may_be_mixed) return true;
    return pieces_ && (pieces_->has_several_sources() || !is_strong(identity_));
}

/// The parts do not belong together, and it is not known which source has sent other content.
void Fetch::begin_alone() {
    alone_ = true;
    fetch_anew();
}

} // namespace haulier::transfer
