#include "head_memory.hpp"

#include "error.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace graffiti {

namespace {

constexpr float most_share = 0.98F;     // λ at distance 0
constexpr float temperature = 0.05F;    // of the softmax over neighbours
constexpr float least_share = 1e-3F;    // below, the memory is silent
constexpr size_t groups_searched = 12;  // of about √rows
constexpr size_t candidates = 32;       // kept from the int8 search, then compared exactly

int32_t dot(const int8_t * a, const int8_t * b, size_t count) {
    int32_t sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < count; ++j) {
        sum += static_cast<int32_t>(a[j]) * static_cast<int32_t>(b[j]);
    }
    return sum;
}

// The same with one side unsigned, which AVX-512 VNNI multiplies and adds in one instruction: GCC sees that in a plain loop,
// not under `omp simd`.
int32_t dot(const uint8_t * a, const int8_t * b, size_t count) {
    int32_t sum = 0;
    for (size_t j = 0; j < count; ++j) {
        sum += static_cast<int32_t>(a[j]) * static_cast<int32_t>(b[j]);
    }
    return sum;
}

}  // namespace

float quantise_key(std::span<const float> z, std::span<int8_t> out) {
    float largest = 0.0F;
    for (const float value : z) {
        largest = std::max(largest, std::abs(value));
    }
    const float scale = largest > 0.0F ? largest / 127.0F : 1.0F;
    for (size_t j = 0; j < z.size(); ++j) {
        out[j] = static_cast<int8_t>(std::lround(z[j] / scale));
    }
    return scale;
}

float gate(float distance, float tau) {
    const float share = most_share * std::exp(-distance / tau);
    return share >= least_share ? share : 0.0F;
}

std::vector<float> neighbour_weights(std::span<const NearKey> near) {
    std::vector<float> weights;
    float sum = 0.0F;
    for (const NearKey & key : near) {
        weights.push_back(std::exp((near.front().distance - key.distance) / temperature));
        sum += weights.back();
    }
    for (float & weight : weights) {
        weight /= sum;
    }
    return weights;
}

struct HeadMemory::Candidate {
    float square;
    size_t row;
    bool operator<(const Candidate & other) const { return square < other.square || (square == other.square && row < other.row); }
};

HeadMemory::HeadMemory(KeySpace space, HeadRows rows, float tau, int threads) : space_(std::move(space)), rows_(std::move(rows)), tau_(tau) {
    const size_t k = space_.components();
    const size_t n = rows_.tokens.size();
    if (rows_.keys.size() != n * k || rows_.scales.size() != n || rows_.sources.size() != n) {
        throw Error("ERR_NATIVE", "The arrays of a head memory have different lengths");
    }
    if (!(tau > 0.0F) || !std::isfinite(tau)) {
        throw Error("ERR_NATIVE", "The reach of a head memory must be above 0");
    }
    if (n > most_searched_wholly) {
        group(threads);
    }
    squares_.reserve(n);
    sums_.reserve(n);
    for (size_t i = 0; i < n; ++i) {
        const int8_t * key = rows_.keys.data() + i * k;
        squares_.push_back(rows_.scales[i] * rows_.scales[i] * static_cast<float>(dot(key, key, k)));
        sums_.push_back(std::accumulate(key, key + k, 0));
    }
}

// Rows are put into the order of their groups, so that a search reads memory from front to back.
void HeadMemory::group(int threads) {
    const size_t k = space_.components();
    clusters_ = KeyClusters::group(rows_.keys, rows_.scales, k, threads);
    HeadRows ordered;
    ordered.keys.reserve(rows_.keys.size());
    for (const size_t row : clusters_->order()) {
        const auto begin = rows_.keys.begin() + static_cast<std::ptrdiff_t>(row * k);
        ordered.keys.insert(ordered.keys.end(), begin, begin + static_cast<std::ptrdiff_t>(k));
        ordered.scales.push_back(rows_.scales[row]);
        ordered.tokens.push_back(rows_.tokens[row]);
        ordered.sources.push_back(rows_.sources[row]);
    }
    rows_ = std::move(ordered);
}

float HeadMemory::square_distance(std::span<const float> z, size_t row) const {
    const int8_t * key = rows_.keys.data() + row * z.size();
    const float scale = rows_.scales[row];
    float sum = 0.0F;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < z.size(); ++j) {
        const float off = z[j] - scale * static_cast<float>(key[j]);
        sum += off * off;
    }
    return sum;
}

