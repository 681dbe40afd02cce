// SPDX-License-Identifier: LGPL-2.1-or-later
// A link with one queue, as a fluid: background connections that are controlled, and a foreground transfer
// that fills the queue as TCP does.
#pragma once

#include "yield/controller.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace haulier::test {

struct LinkModel {
    double rate = 6.25e6; ///< bytes a second
    double buffer = 0.1;  ///< seconds
    double base = 0.02;   ///< round trip without a queue
    size_t connections = 1;
    size_t workers = 1;       ///< among which the connections are divided
    bool same_machine = true; ///< the interface's counter sees the foreground
    bool has_timestamps = true;
    double jitter = 0;             ///< seconds, at most
    double background_rate = 1e18; ///< of the background's server, in all
    uint64_t seed = 1;
};

class SimulatedLink {
public:
    static constexpr double Step = 0.005;
    static constexpr int StepsInTick = 4;
    static constexpr double Segment = 1448;
    static constexpr double WireRatio = 1.046;

    explicit SimulatedLink(const LinkModel& model) : model_(model), random_(model.seed) {
        for (size_t i = 0; i < model.connections; ++i)
            background_.push_back({.window = yield::Controller::first_window(Segment)});
        workers_.resize(model.workers);
    }

    void start_foreground() { foreground_window_ = 10 * Segment; }
    void stop_foreground() { foreground_window_ = 0; }
    /// Another program that sends so much and no more.
    void steady_foreground(double rate) { steady_rate_ = rate; }
    void set_rate(double rate) { model_.rate = rate; }
    void set_base(double base) { model_.base = base; }

    struct Shares {
        double background = 0; ///< bytes a second
        double foreground = 0;
        double queue = 0; ///< mean, in seconds
        double greatest_queue = 0;
    };
    Shares run(double seconds) {
        Shares sum;
        auto steps = static_cast<int>(seconds / Step);
        for (int i = 0; i < steps; ++i) {
            auto [background, foreground] = step();
            sum.background += background;
            sum.foreground += foreground;
            sum.queue += queue_ / model_.rate;
            sum.greatest_queue = std::max(sum.greatest_queue, queue_ / model_.rate);
            if (++steps_ % StepsInTick == 0) tick();
        }
        sum.background /= seconds;
        sum.foreground /= seconds;
        sum.queue /= steps;
        return sum;
    }

    [[nodiscard]] const yield::Controller& controller() const { return workers_.front().controller; }
    /// The bytes that the connections together may have in flight: at least a turn of each worker.
    [[nodiscard]] double budget() const {
        double sum = 0;
        for (const auto& worker : workers_)
            sum += std::max(worker.controller.window(), 2 * Segment);
        return sum;
    }
    [[nodiscard]] const std::vector<yield::Order>& orders() const { return orders_; }
    [[nodiscard]] double moved(size_t connection) const { return background_.at(connection).moved; }
    [[nodiscard]] double rate() const { return model_.rate; }

private:
    struct Background {
        double window = 0;
        double used = 0; ///< window that has reached the sender
        double moved = 0;
        double closed_since = Never; ///< the window has been less than a packet
        double probes_at = Never;    ///< the sender was told so, and waits for its timer
        double learns_at = Never;    ///< the first packet after a probe arrives
        double told = 0;             ///< the window when the probe arrived
    };

    [[nodiscard]] double round_trip() const { return model_.base + queue_ / model_.rate; }

    std::pair<double, double> step() {
        double wanted = 0;
        for (auto& one : background_) {
            learn_window(one);
            wanted += one.used / round_trip();
        }
        double background = std::min(wanted, model_.background_rate);
        double foreground = foreground_window_ / round_trip() + steady_rate_;
        double arriving = background + foreground;
        double leaving = queue_ > 0 ? model_.rate : std::min(arriving, model_.rate);
        double share = arriving > 0 ? std::min(1.0, leaving / arriving) : 0;
        queue_ = std::max(0.0, queue_ + (arriving - leaving) * Step);
        if (queue_ > model_.buffer * model_.rate) lose();
        grow_foreground();
        for (auto& one : background_)
            one.moved += wanted > 0 ? one.used / round_trip() * (background / wanted) * share * Step : 0;
        passed_ += (background + (model_.same_machine ? foreground : 0)) * share * Step * WireRatio;
        return {background * share * Step, foreground * share * Step};
    }

