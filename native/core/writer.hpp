// Writers: how a told text becomes a memory vector. Both vectors depend on the text alone, never on the
// conversation around it, so that forgetting one text leaves no trace in the vectors of others.
//
//   surprise gradient   grad = mean over its tokens x_t of [−log p_{t−1}(x_t)]·idf(x_t)·Gᵀ(e_{x_t} − p_{t−1})
//   A = F⁻¹(grad − grad of the references)/N_S + (mean u − mean u of the references)/N_μ
//
// A keeps its size: a text that surprised more counts more when memories are added up, and the errors of
// many texts cancel. The sum is brought to Fisher norm 1 when it is sprayed. N_S and N_μ: Calibration.
#pragma once

#include "calibration.hpp"
#include "row_pass.hpp"

#include <string>
#include <vector>

namespace graffiti {

enum class Writer : uint8_t {
    gradient,  // A above: the default
    mean,      // mean of u over the text: baseline
    random,    // one fixed random direction per model: the ablation
    notebook,  // the published notebook: W_s·mean(hidden state after the norm) + b_s, W_s random, seeded
};

struct EncodedText {
    std::vector<float> spray;  // x, d floats
    std::vector<float> key;    // (mean u − mean u of the references)/its length: for recall by cosine
};

// A text as the model hears it: a user turn. Rows from `first_content − 1` on predict the told tokens.
struct ToldText {
    std::vector<llama_token> tokens;
    size_t first_content;
};

// Tokens of `text` in a user turn, cut into pieces that fit a context of `context_tokens`.
std::vector<ToldText> tell(const Model & model, const ChatTemplate & chat, const std::string & text, size_t context_tokens);

// Sums over the rows of told texts; feed it every row, then read the result.
class ToldStatistics {
  public:
    // rarity: idf per token; null counts every token alike (used while the calibration is being made).
    ToldStatistics(const OutputHead & head, const std::vector<float> & rarity);

    void add_row(const ToldText & text, const RowView & row);

    std::vector<double> gradient(int threads) const;
    std::vector<double> mean_state() const;  // mean u over the told tokens

  private:
    const OutputHead & head_;
    const std::vector<float> & rarity_;
    std::vector<float> weights_;  // Σ_t weight·(e_{x_t} − p_{t−1}), V floats
    std::vector<float> exponentials_;
    std::vector<float> normed_;
    std::vector<double> state_;
    size_t predicted_ = 0;
    size_t told_ = 0;
};

EncodedText write_memory(Writer writer, const Model & model, const Calibration & calibration, const ToldStatistics & statistics, int threads);

// The notebook's default: seeded like every other run of it here.
constexpr uint32_t notebook_seed = 42;

}  // namespace graffiti
