// Runs texts through a context of its own and shows what goes into chosen weight matrices and what comes out, token
// by token: for y = Wx, x is the second operand of the graph's matrix product and y its result, before any bias.
// Experts of a mixture (MUL_MAT_ID) are seen one by one. No adapter acts in this context.
#pragma once

#include "model.hpp"

#include <ggml.h>

#include <exception>
#include <functional>
#include <regex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace graffiti {

struct RecordedWeight {
    std::string name;      // of the tensor in the file, blk.0.ffn_down.weight
    size_t inputs = 0;     // length of x
    size_t outputs = 0;    // length of y
    size_t experts = 0;    // 0: dense
    size_t per_token = 1;  // experts that see each token
};

// One product of one token.
struct RecordedRow {
    size_t weight;  // index into weights()
    size_t expert;  // 0 when dense
    std::span<const float> input;
    std::span<const float> output;
};

class LayerRecorder {
  public:
    // Finds the weights whose names match. Throws ERR_UNSUPPORTED_ARCHITECTURE when there is none, or when the graph
    // uses them in a way that cannot be recorded.
    LayerRecorder(const Model & model, const std::string & pattern, uint32_t context_tokens, int threads);

    const std::vector<RecordedWeight> & weights() const { return weights_; }

    using Visit = std::function<void(const RecordedRow &)>;
    // Visits positions first … last − 1 of the tokens for every weight marked in `wanted`.
    void run(const std::vector<llama_token> & tokens, size_t first, size_t last, const std::vector<bool> & wanted, const Visit & visit);

  private:
    bool wants(const ggml_tensor * node) const;
    void read(const ggml_tensor * node);
    void discover(const ggml_tensor * node);
    void decode(const std::vector<llama_token> & tokens, size_t begin, size_t count);
    static bool evaluate(ggml_tensor * node, bool ask, void * user_data);

    const Model & model_;
    std::regex pattern_;
    ContextPointer context_;
    std::vector<RecordedWeight> weights_;
    std::unordered_map<std::string, size_t> indices_;
    bool discovering_ = true;
    std::exception_ptr failure_;
    // Of the pass at hand.
    const std::vector<bool> * wanted_ = nullptr;
    const Visit * visit_ = nullptr;
    size_t batch_begin_ = 0;
    size_t batch_count_ = 0;
    size_t first_ = 0;
    size_t last_ = 0;
    size_t waiting_ = 0;  // wanted weights not seen yet in this decode
    std::vector<float> inputs_;
    std::vector<float> outputs_;
    std::vector<int32_t> experts_;
};

}  // namespace graffiti