    /// A sender learns of a window from the acknowledgements of its packets. When the window is less than a
    /// packet, it waits for its retransmission timer, and then sends what fits.
    void learn_window(Background& one) {
        bool is_closed = one.window < Segment;
        one.closed_since = is_closed ? std::min(one.closed_since, now_) : Never;
        bool is_stuck = one.probes_at != Never || one.learns_at != Never;
        if (!is_stuck && now_ - one.closed_since >= model_.base)
            one.probes_at = now_ + timer(), is_stuck = true;
        if (!is_stuck) {
            one.used += (one.window - one.used) * std::min(1.0, Step / model_.base);
            return;
        }
        one.used = 0;
        if (now_ >= one.probes_at) {
            one.moved += std::min(one.window, Segment);
            one.probes_at = Never;
            one.learns_at = now_ + round_trip();
            one.told = one.window;
        } else if (now_ >= one.learns_at) {
            one.learns_at = Never;
            if (one.told < Segment)
                one.probes_at = now_ + timer();
            else
                one.used = one.told;
        }
    }
    [[nodiscard]] double timer() const { return ShortestTimer + round_trip(); }

    void lose() {
        queue_ = model_.buffer * model_.rate;
        losses_ += 5;
        if (now_ < loss_counts_after_) return;
        loss_counts_after_ = now_ + 2 * round_trip();
        foreground_window_ *= 0.7;
        is_slow_start_ = false;
    }

    void grow_foreground() {
        now_ += Step;
        if (foreground_window_ == 0) {
            is_slow_start_ = true;
            return;
        }
        double rounds = Step / round_trip();
        foreground_window_ *= is_slow_start_ ? 1 + rounds : 1;
        foreground_window_ += is_slow_start_ ? 0 : 4 * Segment * rounds; // about as cubic
    }

    struct Worker {
        yield::Controller controller;
        uint64_t total_before = 0;
        uint64_t total_then = 0; ///< when it last told the others
        double told = 0;         ///< its rate
    };

    void tick() {
        orders_.clear();
        bool tells = workers_.size() > 1 && now_ - told_at_ >= TellInterval;
        for (size_t i = 0; i < workers_.size(); ++i)
            tick(i);
        if (!tells) return;
        for (auto& worker : workers_)
            worker.told = static_cast<double>(worker.total_before -
                                              std::exchange(worker.total_then, worker.total_before)) /
                          (now_ - told_at_);
        told_at_ = now_;
    }

    void tick(size_t number) {
        auto& worker = workers_[number];
        yield::Tick tick{.now = BootTime{std::chrono::hours{1} + Usec{static_cast<int64_t>(now_ * 1e6)}},
                         .connections = {}};
        tick.other_workers.count = static_cast<uint32_t>(workers_.size() - 1);
        for (const auto& other : workers_)
            if (&other != &worker) tick.other_workers.rate += other.told;
        uint64_t total = 0;
        std::uniform_real_distribution<double> jitter{0, std::max(model_.jitter, 1e-9)};
        for (size_t i = number; i < background_.size(); i += workers_.size()) {
            yield::Sample sample;
            sample.id = i + 1;
            sample.remote = "192.0.2.1";
            auto measured = round_trip() + (model_.jitter > 0 ? jitter(random_) : 0);
            sample.round_trip = yield::Seconds{model_.has_timestamps ? measured : model_.base};
            sample.handshake = yield::Seconds{model_.base};
            sample.bytes = static_cast<uint64_t>(background_[i].moved);
            total += sample.bytes;
            sample.losses = losses_;
            sample.segment = Segment;
            sample.measures_queue = model_.has_timestamps;
            tick.connections.push_back(sample);
        }
        tick.own_bytes = total - std::exchange(worker.total_before, total);
        tick.interface_bytes = static_cast<uint64_t>(passed_);
        for (const auto& order : worker.controller.tick(tick)) {
            background_.at(order.id - 1).window = order.window;
            orders_.push_back(order);
        }
    }
    static constexpr double Never = 1e18;
    static constexpr double ShortestTimer = 0.2;
    static constexpr double TellInterval = 0.3;

    LinkModel model_;
    std::mt19937_64 random_;
    std::vector<Worker> workers_;
    double told_at_ = 0;
    std::vector<yield::Order> orders_;
    std::vector<Background> background_;
    double foreground_window_ = 0;
    double steady_rate_ = 0;
    bool is_slow_start_ = true;
    double queue_ = 0;
    double now_ = 0;
    double loss_counts_after_ = 0;
    double passed_ = 0;
    uint32_t losses_ = 0;
    int steps_ = 0;
};

} // namespace haulier::test
