#include "influence.hpp"

#include "row_kernels.hpp"

#include <algorithm>
#include <cmath>

namespace graffiti {

namespace {

constexpr int most_corrections = 6;

// a_t = a·max(v_t, floor)^(−exponent), v_t the variance of b under the base distribution.
float gained(float strength, const Moments & base) {
    const double variance = std::max(0.0, base.bb - base.b * base.b);
    return static_cast<float>(static_cast<double>(strength) * std::pow(std::max(variance, gain_floor), -gain_exponent));
}

// The limit holds at session strength 1: who asks for more strength asks for more KL. 0 = none.
double limit_at(const Spray & spray, float strength) {
    const double multiple = spray.strength != 0.0F ? static_cast<double>(strength / spray.strength) : 1.0;
    return static_cast<double>(spray.kl_limit) * std::max(1.0, multiple * multiple);
}

// Brings a strength to the KL limit. KL grows like a power of the strength: 2 at first, then whatever the
// last two points say.
class LimitSearch {
  public:
    LimitSearch(const Spray & spray, float strength) : limit_(limit_at(spray, strength)) {}

    bool within(double kl) const { return limit_ <= 0.0 || kl <= limit_ * 1.001; }

    float corrected(float strength, double kl) {
        double power = 2.0;
        if (last_kl_ > 0.0 && strength != last_strength_) {
            power = std::clamp(std::log(kl / last_kl_) / std::log(static_cast<double>(strength / last_strength_)), 0.25, 4.0);
        }
        last_strength_ = strength;
        last_kl_ = kl;
        return static_cast<float>(static_cast<double>(strength) * std::pow(limit_ / kl, 1.0 / power));
    }

