#include "checks.hpp"
#include "probe.hpp"

#include <cmath>

namespace graffiti::selftest {

// Host logits G·u + k against the model's own, over the rows of a text.
Noise check_head(Report & report, const Subject & subject) {
    report.begin("head");
    const OutputHead & head = subject.model->head();
    const SlowHead slow(head);
    Probe probe(*subject.model);
    std::vector<ProbeToken> tokens;
    for (const llama_token token : probe_tokens(*subject.model, subject.quick ? 4 : 12)) {
        tokens.push_back({token, static_cast<llama_pos>(tokens.size())});
    }
    const std::vector<ProbeRow> rows = probe.decode(tokens);
    Difference difference;
    double power = 0.0;
    size_t words = 0;
    double scale_error = 0.0;
    for (const ProbeRow & row : rows) {
        std::vector<float> normed(row.result.hidden.size());
        const double r = head.normalise(row.result.hidden, normed);
        const std::vector<double> hidden(row.result.hidden.begin(), row.result.hidden.end());
        scale_error = std::max(scale_error, std::abs(r / slow.scale(hidden) - 1.0));
        const std::vector<double> linear = slow.project(normed);
        for (size_t w = 0; w < linear.size(); ++w) {
            if (std::isfinite(row.logits[w])) {
                const auto device = static_cast<double>(row.logits[w]);
                difference.add(slow.to_shown(linear[w] + slow.offset(w)), device);
                power += device * device;
                ++words;
            }
        }
    }
    difference.close();
    const double rms = std::sqrt(power / static_cast<double>(words));
    const Noise noise{difference.rms, difference.largest};
    report.at_most("scale r(h) equals the reference, relative", scale_error, 1e-9);
    // A wrong head must not pass as a noisy one: whole floats lose nothing, half ones little.
    const llama_ftype type = llama_model_ftype(subject.model->handle());
    const double most_noise = type == LLAMA_FTYPE_ALL_F32 ? 1e-3 : type == LLAMA_FTYPE_MOSTLY_F16 || type == LLAMA_FTYPE_MOSTLY_BF16 ? 0.01 : 0.1;
    report.at_most("host logits G*u+k equal the model's, rms relative",
        noise.rms / rms,
        most_noise,
        noise.exact() ? "" : "this head rounds the hidden state: noise " + std::to_string(noise.rms) + " rms, limits are relative to it");
    report.at_least("logits are not all the same, rms", rms, 0.01);
    return noise;
}

}  // namespace graffiti::selftest
