// The head memory: its space, its search, its mixture, and what a reply then says.

#include "checks.hpp"
#include "probe.hpp"
#include "replies.hpp"

#include "head_governor.hpp"
#include "head_memory.hpp"
#include "measurements.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace graffiti::selftest {

namespace {

constexpr size_t width = 24;

// Rows that lie near `clusters` centres, so that neighbours mean something.
std::vector<float> clustered_rows(size_t count, size_t clusters, uint64_t seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> centres(clusters * width);
    std::generate(centres.begin(), centres.end(), [&] { return 3.0F * normal(random); });
    std::vector<float> rows;
    for (size_t i = 0; i < count; ++i) {
        const size_t centre = random() % clusters;
        for (size_t j = 0; j < width; ++j) {
            rows.push_back(centres[centre * width + j] + normal(random) * (1.0F + static_cast<float>(j % 5)));
        }
    }
    return rows;
}

HeadRows rows_of(const KeySpace & space, std::span<const float> features, size_t words) {
    HeadRows rows;
    std::vector<float> z(space.components());
    for (size_t i = 0; i * space.width() < features.size(); ++i) {
        space.project(features.subspan(i * space.width(), space.width()), z);
        rows.keys.resize(rows.keys.size() + z.size());
        rows.scales.push_back(quantise_key(z, std::span(rows.keys).last(z.size())));
        rows.tokens.push_back(static_cast<llama_token>(i * 7 % words));
        rows.sources.push_back(static_cast<int64_t>(i % 5 + 1));
    }
    return rows;
}

void space_holds_the_variance(Report & report) {
    const std::vector<float> rows = clustered_rows(400, 6, 1);
    const KeySpace whole = KeySpace::fit(rows, width, width, 2);
    report.at_most("as many components as features keep all variance, missing share", 1.0 - whole.kept(), 1e-5);
    // Distances in the whole space are those of the standardised features.
    std::vector<double> mean(width, 0.0);
    std::vector<double> square(width, 0.0);
    for (size_t i = 0; i < rows.size(); ++i) {
        mean[i % width] += static_cast<double>(rows[i]) / 400.0;
    }
    for (size_t i = 0; i < rows.size(); ++i) {
        square[i % width] += std::pow(static_cast<double>(rows[i]) - mean[i % width], 2) / 400.0;
    }
    double worst = 0.0;
    std::vector<float> a(whole.components());
    std::vector<float> b(whole.components());
    for (size_t i = 0; i + 1 < 40; ++i) {
        whole.project(std::span(rows).subspan(i * width, width), a);
        whole.project(std::span(rows).subspan((i + 1) * width, width), b);
        double fast = 0.0;
        double slow = 0.0;
        for (size_t j = 0; j < width; ++j) {
            fast += std::pow(static_cast<double>(a[j]) - static_cast<double>(b[j]), 2);
            slow += std::pow(static_cast<double>(rows[i * width + j]) - static_cast<double>(rows[(i + 1) * width + j]), 2) / square[j];
        }
        worst = std::max(worst, std::abs(fast / slow - 1.0));
    }
    report.at_most("distances of standardised features, relative", worst, 0.03);  // P has 8 bits
    const KeySpace part = KeySpace::fit(rows, width, 6, 1);
    report.holds("fewer components keep less, but most", part.kept() < whole.kept() && part.kept() > 6.0 / width);
    const std::vector<float> values = part.values();
    report.holds("a space comes back from its values", KeySpace::from_values(values).values() == values);
    report.holds("values that are no space are refused", code_thrown_by([&] { KeySpace::from_values(std::span(values).first(values.size() - 1)); }) == "ERR_NATIVE");
    std::vector<float> constant(2 * width, 1.5F);
    report.holds("rows that are all alike do no harm", std::isfinite(KeySpace::fit(constant, width, width, 1).kept()));
}

void search_finds_the_nearest(Report & report) {
    const std::vector<float> features = clustered_rows(HeadMemory::most_searched_wholly + 2000, 60, 2);
    const KeySpace space = KeySpace::fit(std::span(features).first(800 * width), width, 16, 2);
    const HeadRows all = rows_of(space, features, 50);
    HeadRows few;
    few.keys.assign(all.keys.begin(), all.keys.begin() + static_cast<std::ptrdiff_t>(3000 * space.components()));
    few.scales.assign(all.scales.begin(), all.scales.begin() + 3000);
    few.tokens.assign(all.tokens.begin(), all.tokens.begin() + 3000);
    few.sources.assign(all.sources.begin(), all.sources.begin() + 3000);
    for (const HeadRows & rows : {few, all}) {
        const HeadMemory memory(space, rows, 0.1F, 2);
        size_t found = 0;
        double worst = 0.0;
        constexpr size_t queries = 50;
        std::vector<float> z(space.components());
        for (size_t query = 0; query < queries; ++query) {
            space.project(std::span(features).subspan(query * 37 * width, width), z);
            double least = INFINITY;
            for (size_t row = 0; row < memory.count(); ++row) {
                double square = 0.0;
                for (size_t j = 0; j < z.size(); ++j) {
                    const double key = static_cast<double>(memory.rows().scales[row]) * memory.rows().keys[row * z.size() + j];
                    square += std::pow(static_cast<double>(z[j]) - key, 2);
                }
                least = std::min(least, square / (2.0 * static_cast<double>(width) * space.kept()));
            }
            const std::vector<NearKey> near = memory.nearest(z);
            const double distance = static_cast<double>(near.front().distance);
            found += std::abs(distance - least) <= 1e-6 + 1e-4 * least ? 1 : 0;
            worst = std::max(worst,
                near.size() == HeadMemory::neighbours && std::is_sorted(near.begin(), near.end(), [](const NearKey & a, const NearKey & b) { return a.distance < b.distance; })
                    ? 0.0
                    : 1.0);
        }
        const std::string name = std::to_string(memory.count()) + " rows";
        report.at_least("nearest of " + name + " found, share", static_cast<double>(found) / queries, memory.count() > HeadMemory::most_searched_wholly ? 0.95 : 1.0);
        report.at_most("eight of " + name + ", nearest first", worst, 0.0);
    }
    HeadRows wrong = few;
    wrong.tokens.pop_back();
    report.holds("arrays of different lengths are refused", code_thrown_by([&] { HeadMemory(space, wrong, 0.1F, 1); }) == "ERR_NATIVE");
}

void mixture_is_a_mixture(Report & report) {
    const std::vector<float> features = clustered_rows(300, 40, 3);
    const KeySpace space = KeySpace::fit(features, width, width, 1);
    constexpr llama_token words = 50;
    const HeadMemory memory(space, rows_of(space, features, static_cast<size_t>(words)), 0.2F, 1);
    std::mt19937_64 random(4);
    std::normal_distribution<float> normal;
    double worst = 0.0;
    double weights = 0.0;
    bool restored = true;
    size_t spoke = 0;
    for (size_t query = 0; query < 40; ++query) {
        std::vector<float> x(features.begin() + static_cast<std::ptrdiff_t>(query * width), features.begin() + static_cast<std::ptrdiff_t>((query + 1) * width));
        for (float & value : x) {
            value += normal(random);
        }
        std::vector<float> logits(static_cast<size_t>(words));
        std::generate(logits.begin(), logits.end(), [&] { return 2.0F * normal(random); });
        const std::vector<float> before(logits);
        const std::vector<double> base(logits.begin(), logits.end());
        const double log_z = slow_log_sum_exp(base);
        HeadReading reading;
        reading.read(memory, x);
        reading.apply(logits, log_z);
        const std::vector<double> mixed(logits.begin(), logits.end());
        const double mixed_log_z = slow_log_sum_exp(mixed);
        const auto share = static_cast<double>(reading.share());
        spoke += share > 0.0 ? 1 : 0;
        for (llama_token w = 0; w < words; ++w) {
            const auto at = static_cast<size_t>(w);
            const double p = (1.0 - share) * std::exp(base[at] - log_z) + static_cast<double>(reading.weight_of(w));
            worst = std::max(worst, std::abs(std::exp(mixed[at] - mixed_log_z) - p));
            worst = std::max(worst, std::abs(std::exp(static_cast<double>(reading.logprob(w, static_cast<float>(base[at] - log_z)))) - p));
            double sum = 0.0;
            for (const ConsolidatedShare & source : reading.sources_of(w)) {
                sum += static_cast<double>(source.weight);
            }
            weights = std::max(weights, std::abs(sum - static_cast<double>(reading.weight_of(w))));
        }
        reading.restore(logits);
        restored = restored && logits == before;
    }
    report.at_least("queries at which the memory spoke", static_cast<double>(spoke), 20.0);
    report.at_most("probabilities against (1 - share)·p + share·w", worst, 1e-6);
    report.at_most("weights of the sources against the token's", weights, 1e-6);
    report.holds("the logits come back as they were", restored);
}

void governor_keeps_the_limit(Report & report) {
    const std::vector<float> features = clustered_rows(600, 40, 5);
    const KeySpace space = KeySpace::fit(features, width, width, 1);
    const HeadMemory memory(space, rows_of(space, std::span(features).first(300 * width), 50), 1.0F, 1);
    const std::span<const float> anchor = std::span(features).subspan(300 * width);
    std::vector<llama_token> tokens(300);
    std::iota(tokens.begin(), tokens.end(), 0);
    const std::vector<float> logprobs(300, -2.0F);
    const GovernedReach tight = govern_reach(memory, anchor, tokens, logprobs, 0.01, 2);
    const GovernedReach loose = govern_reach(memory, anchor, tokens, logprobs, 0.05, 2);
    report.at_most("perplexity of the anchor without the memory", std::abs(tight.anchor_before - std::exp(2.0)), 1e-5);
    report.at_most("rise at a limit of 1 %", tight.anchor_after / tight.anchor_before - 1.0, 0.01 + 1e-6);
    report.holds("a looser limit reaches further", loose.tau > tight.tau && loose.anchor_after > tight.anchor_after);
}

}  // namespace

