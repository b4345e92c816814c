#include "figures.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace graffiti::selftest {

namespace {

double variance_of(std::span<const double> logprobs, std::span<const float> bias) {
    double mean = 0.0;
    double square = 0.0;
    for (size_t w = 0; w < logprobs.size(); ++w) {
        const double p = std::exp(logprobs[w]);
        mean += p * static_cast<double>(bias[w]);
        square += p * static_cast<double>(bias[w]) * static_cast<double>(bias[w]);
    }
    return std::max(0.0, square - mean * mean);
}

std::vector<double> normalised(std::vector<double> logits) {
    const double log_z = slow_log_sum_exp(logits);
    for (double & logit : logits) {
        logit -= log_z;
    }
    return logits;
}

double divergence(std::span<const double> p, std::span<const double> q) {
    double sum = 0.0;
    for (size_t w = 0; w < p.size(); ++w) {
        sum += std::isfinite(p[w]) ? std::exp(p[w]) * (p[w] - q[w]) : 0.0;
    }
    return sum;
}

size_t best_of(std::span<const double> values) {
    return static_cast<size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

// How far the best value stands above the second: a flip within rounding is nobody's error.
double lead_of(std::span<const double> values) {
    std::vector<double> sorted(values.begin(), values.end());
    std::nth_element(sorted.begin(), sorted.begin() + 1, sorted.end(), std::greater<>());
    return sorted[0] - sorted[1];
}

// Largest difference between the reported movers and the true largest changes, in order.
double mover_error(const std::vector<Mover> & movers, const std::vector<double> & changes, bool gains, size_t wanted) {
    std::vector<double> sorted;
    for (const double change : changes) {
        if (gains ? change > 0.0 : change < 0.0) {
            sorted.push_back(std::abs(change));
        }
    }
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
    double worst = movers.size() == std::min(wanted, sorted.size()) || sorted[std::min(wanted, sorted.size()) - 1] < 1e-6 ? 0.0 : 1.0;
    for (size_t i = 0; i < movers.size(); ++i) {
        const double change = static_cast<double>(movers[i].change);
        worst = std::max({worst, std::abs(std::abs(change) - sorted[i]), std::abs(change - changes[static_cast<size_t>(movers[i].token)])});
    }
    return worst;
}

}  // namespace

Spray simple_spray(const OutputHead & head, std::vector<float> vector, Site site, bool undo_temperature, float kl_limit) {
    Spray spray;
    spray.site = site;
    spray.undo_temperature = undo_temperature;
    spray.kl_limit = kl_limit;
    spray.bias = site == Site::pre_norm ? head.project(vector, 1) : head.project_after_norm(vector, 1);
    spray.vector = std::move(vector);
    spray.strength = 1.0F;
    return spray;
}

void FigureErrors::add(const OutputHead & head, const Spray & spray, float strength, const ProbeRow & plain, const ProbeRow & sprayed) {
    const SlowHead slow(head);
    const size_t count = plain.logits.size();
    const auto a = static_cast<double>(strength);
    const std::vector<double> true_base = normalised({plain.logits.begin(), plain.logits.end()});

    // What the final distribution should be.
    std::vector<double> expected(count);
    const bool undone = spray.site == Site::pre_norm && spray.undo_temperature;
    if (spray.site == Site::pre_norm && !undone) {
        expected = slow.injected(plain.logits, plain.result.hidden, spray.vector, slow.project(spray.vector), a);
    } else {
        const double gain = undone ? std::pow(std::max(variance_of(true_base, spray.bias), gain_floor), -gain_exponent) : 1.0;
        for (size_t w = 0; w < count; ++w) {
            expected[w] = slow.to_linear(static_cast<double>(plain.logits[w])) + a * gain * static_cast<double>(spray.bias[w]);
        }
    }
    for (double & logit : expected) {
        logit = slow.to_shown(logit);
    }
    expected = normalised(std::move(expected));

    LogitShaper shaper(head);
    std::vector<float> logits(sprayed.logits);
    shaper.shape(logits, spray, strength, sprayed.result);
    std::vector<double> final_row(count);
    std::vector<double> changes(count);
    const bool limited = spray.kl_limit > 0.0F && divergence(expected, true_base) > static_cast<double>(spray.kl_limit);
    for (size_t w = 0; w < count; ++w) {
        final_row[w] = static_cast<double>(shaper.logprob(static_cast<llama_token>(w)));
        changes[w] = std::exp(final_row[w]) - std::exp(true_base[w]);
        if (true_base[w] > -13.8) {  // p > 1e-6
            base = std::max(base, std::abs(static_cast<double>(shaper.base()[w]) - shaper.base_log_z() - true_base[w]));
        }
        if (!limited && expected[w] > -13.8) {
            final = std::max(final, std::abs(final_row[w] - expected[w]));
        }
    }
    const double true_kl = divergence(final_row, true_base);
    kl += std::abs(shaper.kl() - true_kl);
    mean_kl += true_kl;
    largest_kl = std::max(largest_kl, shaper.kl());

    constexpr size_t movers_wanted = 5;
    const std::vector<size_t> words = {best_of(true_base), best_of(final_row), best_of(changes), 0, count / 2};
    for (const size_t word : words) {
        const TokenInfluence influence = shaper.influence(static_cast<llama_token>(word), movers_wanted, 4);
        if (true_base[word] > -13.8) {
            shift = std::max(shift, std::abs(static_cast<double>(influence.shift) - (final_row[word] - true_base[word])));
        }
        largest_shift = std::max(largest_shift, std::abs(final_row[word] - true_base[word]));
        movers = std::max({movers, mover_error(influence.promoted, changes, true, movers_wanted), mover_error(influence.demoted, changes, false, movers_wanted)});
        if (word == words.front()) {
            std::vector<double> state(plain.result.hidden.begin(), plain.result.hidden.end());
            const double r0 = slow.scale(state);
            double factor = r0;
            if (spray.site == Site::post_norm) {
                std::vector<float> normed(state.size());
                head.normalise(plain.result.hidden, normed);
                state = head.after_norm({normed.begin(), normed.end()});
                factor = 1.0;
            }
            const std::vector<double> vector(spray.vector.begin(), spray.vector.end());
            const double state_norm = std::sqrt(std::inner_product(state.begin(), state.end(), state.begin(), 0.0));
            const double vector_norm = std::sqrt(std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0));
            const double cosine = std::inner_product(state.begin(), state.end(), vector.begin(), 0.0) / (state_norm * vector_norm);
            const double ratio = std::abs(a) * factor * vector_norm / state_norm;
            geometry = std::max({geometry, std::abs(static_cast<double>(influence.cosine) - cosine), std::abs(static_cast<double>(influence.ratio) / ratio - 1.0)});
            const bool flipped = best_of(true_base) != best_of(final_row);
            flips += flipped ? 1 : 0;
            wrong_flips += influence.flipped != flipped && std::min(lead_of(true_base), lead_of(final_row)) > 1e-4 ? 1 : 0;
        }
    }
    ++rows;
}

