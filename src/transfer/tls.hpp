// SPDX-License-Identifier: LGPL-2.1-or-later
// Whom we believe to be the server, and who we say we are. Each flag forgives exactly what it names; a
// certificate with two faults needs two flags.
#pragma once

#include "transfer/easy.hpp"
#include "worker.pb.h"

namespace haulier::transfer {

/// Does any flag weaken the check of the server's certificate?
bool is_relaxed(const wire::Http& http);

/// Is this fault of a certificate one that a flag forgives? `error`: X509_V_ERR_*; `depth`: 0 = the server's
/// own.
bool forgives(const wire::Http& http, int error, int depth);

/// `first_server`: the only one to see the client's certificate.
void set_tls(Easy& easy, const wire::Http& http, bool first_server);

} // namespace haulier::transfer