void check_head_memory(Report & report) {
    report.begin("head memory");
    space_holds_the_variance(report);
    search_finds_the_nearest(report);
    mixture_is_a_mixture(report);
    governor_keeps_the_limit(report);
}

void check_consolidated_replies(Report & report, const Subject & subject) {
    report.begin("head memory");
    const std::vector<llama_token> ordinary = probe_tokens(*subject.model, 60);
    const std::vector<llama_token> prompt(ordinary.begin(), ordinary.begin() + 12);
    EngineBench bench(subject.model, {.context_tokens = 128, .sequences = 2, .threads = 1});
    // What is taught: the prompt, and words that the model would not say itself.
    std::vector<llama_token> taught(prompt);
    taught.insert(taught.end(), ordinary.begin() + 30, ordinary.begin() + 38);
    const HeadRecord anchor = record_head(bench.engine, ordinary, 1);
    const HeadRecord record = record_head(bench.engine, taught, prompt.size());
    const KeySpace space = KeySpace::fit(anchor.features, 2 * static_cast<size_t>(subject.model->head().width()), 32, 1);
    HeadRows rows;
    std::vector<float> z(space.components());
    for (size_t i = prompt.size(); i < taught.size(); ++i) {
        space.project(std::span(record.features).subspan((i - prompt.size()) * space.width(), space.width()), z);
        rows.keys.resize(rows.keys.size() + z.size());
        rows.scales.push_back(quantise_key(z, std::span(rows.keys).last(z.size())));
        rows.tokens.push_back(taught[i]);
        rows.sources.push_back(42);
    }
    const auto memory = std::make_shared<Night>(HeadMemory(space, rows, 0.1F, 1));
    const uint32_t session = bench.engine.open_session();
    const uint32_t other = bench.engine.open_session();
    const auto run = [&](uint32_t whose) {
        GenerateRequest request = bench.request(whose, prompt, 8);
        request.top_logprobs = 2;
        return bench.replies.wait(bench.engine.generate(std::move(request)));
    };
    const Reply plain = run(session);
    bench.engine.set_night(session, memory);
    const Reply recited = run(session);
    const std::vector<llama_token> said = recited.ids();
    report.holds("a reply says what was taught", std::equal(taught.begin() + static_cast<std::ptrdiff_t>(prompt.size()), taught.end(), said.begin(), said.end()));
    bool named = !recited.tokens.empty();
    for (const TokenEvent & token : recited.tokens) {
        named = named && token.consolidated && token.consolidated->share > 0.5F && token.consolidated->sources.size() == 1 && token.consolidated->sources[0].source == 42;
    }
    report.holds("every token names its source", named);
    // Taken greedily, the token that came is the first of its list, though the model alone has another one first.
    report.holds("top log-probabilities hear the head memory", std::all_of(recited.tokens.begin(), recited.tokens.end(), [](const TokenEvent & token) {
        return token.top_logprobs.size() == 2 && token.top_logprobs[0].token == token.token && token.top_logprobs[0].logprob == token.logprob;
    }));
    const Scores scores = score_tokens(bench.engine, taught, prompt.size(), nullptr, 0.0F, memory.get());
    double worst = 0.0;
    for (size_t i = 0; i < std::min(recited.tokens.size(), scores.final.size()); ++i) {
        worst = std::max(worst, std::abs(static_cast<double>(scores.final[i]) - static_cast<double>(recited.tokens[i].logprob)));
    }
    report.at_most("log-probabilities of the reply against a scored pass", worst, 0.02);
    report.holds("another session knows nothing of it", run(other).ids() == plain.ids());
    bench.engine.set_night(session, nullptr);
    report.holds("taken away, the model is as before", run(session).ids() == plain.ids());
    const KeySpace narrow = KeySpace::fit(std::vector<float>(8, 0.0F), 4, 2, 1);
    report.holds("a memory of another width is refused",
        code_thrown_by([&] { bench.engine.set_night(session, std::make_shared<Night>(HeadMemory(narrow, HeadRows{}, 0.1F, 1))); }) == "ERR_NATIVE");
}

}  // namespace graffiti::selftest
