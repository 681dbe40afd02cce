// SPDX-License-Identifier: LGPL-2.1-or-later
// Peers are sources that need not be trusted, such as other machines in the same network. They are asked
// before the other sources of a file, one after the other, and only for files whose checksum tells whether
// the content is right. Whatever goes wrong with one of them is not counted, and the next source is asked at
// once.
#pragma once

#include "job/outcomes.hpp"
#include "job/types.hpp"

namespace haulier::job {

/// Limit for the peers of one file, including those that the configuration adds.
inline constexpr size_t MaxPeers = 16;

/// Whether a peer, and not one of the other sources, is asked at present or next.
bool asks_peer(const File& file);

/// Refuses peers of files for which they cannot be used.
Status check_peers(const Job& job, const FileSpec& spec);
/// With UsePeers, adds the peers of the configuration to a file that can use them.
void add_configured_peers(const Job& job, FileSpec& spec, const Limits& limits);

/// Whether the peer that was asked has failed, or the content is wrong and a peer has sent some of it.
bool blames_peer(const File& file, const Failure& failure);
/// Goes on without this peer. If the content was wrong, no peer is asked any more, and the bytes are dropped.
void leave_peer(File& file, const Failure& failure);

} // namespace haulier::job
