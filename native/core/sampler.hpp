// llama.cpp's sampler chain for one reply.
#pragma once

#include "model.hpp"
#include "tool_format.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

struct common_sampler;

namespace graffiti {

struct SamplingOptions {
    float temperature = 0.8F;         // 0 = always the most probable token
    int32_t top_k = 40;               // 0 = off
    float top_p = 0.95F;              // 1 = off
    float min_p = 0.05F;              // 0 = off
    float repetition_penalty = 1.0F;  // 1 = off
    float frequency_penalty = 0.0F;   // 0 = off
    float presence_penalty = 0.0F;    // 0 = off
    int32_t penalty_tokens = 64;      // last tokens the penalties look at
    uint32_t seed = 0xFFFFFFFFU;      // this value = a random one
    std::vector<std::pair<llama_token, float>> logit_bias;
    std::string grammar;                              // GBNF, or ""
    std::string json_schema;                          // turned into a grammar, or ""
    std::shared_ptr<const ToolFormat> tool_format{};  // holds the reply to it; in place of the other two, or null
};

class Sampler {
  public:
    // Throws ERR_NATIVE when grammar or schema cannot be used.
    Sampler(const Model & model, const SamplingOptions & options);

    // Samples from row `index` of the last decode and tells the chain what was chosen.
    llama_token sample(llama_context * context, int32_t index);

    // Tells the penalties, but not the grammar, about a token of the prompt.
    void accept_prompt(llama_token token);

  private:
    struct Free {
        void operator()(common_sampler * sampler) const;
    };
    std::unique_ptr<common_sampler, Free> sampler_;
};

}  // namespace graffiti
