#include "token_packet.hpp"

#include <algorithm>

namespace graffiti::addon {

void TokenPacket::add(const TokenEvent & token) {
    const bool influenced = token.influence.has_value();
    figures_.insert(figures_.end(),
        {static_cast<double>(token.request),
            static_cast<double>(token.index),
            static_cast<double>(token.token),
            static_cast<double>(token.logprob),
            static_cast<double>(token.copied),
            influenced ? 1.0 : 0.0,
            token.consolidated ? 1.0 : 0.0,
            static_cast<double>(token.top_logprobs.size())});
    if (influenced) {
        add(*token.influence);
    }
    if (token.consolidated) {
        add(*token.consolidated);
    }
    for (const TokenLogprob & candidate : token.top_logprobs) {
        figures_.insert(figures_.end(), {static_cast<double>(candidate.token), static_cast<double>(candidate.logprob)});
    }
    texts_.Set(count_++, token.text);
}

void TokenPacket::add(const TokenInfluence & influence) {
    figures_.insert(figures_.end(),
        {static_cast<double>(influence.kl),
            static_cast<double>(influence.shift),
            static_cast<double>(influence.ratio),
            static_cast<double>(influence.cosine),
            influence.flipped ? 1.0 : 0.0,
            static_cast<double>(influence.promoted.size()),
            static_cast<double>(influence.demoted.size()),
            static_cast<double>(influence.sources.size())});
    for (const auto * movers : {&influence.promoted, &influence.demoted}) {
        for (const Mover & mover : *movers) {
            figures_.insert(figures_.end(), {static_cast<double>(mover.token), static_cast<double>(mover.change)});
        }
    }
    for (const SourceShare & source : influence.sources) {
        figures_.insert(figures_.end(), {static_cast<double>(source.id), static_cast<double>(source.shift)});
    }
}

void TokenPacket::add(const ConsolidatedVoice & voice) {
    figures_.insert(figures_.end(), {static_cast<double>(voice.share), static_cast<double>(voice.weight), static_cast<double>(voice.sources.size())});
    for (const ConsolidatedShare & source : voice.sources) {
        figures_.insert(figures_.end(), {static_cast<double>(source.source), static_cast<double>(source.weight)});
    }
}

Napi::Float64Array TokenPacket::figures() const {
    Napi::Float64Array array = Napi::Float64Array::New(env_, figures_.size());
    std::copy(figures_.begin(), figures_.end(), array.Data());
    return array;
}

}  // namespace graffiti::addon
