#include "checks.hpp"
#include "probe.hpp"

#include <cmath>
#include <string>

namespace graffiti::selftest {

namespace {

struct Spraying {
    const std::vector<float> * vector = nullptr;
    float strength = 0.0F;
    Site site = Site::pre_norm;
};

// A layout of tokens over sequences and decodes, and what each row gets.
struct Layout {
    std::vector<std::vector<ProbeToken>> decodes;
    std::vector<Spraying> sprayings;  // one per output row over all decodes
};

std::vector<ProbeRow> run(Probe & probe, const Layout & layout, bool sprayed) {
    probe.clear();
    std::vector<ProbeRow> rows;
    size_t next = 0;
    for (std::vector<ProbeToken> tokens : layout.decodes) {
        for (ProbeToken & token : tokens) {
            if (token.output) {
                const Spraying & spraying = layout.sprayings[next++];
                if (sprayed && spraying.vector != nullptr) {
                    token.plan = {spraying.vector->data(), spraying.strength, spraying.site, true};
                }
            }
        }
        for (ProbeRow & row : probe.decode(std::move(tokens))) {
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

// Compares every sprayed row with the closed form computed from the unsprayed run, and every other row
// with that run itself.
void compare(Report & report, const Subject & subject, const Noise & noise, Probe & probe, const std::string & name, const Layout & layout) {
    const OutputHead & head = subject.model->head();
    const SlowHead slow(head);
    const std::vector<ProbeRow> plain = run(probe, layout, false);
    const std::vector<ProbeRow> sprayed = run(probe, layout, true);
    Difference error;
    Difference shift;
    Difference untouched;
    size_t untouched_rows = 0;
    double scale_error = 0.0;
    for (size_t i = 0; i < plain.size(); ++i) {
        const Spraying & spraying = layout.sprayings[i];
        const std::vector<float> & hidden = plain[i].result.hidden;
        if (spraying.vector == nullptr) {
            for (size_t w = 0; w < plain[i].logits.size(); ++w) {
                untouched.add(sprayed[i].logits[w], plain[i].logits[w]);
            }
            ++untouched_rows;
            continue;
        }
        std::vector<double> expected;
        if (spraying.site == Site::pre_norm) {
            expected = slow.injected(plain[i].logits, hidden, *spraying.vector, slow.project(*spraying.vector), static_cast<double>(spraying.strength));
            std::vector<double> moved(hidden.begin(), hidden.end());
            const double r0 = slow.scale(moved);
            for (size_t j = 0; j < moved.size(); ++j) {
                moved[j] += static_cast<double>(spraying.strength) * r0 * static_cast<double>((*spraying.vector)[j]);
            }
            scale_error = std::max({scale_error, std::abs(sprayed[i].result.scale_before / r0 - 1.0), std::abs(sprayed[i].result.scale_after / slow.scale(moved) - 1.0)});
        } else {
            const std::vector<float> bias = head.project_after_norm(*spraying.vector, 1);
            for (size_t w = 0; w < bias.size(); ++w) {
                expected.push_back(slow.to_linear(static_cast<double>(plain[i].logits[w])) + static_cast<double>(spraying.strength) * static_cast<double>(bias[w]));
            }
        }
        for (size_t w = 0; w < expected.size(); ++w) {
            if (std::isfinite(plain[i].logits[w])) {
                error.add(sprayed[i].logits[w], slow.to_shown(expected[w]));
                shift.add(sprayed[i].logits[w], plain[i].logits[w]);
            }
        }
    }
    error.close();
    shift.close();
    report.at_most(name + ": sprayed rows equal the closed form, rms", error.rms, noise.rms_limit());
    report.at_most(name + ": sprayed rows equal the closed form, largest", error.largest, noise.largest_limit());
    report.at_least(name + ": the spray moved the logits, rms", shift.rms, noise.least_shift());
    if (scale_error > 0.0) {
        report.at_most(name + ": reported r(h) and r(h') equal the reference, relative", scale_error, 1e-5);
    }
    if (untouched_rows > 0) {
        report.at_most(name + ": rows without vector are untouched", untouched.largest, subject.on_host ? 0.0 : std::max(1e-6, noise.largest));
    }
}

Layout one_sequence(const std::vector<llama_token> & tokens, const std::vector<Spraying> & sprayings) {
    Layout layout;
    layout.decodes.emplace_back();
    for (size_t i = 0; i < tokens.size(); ++i) {
        layout.decodes.back().push_back({tokens[i], static_cast<llama_pos>(i)});
        layout.sprayings.push_back(sprayings[i % sprayings.size()]);
    }
    return layout;
}

}  // namespace

void check_injection(Report & report, const Subject & subject, const Noise & noise) {
    report.begin("injection");
    Probe probe(*subject.model);
    const OutputHead & head = subject.model->head();
    const std::vector<float> first = random_vector(head, 1);
    const std::vector<float> second = random_vector(head, 2);
    const std::vector<float> third = random_vector(head, 3);
    const std::vector<llama_token> tokens = probe_tokens(*subject.model, 12);

    for (const Site site : {Site::pre_norm, Site::post_norm}) {
        const std::string where = site == Site::pre_norm ? "before the norm" : "after the norm";
        for (const float strength : {0.1F, 1.0F, 3.0F, -0.5F}) {
            if (subject.quick && strength > 0.0F && strength != 1.0F) {
                continue;
            }
            char amount[16];
            std::snprintf(amount, sizeof(amount), "%g", static_cast<double>(strength));
            // A weak spray of a noisy head is lost in the noise: such a row proves nothing.
            if (!noise.exact() && std::abs(strength) < 0.5F) {
                continue;
            }
            compare(report, subject, noise, probe, where + ", strength " + amount, one_sequence({tokens.begin(), tokens.begin() + 4}, {{&first, strength, site}}));
        }
        compare(report,
            subject,
            noise,
            probe,
            where + ", three vectors and none in one batch",
            one_sequence({tokens.begin(), tokens.begin() + 8}, {{&first, 0.7F, site}, {}, {&second, -0.6F, site}, {&third, 1.5F, site}}));
    }
    compare(report,
        subject,
        noise,
        probe,
        "both sites in one batch",
        one_sequence({tokens.begin(), tokens.begin() + 6}, {{&first, 0.8F, Site::pre_norm}, {&second, 0.8F, Site::post_norm}, {}}));

    if (subject.model->is_recurrent()) {
        report.skip("rows of several sequences in one batch", "recurrent models decode one sequence at a time");
        return;
    }
    // Every row of the second decode belongs to another sequence.
    Layout sequences;
    sequences.decodes.resize(2);
    for (llama_seq_id sequence = 0; sequence < Probe::sequences; ++sequence) {
        const auto s = static_cast<size_t>(sequence);
        sequences.decodes[0].push_back({tokens[0], 0, sequence, false});
        sequences.decodes[0].push_back({tokens[1 + s % 3], 1, sequence, s % 2 == 0});
        if (s % 2 == 0) {
            sequences.sprayings.push_back(s % 4 == 0 ? Spraying{&third, -0.9F, Site::pre_norm} : Spraying{});
        }
        sequences.decodes[1].push_back({tokens[4 + s % 4], 2, sequence, true});
    }
    const std::vector<Spraying> each = {{&first, 0.5F, Site::pre_norm}, {&second, 1.0F, Site::post_norm}, {}, {&second, -0.7F, Site::pre_norm}};
    for (size_t s = 0; s < Probe::sequences; ++s) {
        sequences.sprayings.push_back(each[s % each.size()]);
    }
    compare(report, subject, noise, probe, "eight sequences, one row each", sequences);

    Layout split;
    split.decodes.resize(4);
    for (size_t i = 0; i < tokens.size(); ++i) {
        const bool output = i % 3 != 1;
        split.decodes[i / 3].push_back({tokens[i], static_cast<llama_pos>(i), 0, output});
        if (output) {
            split.sprayings.push_back(i % 2 == 0 ? Spraying{&second, 0.6F + 0.1F * static_cast<float>(i), Site::pre_norm} : Spraying{&first, -0.5F, Site::pre_norm});
        }
    }
    compare(report, subject, noise, probe, "a text split over four decodes", split);
}

// After sprayed decodes the cache holds what it would hold without: the spray comes after all K and V.
void check_cache_independence(Report & report, const Subject & subject) {
    report.begin("cache");
    Probe probe(*subject.model);
    const std::vector<float> vector = random_vector(subject.model->head(), 7);
    const std::vector<llama_token> tokens = probe_tokens(*subject.model, 16);
    const auto continue_after = [&](float strength) {
        probe.clear();
        std::vector<ProbeRow> rows;
        for (size_t i = 0; i < tokens.size(); ++i) {
            const bool sprayed = strength != 0.0F && i < tokens.size() / 2;
            const RowPlan plan{sprayed ? vector.data() : nullptr, strength, i % 2 == 0 ? Site::pre_norm : Site::post_norm, true};
            rows.push_back(std::move(probe.decode({{tokens[i], static_cast<llama_pos>(i), 0, true, plan}}).front()));
        }
        return rows;
    };
    const std::vector<ProbeRow> never = continue_after(0.0F);
    const std::vector<ProbeRow> after = continue_after(2.0F);
    Difference sprayed;
    Difference continuation;
    for (size_t i = 0; i < tokens.size(); ++i) {
        for (size_t w = 0; w < never[i].logits.size(); ++w) {
            (i < tokens.size() / 2 ? sprayed : continuation).add(after[i].logits[w], never[i].logits[w]);
        }
    }
    sprayed.close();
    report.at_least("sprayed rows differ, rms", sprayed.rms, 0.05);
    report.at_most("the unsprayed continuation equals that of a run never sprayed", continuation.largest, subject.on_host ? 0.0 : 1e-6);
}

}  // namespace graffiti::selftest
