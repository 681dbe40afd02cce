// SPDX-License-Identifier: LGPL-2.1-or-later
// How long an exchange waits for the server. Each kind of waiting has a limit of its own: between two bytes,
// from the request to the end of the answer's head, and the same after the content of a request was sent.
// Time is counted in ticks of a timer that is set anew each time, not measured by the clock: a process that
// was stopped, or a machine that slept, has seen one tick and not an hour of silence.
#pragma once

#include "base/clock.hpp"
#include "worker.pb.h"

#include <cstdint>

namespace haulier::transfer {

struct NetworkSettings;

/// The bound that an exchange has exceeded.
enum class Bound {
    None,
    Silence,         ///< no byte arrived
    Answer,          ///< the head of the answer did not arrive
    AnswerAfterBody, ///< as above, after the content of the request
    Rate,            ///< the server is slower than it may be
    Head,            ///< the head or the trailer is too large
    Overhead,        ///< the server sends too much that is not content
};

struct PatienceLimits {
    Usec silence{};
    Usec answer{};
    Usec after_body{};
};

/// The limit for an answer doubles with each attempt that failed. Servers that have received a large file may
/// examine it for long. An answer timeout that the job sets holds for both.
PatienceLimits patience_for(const NetworkSettings& settings, const wire::Http& http, uint64_t body_size);

class Patience {
public:
    explicit Patience(const PatienceLimits& limits) : limits_(limits) {}

    /// Part of the request's content was sent.
    void sending();
    /// All of it was passed to the kernel.
    void sent();
    /// So much of it the server has not received yet.
    void unacknowledged(uint64_t bytes);
    /// The server asks for the request again, with a password.
    void asked_again();
    /// The head of the final answer is complete, or bytes of its content arrived.
    void receiving();
    /// The wait for us, not for the server, ends now.
    void resumed() { waited_ = {}; }
    /// `time` more has passed without any of these.
    [[nodiscard]] Bound wait(Usec time);
    [[nodiscard]] bool is_receiving() const { return waiting_for_ == For::Content; }

private:
    enum class For { Answer, Sending, AnswerAfterBody, Content };
    void wait_for(For what);

    PatienceLimits limits_;
    For waiting_for_ = For::Answer;
    Usec waited_{};
    uint64_t unacknowledged_ = 0;
};

/// Whether a server sends at least so many bytes a second, in each period.
class RateFloor {
public:
    /// No floor if `bytes_per_second` is 0.
    RateFloor(uint64_t bytes_per_second, Usec period);

    void received(uint64_t bytes) { bytes_ += bytes; }
    /// `time` more has passed. True at the end of a period in which too little was received.
    [[nodiscard]] bool is_missed(Usec time);
    /// Reports that the server is not responsible for the missing bytes.
    void begin_anew();

private:
    uint64_t least_; ///< bytes in a period
    Usec period_;
    uint64_t bytes_ = 0;
    Usec passed_{};
};

} // namespace haulier::transfer