void FigureErrors::report(Report & report, const std::string & name, const Noise & noise, bool limited) {
    kl /= static_cast<double>(rows);
    mean_kl /= static_cast<double>(rows);
    const double limit = noise.largest_limit();
    char scale[96];
    std::snprintf(scale, sizeof(scale), "mean KL %.3g, largest shift %.3g, %zu of %zu rows flipped", mean_kl, largest_shift, flips, rows);
    report.at_most(name + ": derived base log-probabilities equal a real unsprayed run", base, limit, scale);
    if (!limited) {
        report.at_most(name + ": final log-probabilities equal base plus spray", final, limit);
    }
    report.at_most(name + ": shift of a token", shift, limit);
    report.at_most(name + ": KL", kl, noise.exact() ? 1e-3 : std::max(1e-3, 0.25 * mean_kl));
    report.at_most(name + ": ratio and cosine", geometry, 1e-4);
    report.at_most(name + ": promoted and demoted", movers, noise.exact() ? 1e-4 : 2.0 * noise.largest);
    if (noise.exact()) {
        report.at_most(name + ": rows with a wrong flip flag", static_cast<double>(wrong_flips), 0.0);
    }
    report.at_least(name + ": the spray did something, mean KL", mean_kl, 1e-3);
}

}  // namespace graffiti::selftest
