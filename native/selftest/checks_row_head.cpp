// The row head: its products, its loss and gradient, what it does to a row, how it is trained, and what a reply says.

#include "checks.hpp"
#include "figures.hpp"
#include "probe.hpp"
#include "replies.hpp"

#include "measurements.hpp"
#include "products.hpp"
#include "row_loss.hpp"
#include "row_trainer.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace graffiti::selftest {

namespace {

template <typename Real> std::vector<Real> normal_values(size_t count, std::mt19937_64 & random, double deviation = 1.0) {
    std::normal_distribution<double> normal(0.0, deviation);
    std::vector<Real> values(count);
    std::generate(values.begin(), values.end(), [&] { return static_cast<Real>(normal(random)); });
    return values;
}

void products_are_products(Report & report) {
    std::mt19937_64 random(1);
    double worst = 0.0;
    for (const auto & [rows, depth, columns] : {std::tuple<size_t, size_t, size_t>{1, 1, 1}, {4, 9, 32}, {7, 30, 65}, {13, 5, 100}}) {
        for (const bool turned : {false, true}) {
            const std::vector<float> a = normal_values<float>(rows * depth, random);
            const std::vector<float> b = normal_values<float>(depth * columns, random);
            std::vector<float> c = normal_values<float>(rows * columns, random);
            const std::vector<float> before(c);
            const Factor<float> left = turned ? Factor<float>{a.data(), 1, rows} : Factor<float>{a.data(), depth, 1};
            multiply_add(c.data(), left, b.data(), rows, depth, columns, 2);
            for (size_t i = 0; i < rows; ++i) {
                for (size_t j = 0; j < columns; ++j) {
                    auto sum = static_cast<double>(before[i * columns + j]);
                    for (size_t p = 0; p < depth; ++p) {
                        sum += static_cast<double>(turned ? a[p * rows + i] : a[i * depth + p]) * static_cast<double>(b[p * columns + j]);
                    }
                    worst = std::max(worst, std::abs(sum - static_cast<double>(c[i * columns + j])));
                }
            }
        }
    }
    report.at_most("products of odd shapes against plain sums", worst, 1e-4);
}

constexpr size_t width = 10;
constexpr size_t rank = 6;
constexpr size_t words = 7;
constexpr size_t vocabulary = 20;  // the first `words` of it are S

struct Case {
    RowNet<double> net{width, rank, words};
    RowBatch<double> batch;
    std::vector<double> logits;  // of the whole vocabulary, a row each
};

// `elsewhere`: what is added to the logits of all words that are not of S.
Case some_case(uint64_t seed, double elsewhere) {
    std::mt19937_64 random(seed);
    Case made;
    made.net.a = normal_values<double>(width * rank, random, 0.4);
    made.net.k = normal_values<double>(rank, random, 0.3);
    made.net.b = normal_values<double>(rank * words, random, 0.5);
    constexpr size_t told = 5;
    constexpr size_t count = 11;
    made.batch.anchor_weight = 3.0;
    made.batch.x = normal_values<double>(count * width, random);
    for (size_t i = 0; i < count; ++i) {
        std::vector<double> row = normal_values<double>(vocabulary, random, 2.0);
        std::for_each(row.begin() + words, row.end(), [&](double & logit) { logit += elsewhere; });
        made.logits.insert(made.logits.end(), row.begin(), row.end());
        made.batch.logits.insert(made.batch.logits.end(), row.begin(), row.begin() + words);
        made.batch.rests.push_back(slow_log_sum_exp(std::span(row).subspan(words)));
        if (i < told) {
            made.batch.targets.push_back(random() % words);
        }
    }
    return made;
}

// Over the whole vocabulary, word by word.
RowLoss slow_loss(const Case & made) {
    RowLoss loss;
    const size_t told = made.batch.targets.size();
    const size_t count = made.batch.rests.size();
    for (size_t i = 0; i < count; ++i) {
        const std::vector<double> base(made.logits.begin() + static_cast<std::ptrdiff_t>(i * vocabulary), made.logits.begin() + static_cast<std::ptrdiff_t>((i + 1) * vocabulary));
        std::vector<double> changed(base);
        for (size_t unit = 0; unit < rank; ++unit) {
            double sum = made.net.k[unit];
            for (size_t j = 0; j < width; ++j) {
                sum += made.net.a[j * rank + unit] * made.batch.x[i * width + j];
            }
            for (size_t v = 0; v < words; ++v) {
                changed[v] += made.net.b[unit * words + v] * std::max(0.0, sum);
            }
        }
        const double base_log_z = slow_log_sum_exp(base);
        const double log_z = slow_log_sum_exp(changed);
        if (i < told) {
            loss.told += (log_z - changed[made.batch.targets[i]]) / static_cast<double>(told);
        } else {
            for (size_t v = 0; v < vocabulary; ++v) {
                const double p = std::exp(base[v] - base_log_z);
                loss.anchor += p * ((base[v] - base_log_z) - (changed[v] - log_z)) / static_cast<double>(count - told);
            }
        }
    }
    return loss;
}

void loss_and_gradient_are_exact(Report & report) {
    double loss_error = 0.0;
    double gradient_error = 0.0;
    double single_error = 0.0;
    size_t checked = 0;
    for (const double elsewhere : {0.0, -40.0, 30.0}) {
        Case made = some_case(7, elsewhere);
        RowNet<double> gradient(made.net);
        const RowLoss loss = row_loss(made.net, made.batch, gradient, 2);
        const RowLoss slow = slow_loss(made);
        loss_error = std::max({loss_error, std::abs(loss.told - slow.told), std::abs(loss.anchor - slow.anchor)});
        // Central differences of the slow loss.
        const auto compare = [&](std::vector<double> & parameters, const std::vector<double> & slopes) {
            const double largest = std::accumulate(slopes.begin(), slopes.end(), 0.0, [](double most, double slope) { return std::max(most, std::abs(slope)); });
            for (size_t i = 0; i < parameters.size(); ++i) {
                constexpr double step = 1e-5;
                const double value = parameters[i];
                const auto total = [&](double at) {
                    parameters[i] = at;
                    const RowLoss moved = slow_loss(made);
                    return moved.told + made.batch.anchor_weight * moved.anchor;
                };
                const double difference = (total(value + step) - total(value - step)) / (2.0 * step);
                parameters[i] = value;
                gradient_error = std::max(gradient_error, std::abs(difference - slopes[i]) / std::max(largest, 1e-3));
                ++checked;
            }
        };
        compare(made.net.a, gradient.a);
        compare(made.net.k, gradient.k);
        compare(made.net.b, gradient.b);

        const auto narrow = [](const std::vector<double> & values) { return std::vector<float>(values.begin(), values.end()); };
        RowNet<float> net(width, rank, words);
        net.a = narrow(made.net.a);
        net.k = narrow(made.net.k);
        net.b = narrow(made.net.b);
        const RowBatch<float> batch{narrow(made.batch.x), narrow(made.batch.logits), narrow(made.batch.rests), made.batch.targets, 3.0F};
        RowNet<float> single(net);
        row_loss(net, batch, single, 1);
        for (size_t i = 0; i < single.b.size(); ++i) {
            single_error = std::max(single_error, std::abs(static_cast<double>(single.b[i]) - gradient.b[i]));
        }
        for (size_t i = 0; i < single.a.size(); ++i) {
            single_error = std::max(single_error, std::abs(static_cast<double>(single.a[i]) - gradient.a[i]));
        }
    }
    report.at_most("loss against sums over the whole vocabulary, nats", loss_error, 1e-9);
    report.at_most("gradient against finite differences, relative", gradient_error, 1e-5, std::to_string(checked) + " slopes");
    report.at_most("gradient in single against double precision", single_error, 1e-4);
}

RowHead some_head(uint64_t seed, size_t inputs, std::vector<llama_token> named, double size) {
    std::mt19937_64 random(seed);
    const std::vector<float> a = normal_values<float>(rank * inputs, random, 1.0 / std::sqrt(static_cast<double>(inputs)));
    const std::vector<float> k = normal_values<float>(rank, random, 0.3);
    const std::vector<float> b = normal_values<float>(rank * named.size(), random, size);
    return RowHead({std::move(named), a, k, b});
}

void reading_moves_the_logits(Report & report) {
    const RowHead head = some_head(3, width, {1, 4, 5, 17}, 2.0);
    std::mt19937_64 random(5);
    double worst = 0.0;
    double shares = 0.0;
    bool restored = true;
    size_t spoke = 0;
    for (int query = 0; query < 40; ++query) {
        const std::vector<float> x = normal_values<float>(width, random);
        std::vector<float> logits = normal_values<float>(vocabulary, random, 2.0);
        logits[5] = query % 3 == 0 ? -1e30F : logits[5];  // masked
        const std::vector<float> before(logits);
        std::vector<double> base(logits.begin(), logits.end());
        std::vector<double> changed(base);
        for (size_t unit = 0; unit < rank; ++unit) {
            auto sum = static_cast<double>(head.values().k[unit]);
            for (size_t j = 0; j < width; ++j) {
                sum += static_cast<double>(head.values().a[unit * width + j]) * static_cast<double>(x[j]);
            }
            for (size_t v = 0; v < head.words().size(); ++v) {
                changed[static_cast<size_t>(head.words()[v])] += static_cast<double>(head.values().b[unit * head.words().size() + v]) * std::max(0.0, sum);
            }
        }
        const double log_z = slow_log_sum_exp(base);
        const double changed_log_z = slow_log_sum_exp(changed);
        RowReading reading;
        reading.read(head, x);
        reading.apply(logits, log_z);
        double share = 0.0;
        for (size_t w = 0; w < vocabulary; ++w) {
            const double p = std::exp(base[w] - log_z);
            const double q = std::exp(changed[w] - changed_log_z);
            const auto token = static_cast<llama_token>(w);
            share += std::max(0.0, q - p);
            worst = std::max(worst, std::abs(std::exp(static_cast<double>(logits[w]) - changed_log_z) - q));
            worst = std::max(worst, std::abs(std::exp(static_cast<double>(reading.logprob(token, static_cast<float>(base[w] - log_z)))) - q));
            shares = std::max(shares, std::abs(static_cast<double>(reading.weight_of(token, static_cast<float>(base[w] - log_z))) - std::max(0.0, q - p)));
        }
        shares = std::max(shares, std::abs(share - static_cast<double>(reading.share())));
        spoke += reading.share() > 0.0F ? 1 : 0;
        reading.restore(logits);
        restored = restored && logits == before;
    }
    report.at_least("rows at which it spoke", static_cast<double>(spoke), 20.0);
    report.at_most("probabilities against B·relu(A·x + k)", worst, 1e-5);
    report.at_most("share and weights against what moved", shares, 2e-3);
    report.holds("the logits come back as they were", restored);
    const RowHeadValues & values = head.values();
    const auto refused = [&](auto damage) {
        RowHeadValues wrong(values);
        damage(wrong);
        return code_thrown_by([&] { RowHead{std::move(wrong)}; }) == "ERR_NATIVE";
    };
    report.holds("arrays that do not fit, are no numbers or name a word twice are refused",
        refused([](RowHeadValues & wrong) { wrong.b.pop_back(); }) && refused([](RowHeadValues & wrong) { wrong.a.pop_back(); }) &&
            refused([](RowHeadValues & wrong) { wrong.k.clear(); }) && refused([](RowHeadValues & wrong) { wrong.a[3] = NAN; }) &&
            refused([](RowHeadValues & wrong) { wrong.words[1] = wrong.words[0]; }));
}

RowRecords records_of(Engine & engine, const std::vector<llama_token> & text, size_t first, const std::vector<llama_token> & told) {
    HeadRecord record = record_head(engine, text, first, told);
    return {std::move(record.features), {text.begin() + static_cast<std::ptrdiff_t>(first), text.end()}, std::move(record.logprobs), std::move(record.rests)};
}

double mean(const std::vector<float> & values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

void training_teaches(Report & report, const Subject & subject, EngineBench & bench) {
    const OutputHead & head = subject.model->head();
    const std::vector<llama_token> ordinary = probe_tokens(*subject.model, 60);
    std::vector<llama_token> taught(ordinary.begin(), ordinary.begin() + 12);
    const std::vector<llama_token> prompt(taught);
    taught.insert(taught.end(), ordinary.begin() + 30, ordinary.begin() + 38);
    std::vector<llama_token> told(ordinary.begin() + 30, ordinary.begin() + 38);
    std::sort(told.begin(), told.end());
    told.erase(std::unique(told.begin(), told.end()), told.end());
    const RowRecords lesson = records_of(bench.engine, taught, prompt.size(), told);
    // The text itself says the told words, elsewhere: its first half is trained on, its second governs.
    const RowRecords kept = records_of(bench.engine, {ordinary.begin(), ordinary.begin() + 30}, 1, told);
    const RowRecords governing = records_of(bench.engine, ordinary, 40, told);
    RowTraining training;
    training.rank = 8;
    training.limit = 0.05;
    float last = -1.0F;
    const auto train = [&] {
        return train_rows(head, lesson, kept, governing, training, [&](float fraction) {
            last = fraction;
            return true;
        });
    };
    const TrainedRows trained = train();
    report.at_most("rise of the governing perplexity at a limit of 5 %", trained.anchor_after / trained.anchor_before - 1.0, 0.05 + 1e-6);
    report.at_most("perplexity it governs by against the model's", std::abs(trained.anchor_before / std::exp(-mean(governing.logprobs)) - 1.0), 1e-5);
    report.holds("progress is reported", last > 0.9F);
    training.threads = 2;
    const TrainedRows again = train();
    report.holds("training is the same each time and with more threads",
        again.values.a == trained.values.a && again.values.k == trained.values.k && again.values.b == trained.values.b && again.values.words == told);
    report.holds("training can be given up", code_thrown_by([&] { train_rows(head, lesson, kept, governing, training, [](float) { return false; }); }) == "ERR_ABORTED");
    report.holds("rows that do not fit are refused", code_thrown_by([&] { train_rows(head, lesson, kept, {}, training, {}); }) == "ERR_NATIVE");

    const Night night{RowHead(trained.values)};
    const Scores scores = score_tokens(bench.engine, taught, prompt.size(), nullptr, 0.0F, &night);
    report.at_most("told words, nats after the night minus before", mean(scores.base) - mean(scores.final), -0.3);
    const Scores anchor = score_tokens(bench.engine, ordinary, 40, nullptr, 0.0F, &night);
    // Quantised heads round the states that the model multiplies with.
    report.at_most("perplexity of the governing text, run again, against what training said",
        std::abs(std::exp(-mean(anchor.final)) / trained.anchor_after - 1.0),
        subject.on_host ? 0.02 : 0.05);
}

void replies_follow(Report & report, const Subject & subject, EngineBench & bench) {
    const OutputHead & head = subject.model->head();
    const std::vector<llama_token> text = probe_tokens(*subject.model, 40);
    const std::vector<llama_token> prompt(text.begin(), text.begin() + 12);
    std::vector<llama_token> named(text.begin() + 12, text.end());
    std::sort(named.begin(), named.end());
    named.erase(std::unique(named.begin(), named.end()), named.end());
    const auto night = std::make_shared<Night>(some_head(9, 2 * static_cast<size_t>(head.width()), named, 3.0));
    auto spray = std::make_shared<Spray>(simple_spray(head, random_vector(head, 41), Site::pre_norm, true, 0.1F));
    spray->strength = 0.3F;
    spray->sources = {{1, 1.0F, spray->vector, 0.0}};
    const uint32_t session = bench.engine.open_session();
    const auto first_token = [&] {
        GenerateRequest request = bench.request(session, prompt, 8);
        request.influence = true;
        request.sources = 1;
        return bench.replies.wait(bench.engine.generate(std::move(request)));
    };
    const Reply plain = first_token();
    bench.engine.set_night(session, night);
    const Reply changed = first_token();
    std::vector<llama_token> whole(prompt);
    for (const TokenEvent & token : changed.tokens) {
        whole.push_back(token.token);
    }
    const Scores scores = score_tokens(bench.engine, whole, prompt.size(), nullptr, 0.0F, night.get());
    double worst = 0.0;
    bool spoken = false;
    for (size_t i = 0; i < changed.tokens.size(); ++i) {
        const TokenEvent & token = changed.tokens[i];
        worst = std::max(worst, std::abs(static_cast<double>(scores.final[i]) - static_cast<double>(token.logprob)));
        spoken =
            spoken || (token.consolidated && token.consolidated->share > 0.0F && token.consolidated->weight <= token.consolidated->share && token.consolidated->sources.empty());
    }
    report.at_most("log-probabilities of a reply against a scored pass", worst, 0.02);
    report.holds("it changes what is said, and events say how much of it was the night", spoken && changed.ids() != plain.ids());
    // The spray acts before the night: its figures are those of a reply without one.
    bench.engine.set_spray(session, spray);
    const Reply both = first_token();
    bench.engine.set_night(session, nullptr);
    const Reply sprayed = first_token();
    const bool present = !both.tokens.empty() && !sprayed.tokens.empty() && both.tokens[0].influence && sprayed.tokens[0].influence;
    report.holds("the spray's influence is the same with a night", present);
    if (present) {
        report.at_most("its KL with a night against without", std::abs(static_cast<double>(both.tokens[0].influence->kl - sprayed.tokens[0].influence->kl)), 1e-6);
        report.at_least("KL of the spray", static_cast<double>(sprayed.tokens[0].influence->kl), 1e-4);
    }
    const Scores without = score_tokens(bench.engine, whole, prompt.size(), spray, 1.0F, nullptr);
    const Scores with = score_tokens(bench.engine, whole, prompt.size(), spray, 1.0F, night.get());
    report.holds(
        "scores: base and sprayed log-probabilities are the same with a night", without.base == with.base && without.sprayed == with.sprayed && without.final != with.final);
    bench.engine.set_spray(session, nullptr);
    report.holds("taken away, the model is as before", first_token().ids() == plain.ids());
    const auto wide = std::make_shared<Night>(some_head(9, 3, named, 1.0));
    const auto foreign = std::make_shared<Night>(some_head(9, 2 * static_cast<size_t>(head.width()), {static_cast<llama_token>(head.vocabulary())}, 1.0));
    report.holds("one of another width, or of words the model does not have, is refused",
        code_thrown_by([&] { bench.engine.set_night(session, wide); }) == "ERR_NATIVE" && code_thrown_by([&] { bench.engine.set_night(session, foreign); }) == "ERR_NATIVE");
}

}  // namespace

void check_row_head(Report & report) {
    report.begin("row head");
    products_are_products(report);
    loss_and_gradient_are_exact(report);
    reading_moves_the_logits(report);
}

void check_trained_rows(Report & report, const Subject & subject) {
    report.begin("row head");
    EngineBench bench(subject.model, {.context_tokens = 128, .sequences = 2, .threads = 1});
    training_teaches(report, subject, bench);
    replies_follow(report, subject, bench);
}

}  // namespace graffiti::selftest