  private:
    double limit_;
    float last_strength_ = 0.0F;
    double last_kl_ = 0.0;
};

}  // namespace

void LogitShaper::pass_through(std::span<float> logits) {
    const float maximum = sanitise(logits);
    spray_ = nullptr;
    final_ = logits;
    log_z_ = log_sum_exp(logits, maximum);
    base_log_z_ = log_z_;
    kl_ = 0.0;
}

void LogitShaper::shape(std::span<float> logits, const Spray & spray, float strength, const RowResult & row) {
    const size_t count = logits.size();
    base_.resize(count);
    exp_base_.resize(count);
    exp_final_.resize(count);
    spray_ = &spray;
    final_ = logits;

    const float shown_maximum = sanitise(logits);
    const bool capped = head_.softcap() != 0.0F;
    if (capped) {
        for (float & logit : logits) {
            logit = logit == masked_logit ? logit : head_.to_linear(logit);
        }
    }
    const bool pre_norm = spray.site == Site::pre_norm;
    const auto rho = pre_norm ? static_cast<float>(row.scale_after / row.scale_before) : 1.0F;
    const float base_maximum = derive_base(logits, pre_norm ? head_.offset() : std::span<const float>{}, spray.bias, rho, strength, base_);

    const bool undo = pre_norm && spray.undo_temperature;
    token_strength_ = strength / rho;
    if (capped) {
        shape_capped(logits, spray, strength, undo);
    } else if (undo) {
        const Moments base = exponentiate(base_, base_maximum, spray.bias, exp_base_);
        token_strength_ = gained(strength, base);
        base_log_z_ = static_cast<double>(base_maximum) + std::log(base.z);
        LimitSearch limit(spray, strength);
        Moments moments;
        float final_maximum = 0.0F;
        for (int round = 0;; ++round) {
            final_maximum = tilted_maximum(base_, spray.bias, token_strength_);
            moments = exponentiate_tilted(base_, final_maximum, spray.bias, token_strength_, exp_final_);
            log_z_ = static_cast<double>(final_maximum) + std::log(moments.z);
            kl_ = static_cast<double>(token_strength_) * moments.b - (log_z_ - base_log_z_);
            if (limit.within(kl_) || round == most_corrections) {
                break;
            }
            token_strength_ = limit.corrected(token_strength_, kl_);
        }
        z_base_ = base.z;
        z_final_ = moments.z;
        std::copy(base_.begin(), base_.end(), logits.begin());
        add_scaled(logits, spray.bias, token_strength_);
        flipped_ = base_[static_cast<size_t>(index_of(logits, final_maximum))] != base_maximum;
    } else {
        z_base_ = exponentiate(base_, base_maximum, spray.bias, exp_base_).z;
        compare(logits, base_maximum, shown_maximum, exponentiate(logits, shown_maximum, spray.bias, exp_final_).z);
    }
    kl_ = std::max(kl_, 0.0);

    double vector_norm = 0.0;
    for (const float value : spray.vector) {
        vector_norm += static_cast<double>(value) * static_cast<double>(value);
    }
    vector_norm = std::sqrt(vector_norm);
    const double added = static_cast<double>(strength) * vector_norm * (pre_norm ? row.scale_before : 1.0);
    ratio_ = row.hidden_norm > 0.0 ? static_cast<float>(std::abs(added) / row.hidden_norm) : 0.0F;
    cosine_ = row.hidden_norm > 0.0 && vector_norm > 0.0 ? static_cast<float>(row.hidden_dot / (row.hidden_norm * vector_norm)) : 0.0F;
}

// Behind a soft cap the distribution is that of the shown logits, and so are its variance, KL and limit.
void LogitShaper::shape_capped(std::span<float> logits, const Spray & spray, float strength, bool undo) {
    const auto show = [this](float linear) { return linear < masked_below ? masked_logit : head_.to_shown(linear); };
    linear_.assign(base_.begin(), base_.end());
    float base_maximum = masked_logit;
    for (float & logit : base_) {
        logit = show(logit);
        base_maximum = std::max(base_maximum, logit);
    }
    const Moments base = exponentiate(base_, base_maximum, spray.bias, exp_base_);
    z_base_ = base.z;
    if (undo) {
        token_strength_ = gained(strength, base);
    }
    LimitSearch limit(spray, strength);
    for (int round = 0;; ++round) {
        float final_maximum = masked_logit;
        for (size_t w = 0; w < logits.size(); ++w) {
            logits[w] = show(undo ? linear_[w] + token_strength_ * spray.bias[w] : logits[w]);
            final_maximum = std::max(final_maximum, logits[w]);
        }
        compare(logits, base_maximum, final_maximum, exponentiate(logits, final_maximum, spray.bias, exp_final_).z);
        if (!undo || limit.within(kl_) || round == most_corrections) {
            break;
        }
        token_strength_ = limit.corrected(token_strength_, kl_);
    }
}

// KL = Σ p1·(l1 − l0) − (log Z1 − log Z0), and whether the most probable word changed.
void LogitShaper::compare(std::span<const float> logits, float base_maximum, float final_maximum, double z) {
    z_final_ = z;
    base_log_z_ = base_maximum + std::log(z_base_);
    log_z_ = final_maximum + std::log(z);
    double mean_shift = 0.0;
    for (size_t w = 0; w < logits.size(); ++w) {
        mean_shift += static_cast<double>(exp_final_[w]) * (static_cast<double>(logits[w]) - static_cast<double>(base_[w]));
    }
    kl_ = mean_shift / z - (log_z_ - base_log_z_);
    flipped_ = base_[static_cast<size_t>(index_of(logits, final_maximum))] != base_maximum;
}

float LogitShaper::logprob(llama_token token) const {
    return static_cast<float>(static_cast<double>(final_[static_cast<size_t>(token)]) - log_z_);
}

TokenInfluence LogitShaper::influence(llama_token token, size_t movers, size_t sources) const {
    TokenInfluence result;
    if (spray_ == nullptr) {
        return result;
    }
    const auto w = static_cast<size_t>(token);
    result.kl = static_cast<float>(kl_);
    result.shift = static_cast<float>((static_cast<double>(final_[w]) - log_z_) - (static_cast<double>(base_[w]) - base_log_z_));
    result.ratio = ratio_;
    result.cosine = cosine_;
    result.flipped = flipped_;
    if (movers > 0) {
        find_movers(movers, result.promoted, result.demoted);
    }

    // The word's own row of the head against each memory.
    std::vector<float> row(static_cast<size_t>(head_.width()));
    if (spray_->site == Site::pre_norm) {
        head_.row(token, row);
    } else {
        head_.row_after_norm(token, row);
    }
    for (const SpraySource & source : spray_->sources) {
        double product = 0.0;
        for (size_t j = 0; j < row.size(); ++j) {
            product += static_cast<double>(row[j]) * static_cast<double>(source.vector[j]);
        }
        result.sources.push_back({source.id, static_cast<float>(static_cast<double>(token_strength_) * (static_cast<double>(source.weight) * product - source.centre))});
    }
    std::sort(result.sources.begin(), result.sources.end(), [](const SourceShare & a, const SourceShare & b) { return std::abs(a.shift) > std::abs(b.shift); });
    if (result.sources.size() > sources) {
        result.sources.resize(sources);
    }
    return result;
}

void LogitShaper::find_movers(size_t count, std::vector<Mover> & promoted, std::vector<Mover> & demoted) const {
    const auto inverse_final = static_cast<float>(1.0 / z_final_);
    const auto inverse_base = static_cast<float>(1.0 / z_base_);
    const auto keep = [count](std::vector<Mover> & best, Mover mover, auto better) {
        best.insert(std::upper_bound(best.begin(), best.end(), mover, better), mover);
        if (best.size() > count) {
            best.pop_back();
        }
    };
    const auto more = [](const Mover & a, const Mover & b) { return a.change > b.change; };
    const auto less = [](const Mover & a, const Mover & b) { return a.change < b.change; };
    float least_gain = 0.0F;
    float least_loss = 0.0F;
    constexpr size_t stride = 64;  // most strides hold no mover: one vectorised look is enough for them
    const size_t vocabulary = exp_final_.size();
    for (size_t begin = 0; begin < vocabulary; begin += stride) {
        const size_t end = std::min(begin + stride, vocabulary);
        const auto [low, high] = change_range(std::span(exp_base_).subspan(begin, end - begin), inverse_base, std::span(exp_final_).subspan(begin, end - begin), inverse_final);
        if (high <= least_gain && low >= least_loss) {
            continue;
        }
        for (size_t w = begin; w < end; ++w) {
            const float change = exp_final_[w] * inverse_final - exp_base_[w] * inverse_base;
            if (change > least_gain) {
                keep(promoted, {static_cast<llama_token>(w), change}, more);
                least_gain = promoted.size() == count ? promoted.back().change : 0.0F;
            } else if (change < least_loss) {
                keep(demoted, {static_cast<llama_token>(w), change}, less);
                least_loss = demoted.size() == count ? demoted.back().change : 0.0F;
            }
        }
    }
}

}  // namespace graffiti
