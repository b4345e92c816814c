#include "writer.hpp"

#include "row_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace graffiti {

namespace {

std::vector<double> minus(std::vector<double> a, const std::vector<double> & b) {
    for (size_t j = 0; j < a.size(); ++j) {
        a[j] -= b[j];
    }
    return a;
}

// nf: divides by the Fisher norm; a zero vector stays zero.
std::vector<double> fisher_normalised(const Calibration & calibration, std::vector<double> vector) {
    const double norm = calibration.fisher_norm(vector);
    for (double & value : vector) {
        value = norm > 0.0 ? value / norm : 0.0;
    }
    return vector;
}

std::vector<float> to_float(const std::vector<double> & values) {
    return {values.begin(), values.end()};
}

// Uniform in [0, 1) from the top 53 bits: unlike the standard distributions, the same on every platform.
double uniform(std::mt19937_64 & random) {
    return static_cast<double>(random() >> 11U) * 0x1.0p-53;
}

std::vector<double> random_direction(const OutputHead & head) {
    std::mt19937_64 random(notebook_seed);
    std::vector<float> vector(static_cast<size_t>(head.width()));
    for (float & value : vector) {
        double sum = -6.0;  // twelve uniforms: close enough to a normal variate
        for (int i = 0; i < 12; ++i) {
            sum += uniform(random);
        }
        value = static_cast<float>(sum);
    }
    head.centre(vector);
    return {vector.begin(), vector.end()};
}

// torch.nn.Linear(d, d) as it is initialised: weights and bias uniform in ±1/√d. Never trained.
std::vector<double> notebook_projection(const std::vector<double> & state) {
    const size_t d = state.size();
    const double bound = 1.0 / std::sqrt(static_cast<double>(d));
    std::mt19937_64 random(notebook_seed);
    std::vector<double> result(d);
    for (size_t i = 0; i < d; ++i) {
        double sum = 0.0;
        for (size_t j = 0; j < d; ++j) {
            sum += (2.0 * uniform(random) - 1.0) * bound * state[j];
        }
        result[i] = sum;
    }
    for (double & value : result) {
        value += (2.0 * uniform(random) - 1.0) * bound;
    }
    return result;
}

}  // namespace

std::vector<ToldText> tell(const Model & model, const ChatTemplate & chat, const std::string & text, size_t context_tokens) {
    const RenderedChat rendered = chat.render({{"user", text}}, false);
    const TextRange content = rendered.contents.empty() ? TextRange{0, rendered.text.size()} : rendered.contents.front();
    const std::string prefix = rendered.text.substr(0, content.first);
    const std::string heard = rendered.text.substr(0, content.second);
    const std::vector<llama_token> before = model.tokenize(prefix, true, true);
    const std::vector<llama_token> all = model.tokenize(heard, true, true, {content});
    // Tokens the template alone would give: the told text begins where the two differ.
    size_t first = 0;
    while (first < before.size() && first < all.size() && before[first] == all[first]) {
        ++first;
    }
    const size_t room = context_tokens > first + 1 ? context_tokens - first : 1;
    std::vector<ToldText> texts;
    for (size_t begin = first; begin < all.size(); begin += room) {
        ToldText part{{all.begin(), all.begin() + static_cast<std::ptrdiff_t>(first)}, first};
        const size_t end = std::min(all.size(), begin + room);
        part.tokens.insert(part.tokens.end(), all.begin() + static_cast<std::ptrdiff_t>(begin), all.begin() + static_cast<std::ptrdiff_t>(end));
        texts.push_back(std::move(part));
    }
    return texts;
}

ToldStatistics::ToldStatistics(const OutputHead & head, const std::vector<float> & rarity)
    : head_(head),
      rarity_(rarity),
      weights_(static_cast<size_t>(head.vocabulary()), 0.0F),
      exponentials_(weights_.size()),
      normed_(static_cast<size_t>(head.width())),
      state_(static_cast<size_t>(head.width()), 0.0) {}

void ToldStatistics::add_row(const ToldText & text, const RowView & row) {
    if (row.position >= text.first_content) {
        head_.normalise(row.result.hidden, normed_);
        for (size_t j = 0; j < normed_.size(); ++j) {
            state_[j] += static_cast<double>(normed_[j]);
        }
        ++told_;
    }
    const size_t next = row.position + 1;
    if (next < text.first_content || next >= text.tokens.size()) {
        return;
    }
    const auto word = static_cast<size_t>(text.tokens[next]);
    const float maximum = sanitise(row.logits);
    const Moments moments = exponentiate(row.logits, maximum, row.logits, exponentials_);
    const double surprise = static_cast<double>(maximum) + std::log(moments.z) - static_cast<double>(row.logits[word]);
    const double weight = surprise * (rarity_.empty() ? 1.0 : static_cast<double>(rarity_[word]));
    const auto scale = static_cast<float>(-weight / moments.z);
    for (size_t w = 0; w < weights_.size(); ++w) {
        weights_[w] += scale * exponentials_[w];
    }
    weights_[word] += static_cast<float>(weight);
    ++predicted_;
}

std::vector<double> ToldStatistics::gradient(int threads) const {
    std::vector<double> gradient = head_.project_transposed(weights_, threads);
    for (double & value : gradient) {
        value /= static_cast<double>(std::max<size_t>(predicted_, 1));
    }
    return gradient;
}

std::vector<double> ToldStatistics::mean_state() const {
    std::vector<double> mean(state_);
    for (double & value : mean) {
        value /= static_cast<double>(std::max<size_t>(told_, 1));
    }
    return mean;
}

EncodedText write_memory(Writer writer, const Model & model, const Calibration & calibration, const ToldStatistics & statistics, int threads) {
    const std::vector<double> state = statistics.mean_state();
    const std::vector<double> specific = minus(state, calibration.reference_state());
    EncodedText encoded;

    double squares = 0.0;
    for (const double value : specific) {
        squares += value * value;
    }
    encoded.key.resize(specific.size());
    for (size_t j = 0; j < specific.size(); ++j) {
        encoded.key[j] = squares > 0.0 ? static_cast<float>(specific[j] / std::sqrt(squares)) : 0.0F;
    }

    switch (writer) {
        case Writer::gradient: {
            std::vector<double> sum = calibration.precondition(minus(statistics.gradient(threads), calibration.reference_gradient()));
            for (size_t j = 0; j < sum.size(); ++j) {
                sum[j] = sum[j] / calibration.gradient_scale() + specific[j] / calibration.state_scale();
            }
            encoded.spray = to_float(sum);
            break;
        }
        case Writer::mean: encoded.spray = to_float(fisher_normalised(calibration, state)); break;
        case Writer::random: encoded.spray = to_float(fisher_normalised(calibration, random_direction(model.head()))); break;
        case Writer::notebook: encoded.spray = to_float(notebook_projection(model.head().after_norm(state))); break;
    }
    return encoded;
}

}  // namespace graffiti
