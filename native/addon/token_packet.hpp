// Tokens on their way to JavaScript: all figures of a batch in one Float64Array. Setting some fifty properties a
// token through N-API, one call each, takes several times as long, and where every core decodes the JavaScript
// thread's time is the decoder's. lib/model/token-packet.ts reads it.
#pragma once

#include "engine.hpp"

#include <napi.h>

#include <vector>

namespace graffiti::addon {

class TokenPacket {
  public:
    explicit TokenPacket(Napi::Env env) : env_(env), texts_(Napi::Array::New(env)) {}

    // Per token: request, index, id, log-probability, copy path (−1: none), 1 or 0 for influence or none, 1 or 0 for the
    // head memory speaking or not, the number of top log-probabilities. Of influence: KL, shift, ratio, cosine, flipped, the
    // numbers of promoted and demoted words and of sources, and a pair for each of those: (id, change) or (id, shift). Of the
    // head memory: share, weight, the number of sources, and a pair (id, weight) for each. Last a pair (id, log-probability)
    // for each of the most probable tokens.
    void add(const TokenEvent & token);

    Napi::Float64Array figures() const;
    // The text of each token, in the same order.
    Napi::Array texts() const { return texts_; }

  private:
    void add(const TokenInfluence & influence);
    void add(const ConsolidatedVoice & voice);

    Napi::Env env_;
    std::vector<double> figures_;
    Napi::Array texts_;
    uint32_t count_ = 0;
};

}  // namespace graffiti::addon