// ‖q − key‖² = ‖q‖² + ‖key‖² − 2⟨q, key⟩ with both sides in int8, ⟨q, key⟩ = ⟨q + 128, key⟩ − 128·Σ key; the best few are
// compared exactly afterwards.
void HeadMemory::search(std::span<const uint8_t> query, float query_scale, float query_square, size_t begin, size_t end, std::vector<Candidate> & best) const {
    const size_t k = query.size();
    for (size_t row = begin; row < end; ++row) {
        const auto product = static_cast<float>(dot(query.data(), rows_.keys.data() + row * k, k) - 128 * sums_[row]);
        const Candidate candidate{query_square + squares_[row] - 2.0F * query_scale * rows_.scales[row] * product, row};
        if (best.size() < candidates) {
            best.push_back(candidate);
            std::push_heap(best.begin(), best.end());
        } else if (candidate < best.front()) {
            std::pop_heap(best.begin(), best.end());
            best.back() = candidate;
            std::push_heap(best.begin(), best.end());
        }
    }
}

std::vector<NearKey> HeadMemory::nearest(std::span<const float> z) const {
    std::vector<int8_t> query(z.size());
    const float scale = quantise_key(z, query);
    const auto square = scale * scale * static_cast<float>(dot(query.data(), query.data(), query.size()));
    std::vector<uint8_t> raised(z.size());  // q + 128
    std::transform(query.begin(), query.end(), raised.begin(), [](int8_t value) { return static_cast<uint8_t>(value + 128); });
    std::vector<Candidate> best;
    best.reserve(candidates);
    if (clusters_) {
        for (const KeyClusters::Range & range : clusters_->nearest(z, groups_searched)) {
            search(raised, scale, square, range.begin, range.end, best);
        }
    } else {
        search(raised, scale, square, 0, count(), best);
    }
    for (Candidate & candidate : best) {
        candidate.square = square_distance(z, candidate.row);
    }
    std::sort(best.begin(), best.end());
    const auto unit = static_cast<float>(1.0 / (2.0 * static_cast<double>(space_.width()) * space_.kept()));
    std::vector<NearKey> result;
    for (size_t i = 0; i < std::min(neighbours, best.size()); ++i) {
        result.push_back({best[i].row, best[i].square * unit});
    }
    return result;
}

void HeadReading::read(const HeadMemory & memory, std::span<const float> features) {
    share_ = 0.0F;
    voices_.clear();
    if (memory.count() == 0) {
        return;
    }
    z_.resize(memory.space().components());
    memory.space().project(features, z_);
    const std::vector<NearKey> near = memory.nearest(z_);
    share_ = gate(near.front().distance, memory.tau());
    if (share_ == 0.0F) {
        return;
    }
    const std::vector<float> weights = neighbour_weights(near);
    for (size_t j = 0; j < near.size(); ++j) {
        voices_.push_back({memory.rows().tokens[near[j].row], memory.rows().sources[near[j].row], share_ * weights[j]});
    }
}

// e^{l'} ∝ p + λw/(1 − λ): only the words that a neighbour names have another logit.
void HeadReading::apply(std::span<float> logits, double log_z) {
    changed_.clear();
    if (share_ == 0.0F) {
        return;
    }
    for (const Voice & voice : voices_) {
        const auto w = static_cast<size_t>(voice.token);
        if (std::any_of(changed_.begin(), changed_.end(), [&](const Changed & other) { return other.token == voice.token; })) {
            continue;
        }
        changed_.push_back({voice.token, logits[w]});
        const double p = std::exp(static_cast<double>(logits[w]) - log_z);
        logits[w] = static_cast<float>(log_z + std::log(p + static_cast<double>(weight_of(voice.token)) / (1.0 - static_cast<double>(share_))));
    }
}

void HeadReading::restore(std::span<float> logits) const {
    for (const Changed & word : changed_) {
        logits[static_cast<size_t>(word.token)] = word.logit;
    }
}

float HeadReading::logprob(llama_token token, float logprob) const {
    if (share_ == 0.0F) {
        return logprob;
    }
    return static_cast<float>(std::log((1.0 - static_cast<double>(share_)) * std::exp(static_cast<double>(logprob)) + static_cast<double>(weight_of(token))));
}

float HeadReading::weight_of(llama_token token) const {
    float weight = 0.0F;
    for (const Voice & voice : voices_) {
        weight += share_ != 0.0F && voice.token == token ? voice.weight : 0.0F;
    }
    return weight;
}

std::vector<ConsolidatedShare> HeadReading::sources_of(llama_token token) const {
    std::vector<ConsolidatedShare> shares;
    for (const Voice & voice : voices_) {
        if (share_ == 0.0F || voice.token != token) {
            continue;
        }
        const auto known = std::find_if(shares.begin(), shares.end(), [&](const ConsolidatedShare & share) { return share.source == voice.source; });
        if (known == shares.end()) {
            shares.push_back({voice.source, voice.weight});
        } else {
            known->weight += voice.weight;
        }
    }
    std::sort(shares.begin(), shares.end(), [](const ConsolidatedShare & a, const ConsolidatedShare & b) { return a.weight > b.weight; });
    return shares;
}

}  // namespace graffiti
