#include "thread_governor.hpp"

#include <algorithm>
#include <bit>
#include <ctime>

#ifdef _WIN32
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>
#endif

namespace graffiti {

namespace {

constexpr int probe_decodes = 6;
constexpr double forgetting = 0.05;       // weight of a new time in the mean
constexpr double most_times = 8.0;        // of the best: one long pause says no more than that
constexpr double better = 0.85;           // of the expected time: what a probe must reach
constexpr double disturbed = 1.6;         // of the best time: somebody else wants the cores
constexpr double quiet_share = 0.01;      // of the time decoded that probes may cost
constexpr double first_share = 0.1;       // the same the first time
constexpr double disturbed_share = 0.25;  // the same while decoding is slower than it has been
constexpr double lowered_share = 0.05;    // the same for going back up
constexpr double starved = 0.85;          // of the processor time: threads that wait by spinning use all of it
constexpr double starved_share = 3.0;     // of the time decoded that the first probe may then cost
constexpr double least_wanted = 0.08;     // seconds: systems add up processor time in ticks of up to 10 ms

}  // namespace

ThreadGovernor::ThreadGovernor(int most, int least) {
    // One less first: one busy core is the common case. Then halves.
    for (int threads = most; threads >= std::max(least, 1); threads = threads == most ? threads - 1 : threads / 2) {
        levels_.push_back({threads});
    }
}

void ThreadGovernor::took(size_t tokens, double seconds, double processor) {
    if (levels_.size() == 1 || tokens == 0) {
        return;
    }
    const size_t bucket = std::min<size_t>(buckets - 1, static_cast<size_t>(std::bit_width(tokens - 1)));
    Level & used = levels_[probing() ? probe_ : level_];
    wanted_ += seconds * used.threads;
    had_ += processor;
    if (wanted_ > least_wanted) {
        starved_ = had_ < starved * wanted_;
        wanted_ = had_ = 0.0;
    }
    double & least = used.least[bucket];
    least = least == 0.0 ? seconds : std::min(seconds, least * 1.0005);
    const double counted = std::min(seconds, most_times * least);
    double & mean = used.mean[bucket];
    mean = mean == 0.0 ? counted : mean + forgetting * (counted - mean);
    if (!probing()) {
        since_ += seconds;
        consider_probe(bucket);
        return;
    }
    if (const double expected = levels_[level_].mean[bucket]; expected > 0.0) {
        spent_ += counted;
        expected_ += expected;
    }
    if (--left_ == 0) {
        end_probe();
    }
}

void ThreadGovernor::end_probe() {
    if (spent_ < better * expected_) {
        level_ = probe_;
    }
    since_ = 0.0;
}

void ThreadGovernor::consider_probe(size_t bucket) {
    const bool can_lower = level_ + 1 < levels_.size();
    const bool lower = can_lower && (level_ == 0 || down_next_);
    const Level & now = levels_[level_];
    const Level & other = levels_[lower ? level_ + 1 : level_ - 1];
    const double cost = probe_decodes * std::max(now.mean[bucket], other.mean[bucket]);
    double share = lower ? quiet_share : lowered_share;
    if (lower && other.mean[bucket] == 0.0) {
        share = starved_ ? starved_share : first_share;
    } else if (lower && now.mean[bucket] > disturbed * now.least[bucket]) {
        share = disturbed_share;
    }
    if (cost > share * since_) {
        return;
    }
    down_next_ = !lower;
    probe_ = lower ? level_ + 1 : level_ - 1;
    left_ = probe_decodes;
    spent_ = 0.0;
    expected_ = 0.0;
}

double processor_seconds() {
#ifdef _WIN32
    // There std::clock() is the time that has passed.
    FILETIME created, ended, kernel, user;
    GetProcessTimes(GetCurrentProcess(), &created, &ended, &kernel, &user);
    const auto seconds = [](const FILETIME & time) { return (time.dwHighDateTime * 4294967296.0 + time.dwLowDateTime) * 1e-7; };
    return seconds(kernel) + seconds(user);
#else
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
#endif
}

}  // namespace graffiti
