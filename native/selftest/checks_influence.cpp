#include "checks.hpp"
#include "figures.hpp"
#include "probe.hpp"

#include "spray_maker.hpp"

#include <cmath>
#include <string>

namespace graffiti::selftest {

namespace {

std::vector<ProbeRow> run(Probe & probe, const std::vector<llama_token> & tokens, const RowPlan & plan) {
    probe.clear();
    std::vector<ProbeToken> rows;
    for (const llama_token token : tokens) {
        rows.push_back({token, static_cast<llama_pos>(rows.size()), 0, true, plan});
    }
    return probe.decode(std::move(rows));
}

}  // namespace

void check_influence_figures(Report & report, const Subject & subject, const Noise & noise) {
    report.begin("influence");
    const OutputHead & head = subject.model->head();
    Probe probe(*subject.model);
    const std::vector<llama_token> tokens = probe_tokens(*subject.model, subject.quick ? 4 : 16);
    const std::vector<ProbeRow> plain = run(probe, tokens, {});
    struct Case {
        const char * name;
        Site site;
        bool undo_temperature;
        float strength;
        float kl_limit;
    };
    for (const Case & each : {
             Case{"temperature undone", Site::pre_norm, true, 0.4F, 0.0F},
             Case{"temperature undone, negative", Site::pre_norm, true, -0.6F, 0.0F},
             Case{"temperature undone, KL limited", Site::pre_norm, true, 1.5F, 0.1F},
             Case{"as the model computes it", Site::pre_norm, false, 0.6F, 0.0F},
             Case{"after the norm", Site::post_norm, true, 0.8F, 0.0F},
         }) {
        const Spray spray = simple_spray(head, random_vector(head, 21), each.site, each.undo_temperature, each.kl_limit);
        const std::vector<ProbeRow> sprayed = run(probe, tokens, {spray.vector.data(), each.strength, each.site, true});
        FigureErrors errors;
        for (size_t i = 0; i < plain.size(); ++i) {
            errors.add(head, spray, each.strength, plain[i], sprayed[i]);
        }
        errors.report(report, each.name, noise, each.kl_limit > 0.0F);
        if (each.kl_limit > 0.0F) {
            report.at_most(std::string(each.name) + ": no token above the limit",
                errors.largest_kl,
                // The limit is that of strength 1; more strength asks for more.
                static_cast<double>(each.kl_limit * each.strength * each.strength) * 1.001);
            report.at_least(std::string(each.name) + ": the limit is used", errors.largest_kl, static_cast<double>(each.kl_limit) * 0.9);
        }
    }
}

// Σ of the sources' shares = what the spray adds to the token's logit, above what it adds to an average
// word: a_t·(b_w − Σ_v p̄_v·b_v), p̄ the mean distribution of the calibration.
void check_provenance(Report & report, const Subject & subject, const Calibration & calibration) {
    report.begin("provenance");
    const OutputHead & head = subject.model->head();
    const auto count = static_cast<size_t>(head.vocabulary());
    std::vector<double> mean_probability(count);
    for (size_t w = 0; w < count; ++w) {
        mean_probability[w] = std::exp(-static_cast<double>(calibration.rarities()[w]));
    }
    Probe probe(*subject.model);
    const std::vector<llama_token> tokens = probe_tokens(*subject.model, subject.quick ? 3 : 8);
    for (const auto & [writer, name] : {std::pair{Writer::gradient, "gradient writer"}, std::pair{Writer::mean, "mean writer"}, std::pair{Writer::notebook, "notebook writer"}}) {
        SprayRequest request;
        request.writer = writer;
        for (int64_t id = 1; id <= 3; ++id) {
            request.sources.push_back({id, id == 2 ? -0.7F : 0.5F * static_cast<float>(id), random_vector(head, 30 + static_cast<uint64_t>(id)), 0.0});
        }
        const std::shared_ptr<const Spray> spray = make_spray(*subject.model, calibration, request, 1);
        const std::vector<ProbeRow> sprayed = run(probe, tokens, {spray->vector.data(), spray->strength, spray->site, true});
        LogitShaper shaper(head);
        double worst = 0.0;
        double largest = 0.0;
        bool sorted = true;
        for (const ProbeRow & row : sprayed) {
            std::vector<float> logits(row.logits);
            shaper.shape(logits, *spray, spray->strength, row.result);
            // What was added to each word's linear logit, from the rows themselves; where the temperature is
            // not undone, beside the division of the base by rho.
            const double rho = spray->site == Site::pre_norm && !spray->undo_temperature ? row.result.scale_after / row.result.scale_before : 1.0;
            std::vector<double> added(count);
            double average = 0.0;
            for (size_t w = 0; w < count; ++w) {
                const double k = rho == 1.0 || head.offset().empty() ? 0.0 : static_cast<double>(head.offset()[w]);
                added[w] = (static_cast<double>(head.to_linear(logits[w])) - k) - (static_cast<double>(head.to_linear(shaper.base()[w])) - k) / rho;
                average += mean_probability[w] * added[w];
            }
            for (const size_t word : {size_t{1}, count / 3, count / 2, count - 1}) {
                const TokenInfluence influence = shaper.influence(static_cast<llama_token>(word), 0, 3);
                double sum = 0.0;
                for (size_t i = 0; i < influence.sources.size(); ++i) {
                    sum += static_cast<double>(influence.sources[i].shift);
                    sorted = sorted && (i == 0 || std::abs(influence.sources[i].shift) <= std::abs(influence.sources[i - 1].shift));
                }
                worst = std::max(worst, std::abs(sum - (added[word] - average)));
                largest = std::max(largest, std::abs(added[word] - average));
            }
        }
        // Undoing a soft cap near the cap magnifies what the logits are rounded to.
        report.at_most(std::string(name) + ": shares of the sources sum to the token's shift", worst, head.softcap() == 0.0F ? 1e-4 : 2e-3);
        report.at_least(std::string(name) + ": there was a shift to share", largest, 0.05);
        report.holds(std::string(name) + ": largest share first", sorted);
    }
}

}  // namespace graffiti::selftest
